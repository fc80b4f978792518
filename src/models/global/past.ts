import { Mask, type Panel } from '../../core/panel.ts'

/** How recent means and profiles are taken. */
export interface PastOptions {
  /** Periods of the recent mean. */
  readonly window: number
  readonly season: number
  /** How far the phases of a profile are trusted. */
  readonly trust: number
  /** Bits of the mask whose cells count as gaps. */
  readonly hidden: number
}

/**
 * What simple forecasts say of one series at any origin, each in constant time: the level, the size, the profile.
 *
 * Cells are counted from the beginning of the series; nothing after the origin is read.
 */
export class PastOf {
  length = 0
  /** Observed values, NaN where missing, closed or otherwise hidden. */
  values = new Float64Array(0)
  /** Of the first k values: how many were observed, their sum, and the sum of their sizes. */
  #seen = new Float64Array(1)
  #sum = new Float64Array(1)
  #size = new Float64Array(1)
  #last = new Int32Array(1)
  readonly #options: PastOptions

  constructor(options: PastOptions) {
    this.#options = options
  }

  load(panel: Panel, i: number): this {
    const from = panel.offsets[i] as number
    const n = (panel.offsets[i + 1] as number) - from
    if (this.values.length < n) {
      this.values = new Float64Array(2 * n)
      this.#seen = new Float64Array(2 * n + 1)
      this.#sum = new Float64Array(2 * n + 1)
      this.#size = new Float64Array(2 * n + 1)
      this.#last = new Int32Array(2 * n + 1)
    }
    const hidden = this.#options.hidden
    this.length = n
    this.#last[0] = -1
    for (let k = 0; k < n; k++) {
      const y =
        ((panel.mask[from + k] as number) & (hidden | Mask.closed)) !== 0
          ? Number.NaN
          : (panel.target[from + k] as number)
      const known = !Number.isNaN(y)
      this.values[k] = y
      this.#seen[k + 1] = (this.#seen[k] as number) + (known ? 1 : 0)
      this.#sum[k + 1] = (this.#sum[k] as number) + (known ? y : 0)
      this.#size[k + 1] = (this.#size[k] as number) + (known ? Math.abs(y) : 0)
      this.#last[k + 1] = known ? k : (this.#last[k] as number)
    }
    return this
  }

  /** How many values were observed up to cell `k`. */
  seen(k: number): number {
    return this.#seen[Math.max(0, k + 1)] as number
  }

  /** The last observed value up to cell `k`; NaN before the first. */
  last(k: number): number {
    const cell = this.#last[Math.max(0, k + 1)] as number
    return cell < 0 ? Number.NaN : (this.values[cell] as number)
  }

  /** Mean of the window that ends at cell `k`; of everything where the window holds nothing, NaN where all is missing. */
  mean(k: number): number {
    return this.#recent(this.#sum, k)
  }

  /** Mean size of the values of the window, of everything where that is 0. */
  level(k: number): number {
    const recent = this.#recent(this.#size, k)
    return recent > 0 ? recent : (this.#size[k + 1] as number) / (this.#seen[k + 1] as number)
  }

  /** The least observed value; infinite without one. */
  least(): number {
    let least = Number.POSITIVE_INFINITY
    for (let k = 0; k < this.length; k++) if ((this.values[k] as number) < least) least = this.values[k] as number
    return least
  }

  #recent(sums: Float64Array, k: number): number {
    const from = Math.max(0, k + 1 - this.#options.window)
    const seen = (this.#seen[k + 1] as number) - (this.#seen[from] as number)
    if (seen === 0) return (sums[k + 1] as number) / (this.#seen[k + 1] as number)
    // Differences of sums may leave a rounding behind where all of the window is 0.
    const sum = (sums[k + 1] as number) - (sums[from] as number)
    return Math.abs(sum) < 1e-12 * Math.abs(sums[k + 1] as number) ? 0 : sum / seen
  }

  /** The newest observed value up to cell `k` of the phase of cell `t`, or the mean where there is none. */
  seasonal(k: number, t: number): number {
    const { season } = this.#options
    for (let c = t - season * Math.ceil((t - k) / season); c >= 0; c -= season) {
      const y = this.values[c] as number
      if (!Number.isNaN(y)) return y
    }
    return this.mean(k)
  }

  /** The recent mean moved towards the mean of the window's values of the phase of cell `t`. */
  profile(k: number, t: number): number {
    const { season, trust, window } = this.#options
    const mean = this.mean(k)
    if (season <= 1) return mean
    let sum = 0
    let seen = 0
    for (let c = t - season * Math.ceil((t - k) / season); c >= 0 && c > k - window; c -= season) {
      const y = this.values[c] as number
      if (Number.isNaN(y)) continue
      sum += y
      seen++
    }
    return seen > 0 ? mean + trust * (sum / seen - mean) : mean
  }
}
