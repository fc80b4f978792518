/**
 * One series as the kernels read it: its values with gaps, and the running count of what was observed and of what was not zero.
 *
 * Buffers grow to the longest series and are used again, so that loading the next series allocates nothing.
 */
export class Observed {
  length = 0
  /** NaN where missing; a view, never written. */
  values: Float64Array = new Float64Array(0)
  /** The same with 0 where missing, so that sums need not branch. */
  filled: Float64Array = new Float64Array(0)
  /** `seen[k]` of the first k values were observed. */
  seen = new Int32Array(1)
  /** `active[k]` of the first k values were observed and not zero. */
  active = new Int32Array(1)
  /** Whether nothing is missing. */
  complete = true
  #filling = new Float64Array(0)

  load(values: Float64Array): this {
    const n = values.length
    if (this.seen.length < n + 1) {
      this.seen = new Int32Array(2 * n + 1)
      this.active = new Int32Array(2 * n + 1)
    }
    const { seen, active } = this
    let s = 0
    let a = 0
    for (let k = 0; k < n; k++) {
      const x = values[k] as number
      if (!Number.isNaN(x)) {
        s++
        if (x !== 0) a++
      }
      seen[k + 1] = s
      active[k + 1] = a
    }
    this.length = n
    this.values = values
    this.complete = s === n
    this.filled = this.complete ? values : this.#fill(values)
    return this
  }

  #fill(values: Float64Array): Float64Array {
    if (this.#filling.length < values.length) this.#filling = new Float64Array(2 * values.length)
    const into = this.#filling
    for (let k = 0; k < values.length; k++) into[k] = (values[k] as number) || 0
    return into
  }
}

/**
 * Where and how a kernel writes: the statistic of the values up to and including `k` goes to `out[k + shift]`.
 *
 * `out` must reach to `length + shift`; a kernel never reads it. What lies before `shift` and after is the caller's.
 */
export interface Target {
  readonly out: Float32Array
  readonly shift: number
  /** Observed values that a window must hold; fewer give NaN. */
  readonly atLeast: number
}
