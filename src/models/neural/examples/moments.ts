/** Mean and deviation of numbers as they come, NaN passed over, by the method of Welford (1962). */
export class Moments {
  count = 0
  mean = 0
  #squares = 0

  add(x: number): void {
    if (Number.isNaN(x)) return
    const difference = x - this.mean
    this.mean += difference / ++this.count
    this.#squares += difference * (x - this.mean)
  }

  get deviation(): number {
    return this.count > 0 ? Math.sqrt(this.#squares / this.count) : 0
  }

  /** What numbers are moved and divided by to be standard; constants are only moved. */
  standard(): Standard {
    const { mean, deviation } = this
    return { mean, deviation: deviation > 1e-9 * Math.abs(mean) ? deviation : 1 }
  }
}

/** What a number is moved and divided by. */
export interface Standard {
  readonly mean: number
  readonly deviation: number
}

/** A number in deviations from the mean, kept within `clip` of them; 0 where missing. */
export function standardised(x: number, { mean, deviation }: Standard, clip: number): number {
  return Number.isNaN(x) ? 0 : Math.max(-clip, Math.min(clip, (x - mean) / deviation))
}
