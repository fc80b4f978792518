import { startOf } from '../ets/initial.ts'
import { leastSquares } from '../least-squares.ts'
import { backcast, type CesKind, KINDS, RULES, type Track, trackOf } from './filter.ts'

/** A kind with its smoothing numbers and the states before the first value. */
export interface Chosen {
  readonly kind: CesKind
  readonly m: number
  readonly variance: number
  readonly score: number
  /** α₀, α₁, β₀, β₁ */
  readonly smooth: Float64Array
  /** `lead` rows of four states. */
  readonly start: Float64Array
}

export type CesCriterion = 'aicc' | 'aic' | 'bic'

const LOWER = [0.01, 0.01, 0.01, 0.01]
const UPPER = [1.8, 1.9, 1.5, 1.5]
/** Starting points of the search, α₀, α₁, β₀, β₁; the first is that of the paper's authors, the second a slow level. */
const WITHOUT = [
  [1.3, 1],
  [1.05, 1],
]
const STARTS: { readonly [K in CesKind]: readonly (readonly number[])[] } = {
  none: WITHOUT,
  simple: WITHOUT,
  partial: [
    [1.3, 1, 0.1],
    [1.05, 1, 0.03],
  ],
  full: [
    [1.3, 1, 1.3, 1],
    [1.02, 0.98, 1.02, 1],
  ],
}
const PERFECT = 1e-18

/** Fits each kind by backcasting and keeps the one with the least criterion; undefined where none can be fitted. */
export function chooseKind(
  values: Float64Array,
  m: number,
  kinds: readonly CesKind[],
  criterion: CesCriterion,
): Chosen | undefined {
  let scale = 0
  let n = 0
  for (let t = 0; t < values.length; t++) {
    const value = values[t] as number
    if (Number.isNaN(value)) continue
    scale += Math.abs(value)
    n++
  }
  scale = scale > 0 ? scale / n : 1
  const y = values.map((v) => v / scale)
  let best: Chosen | undefined
  for (const kind of kinds) {
    const { states } = RULES[kind]
    const count = states + 1
    if (n <= count + 1 || (kind !== 'none' && (m < 2 || y.length < 2 * m))) continue
    const fit = fitKind(y, m, kind)
    const score = n * Math.log(Math.max(fit.sum, PERFECT * n)) + 2 * n * Math.log(scale) + penalty(criterion, count, n)
    if (!Number.isFinite(score) || (best && score >= best.score)) continue
    const variance = (fit.sum * scale * scale) / Math.max(1, n - count - 1)
    best = { kind, m, variance, score, smooth: fit.smooth, start: fit.start.map((v) => v * scale) }
  }
  return best
}

function fitKind(
  y: Float64Array,
  m: number,
  kind: CesKind,
): { sum: number; smooth: Float64Array; start: Float64Array } {
  const track = trackOf(y, m, kind)
  const first = firstRows(track, m)
  const residuals = (smooth: Float64Array, into: Float64Array) => {
    if (!isStable(kind, smooth)) return Number.POSITIVE_INFINITY
    track.rows.set(first)
    const sum = backcast(track, smooth)
    into.set(track.e)
    return sum
  }
  let least = Number.POSITIVE_INFINITY
  const smooth = new Float64Array(4)
  for (const start of STARTS[kind]) {
    const x = Float64Array.from(start)
    const sum = leastSquares(residuals, x, y.length, { lower: LOWER, upper: UPPER })
    if (sum >= least) continue
    least = sum
    smooth.set(x)
  }
  track.rows.set(first)
  const sum = backcast(track, smooth)
  return { sum, smooth, start: track.rows.slice(0, 4 * track.lead) }
}

/**
 * Whether old values lose their weight: the eigenvalues of the matrix that carries one state to the next, errors counted, lie
 * within the unit circle. Without it backcasting finds states that fit the past well and say nothing of the future. The
 * parts of the seasonal kinds are looked at one by one.
 */
export function isStable(kind: CesKind, smooth: ArrayLike<number>): boolean {
  const pairs = kind === 'full' ? 2 : 1
  for (let k = 0; k < pairs; k++) {
    const a0 = smooth[2 * k] as number
    const a1 = smooth[2 * k + 1] as number
    const trace = 2 - 2 * a0 + a1
    const determinant = (1 - a0) * (2 - a0) - a1 * (1 - a1)
    if (!(Math.abs(determinant) < 1 && Math.abs(trace) < 1 + determinant)) return false
  }
  return kind !== 'partial' || (smooth[2] as number) < 1
}

/** States before the first value as statsforecast and the paper's authors set them before backcasting. */
function firstRows({ y, kind, lead }: Track, m: number): Float64Array {
  const rows = new Float64Array(4 * lead)
  const head = kind === 'none' ? Math.min(y.length, Math.max(10, m)) : lead
  const mean = meanOf(y, head)
  const season = kind === 'partial' || kind === 'full' ? startOf(y, m, 1).season : undefined
  for (let j = 0; j < lead; j++) {
    const value = y[j] as number
    const level = kind === 'simple' && !Number.isNaN(value) ? value : mean
    rows[4 * j] = level
    rows[4 * j + 1] = level / 1.1
    if (season) {
      rows[4 * j + 2] = season[j] as number
      rows[4 * j + 3] = kind === 'full' ? (season[j] as number) / 1.1 : 0
    }
  }
  return rows
}

/** The mean of the observed among the first `head` values, or of all where none of those is. */
function meanOf(y: Float64Array, head: number): number {
  let sum = 0
  let count = 0
  for (let t = 0; t < y.length && (t < head || count === 0); t++) {
    const value = y[t] as number
    if (Number.isNaN(value)) continue
    sum += value
    count++
  }
  return count > 0 ? sum / count : 0
}

function penalty(criterion: CesCriterion, count: number, n: number): number {
  if (criterion === 'bic') return Math.log(n) * count
  return 2 * count + (criterion === 'aicc' ? (2 * count * (count + 1)) / (n - count - 1) : 0)
}

/** Flat layout: kind, cycle, variance, criterion, four smoothing numbers, then the states before the first value. */
export function packed({ kind, m, variance, score, smooth, start }: Chosen): Float64Array {
  return Float64Array.from([KINDS.indexOf(kind), m, variance, score, ...smooth, ...start])
}

/** Reads back what {@link packed} laid out. */
export function unpacked(flat: Float64Array): Chosen {
  return {
    kind: KINDS[flat[0] as number] as CesKind,
    m: flat[1] as number,
    variance: flat[2] as number,
    score: flat[3] as number,
    smooth: flat.subarray(4, 8),
    start: flat.subarray(8),
  }
}
