import type { Observed, Target } from './observed.ts'

/** The values themselves: position `k + shift` holds value `k`. */
export function copyValues(o: Observed, { out, shift }: Target): void {
  const { values, length } = o
  for (let k = 0; k < length; k++) out[k + shift] = values[k] as number
}

/** Value `k` less value `k − period`, differenced `order` times, so that a gap at either end gives a gap. */
export function difference(o: Observed, period: number, order: number, { out, shift }: Target): void {
  const { values, length } = o
  if (order === 1) {
    for (let k = 0; k < length; k++)
      out[k + shift] = k < period ? Number.NaN : (values[k] as number) - (values[k - period] as number)
    return
  }
  const held = Float64Array.from(values)
  for (let d = 1; d <= order; d++)
    for (let k = length - 1; k >= 0; k--)
      held[k] = k < d * period ? Number.NaN : (held[k] as number) - (held[k - period] as number)
  for (let k = 0; k < length; k++) out[k + shift] = held[k] as number
}

/** How many periods before `k` the last value above zero lies (0 at `k` itself); NaN before the first. */
export function sinceActive(o: Observed, { out, shift }: Target): void {
  const { values, length } = o
  let last = -1
  for (let k = 0; k < length; k++) {
    if ((values[k] as number) > 0) last = k
    out[k + shift] = last < 0 ? Number.NaN : k - last
  }
}

/**
 * Exponentially weighted mean: the value `j` periods back weighs (1 − alpha)^j; gaps have no weight but let time pass.
 *
 * The same as pandas' `ewm(alpha, adjust=True, ignore_na=False).mean()`.
 */
export function exponentialMean(o: Observed, alpha: number, { out, shift, atLeast }: Target): void {
  const { values, seen, length } = o
  const keep = 1 - alpha
  let sum = 0
  let weight = 0
  for (let k = 0; k < length; k++) {
    const x = values[k] as number
    // A long gap must not fade the past to 0 / 0; below this weight the next value outweighs it anyway.
    if (weight > 1e-100) {
      sum *= keep
      weight *= keep
    }
    if (!Number.isNaN(x)) {
      sum += x
      weight += 1
    }
    out[k + shift] = (seen[k + 1] as number) < atLeast ? Number.NaN : sum / weight
  }
}

/** Simple exponential smoothing from the first observed value on: level ← level + alpha · (value − level); gaps keep the level. */
export function exponentialLevel(o: Observed, alpha: number, { out, shift }: Target): void {
  const { values, length } = o
  let level = Number.NaN
  for (let k = 0; k < length; k++) {
    const x = values[k] as number
    if (!Number.isNaN(x)) level = !Number.isNaN(level) ? level + alpha * (x - level) : x
    out[k + shift] = level
  }
}
