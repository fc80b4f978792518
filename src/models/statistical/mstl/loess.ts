/**
 * Locally weighted regression on whole-number positions 1 … n (Cleveland, 1979), as STL uses it.
 *
 * Estimates the value at position `at` (which may lie outside of 1 … n) from positions `left` … `right` of `y[from …]`,
 * tricube weights times `robust` weights where given, a constant (degree 0) or a line (degree 1). NaN where no weight is left.
 */
export function loessAt(
  y: Float64Array,
  from: number,
  n: number,
  at: number,
  left: number,
  right: number,
  span: number,
  degree: number,
  weights: Float64Array,
  robust: Float64Array | undefined,
): number {
  let reach = Math.max(at - left, right - at)
  if (span > n) reach += Math.floor((span - n) / 2)
  const far = 0.999 * reach
  const near = 0.001 * reach
  let total = 0
  for (let j = left; j <= right; j++) {
    const distance = j > at ? j - at : at - j
    let w = 0
    if (distance <= far) {
      w = 1
      if (distance > near) {
        const share = distance / reach
        const rest = 1 - share * share * share
        w = rest * rest * rest
      }
      if (robust) w *= robust[from + j - 1] as number
      total += w
    }
    weights[j] = w
  }
  if (!(total > 0)) return Number.NaN
  let mean = 0
  for (let j = left; j <= right; j++) mean += (weights[j] as number) * (y[from + j - 1] as number)
  mean /= total
  if (degree === 0 || reach === 0) return mean
  let centre = 0
  for (let j = left; j <= right; j++) centre += (weights[j] as number) * j
  centre /= total
  let square = 0
  let slope = 0
  for (let j = left; j <= right; j++) {
    const off = (weights[j] as number) * (j - centre)
    square += off * (j - centre)
    slope += off * (y[from + j - 1] as number)
  }
  return Math.sqrt(square / total) > 0.001 * (n - 1) ? mean + (slope / square) * (at - centre) : mean
}

/** Smooths `n` values of `y[from …]` into `out[to …]`; every `jump`-th position is estimated, those between interpolated. */
export function loess(
  y: Float64Array,
  from: number,
  n: number,
  out: Float64Array,
  to: number,
  { span, degree, jump }: { readonly span: number; readonly degree: number; readonly jump: number },
  weights: Float64Array,
  robust: Float64Array | undefined,
): void {
  if (n < 2) {
    out[to] = y[from] as number
    return
  }
  const step = Math.min(jump, n - 1)
  const half = (span + 1) >> 1
  let last = 0
  for (let i = 1; ; i = Math.min(n, i + step)) {
    const left = span >= n ? 1 : Math.max(1, Math.min(n - span + 1, i - half + 1))
    const right = span >= n ? n : left + span - 1
    const value = loessAt(y, from, n, i, left, right, span, degree, weights, robust)
    out[to + i - 1] = Number.isNaN(value) ? (y[from + i - 1] as number) : value
    if (i - last > 1 && last > 0) {
      const begin = out[to + last - 1] as number
      const slope = ((out[to + i - 1] as number) - begin) / (i - last)
      for (let j = last + 1; j < i; j++) out[to + j - 1] = begin + slope * (j - last)
    }
    last = i
    if (i === n) return
  }
}
