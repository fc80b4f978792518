/** The weights of a long, mostly empty polynomial that are not zero, with their lags. */
export class Taps {
  count = 0
  lags = new Int32Array(0)
  weights = new Float64Array(0)

  /** Reads coefficients by lag − 1. */
  set(coefficients: Float64Array): void {
    if (this.lags.length < coefficients.length) {
      this.lags = new Int32Array(coefficients.length)
      this.weights = new Float64Array(coefficients.length)
    }
    let count = 0
    for (let j = 0; j < coefficients.length; j++) {
      const weight = coefficients[j] as number
      if (weight === 0) continue
      this.lags[count] = j + 1
      this.weights[count++] = weight
    }
    this.count = count
  }
}

/**
 * Takes from `values[from …]` what past values and past noise explain and writes the noise to `noise[to …]`, `count` of each.
 * Values that lags reach before `from` must be there; noise before index `start` counts as zero.
 */
export function whiten(
  ar: Taps,
  ma: Taps,
  values: Float64Array,
  from: number,
  noise: Float64Array,
  to: number,
  start: number,
  count: number,
): void {
  const { lags: arLags, weights: arWeights, count: p } = ar
  const { lags: maLags, weights: maWeights, count: q } = ma
  for (let t = 0; t < count; t++) {
    let v = values[from + t] as number
    for (let j = 0; j < p; j++) v -= (arWeights[j] as number) * (values[from + t - (arLags[j] as number)] as number)
    for (let j = 0; j < q; j++) {
      const at = to + t - (maLags[j] as number)
      if (at < start) break
      v -= (maWeights[j] as number) * (noise[at] as number)
    }
    noise[to + t] = v
  }
}
