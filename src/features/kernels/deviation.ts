import type { Observed, Target } from './observed.ts'

let tailMean = new Float64Array(64)
let tailSquares = new Float64Array(64)
let inverse = new Float64Array(64)

/**
 * Sample standard deviation (n − 1) of the last `window` values at every position, gaps left out, in constant time a value.
 *
 * Tails and heads of blocks as in {@link rollingSum}, joined by the pairwise update of Chan, Golub and LeVeque (1983). Each part is
 * summed about one of its own values, so large offsets and past outliers cost no precision. NaN for fewer than two values.
 */
export function rollingDeviation(o: Observed, window: number, target: Target): void {
  const { filled, seen, length } = o
  const { out, shift } = target
  const atLeast = Math.max(2, target.atLeast)
  reserve(window)
  const mean = tailMean
  const squares = tailSquares
  const inv = inverse
  for (let block = 0; block < length; block += window) {
    const end = Math.min(block + window, length)
    const begun = seen[block] as number
    let pivot = 0
    let s = 0
    let q = 0
    let nb = 0
    const full = o.complete && block >= window && window >= atLeast
    if (full) pivot = filled[block] as number
    const perFreedom = full ? 1 / (window - 1) : 0
    const perWindow = inv[window] as number
    if (full)
      for (let k = block; k < end; k++) {
        const d = (filled[k] as number) - pivot
        s += d
        q += d * d
        const j = k - block + 1
        const mb = s * (inv[j] as number)
        const delta = pivot + mb - (mean[j] as number)
        const total = q - s * mb + (squares[j] as number) + delta * delta * (j * (window - j)) * perWindow
        out[k + shift] = Math.sqrt(Math.max(0, total) * perFreedom)
      }
    else
      for (let k = block; k < end; k++) {
        // A gap has weight 0 instead of a branch, which would be guessed wrong whenever gaps lie at random.
        const there = (seen[k + 1] as number) - (seen[k] as number)
        if (nb === 0) pivot = filled[k] as number
        nb += there
        const d = ((filled[k] as number) - pivot) * there
        s += d
        q += d * d
        const low = k + 1 - window
        const na = low > 0 ? begun - (seen[low] as number) : 0
        const n = na + nb
        if (n < atLeast) {
          out[k + shift] = Number.NaN
          continue
        }
        const j = k - block + 1
        const mb = nb > 0 ? s * (inv[nb] as number) : 0
        const delta = na > 0 && nb > 0 ? pivot + mb - (mean[j] as number) : 0
        const total =
          q - s * mb + (na > 0 ? (squares[j] as number) : 0) + delta * delta * (na * nb) * (inv[n] as number)
        out[k + shift] = Math.sqrt(Math.max(0, total) * (inv[n - 1] as number))
      }
    if (end === length) return
    s = 0
    q = 0
    let n = 0
    for (let j = window - 1; j >= 0; j--) {
      const there = (seen[block + j + 1] as number) - (seen[block + j] as number)
      if (n === 0) pivot = filled[block + j] as number
      n += there
      const d = ((filled[block + j] as number) - pivot) * there
      s += d
      q += d * d
      const m = n > 0 ? s * (inv[n] as number) : 0
      mean[j] = pivot + m
      squares[j] = q - s * m
    }
  }
}

function reserve(window: number): void {
  if (tailMean.length < window + 1) {
    tailMean = new Float64Array(2 * window + 1)
    tailSquares = new Float64Array(2 * window + 1)
    inverse = new Float64Array(2 * window + 1)
  }
  if (inverse[window] !== 1 / window) for (let n = 1; n < inverse.length; n++) inverse[n] = 1 / n
  tailMean[window] = 0
  tailSquares[window] = 0
}
