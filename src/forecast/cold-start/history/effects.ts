import { at } from '../../../core/panel.ts'
import { cholesky, choleskySolve } from '../../../models/linear/algebra/cholesky.ts'
import type { Cells } from './cells.ts'
import type { Fit } from './factors.ts'
import type { History, KnownColumn } from './gather.ts'

/** What a known column multiplies demand by: exp(slope · (x − mean) / deviation), as plain data. */
export interface Effect {
  readonly name: string
  /** Whether the column is read as its logarithm beside the usual one of its series: prices, and others that are never 0. */
  readonly relative: boolean
  readonly mean: number
  readonly deviation: number
  slope: number
}

/** An effect and its column at each cell. */
interface Fitting {
  readonly effect: Effect
  readonly x: Float64Array
}

const RIDGE = 200
/** Many different values, all above zero, are a size such as a price; few are a flag or a rank. */
const MANY = 12
/** Columns together change demand at most by this factor, as a logarithm. */
const MOST = 1.6
const MOST_COLUMNS = 8

/** The usual logarithm of a column in each series, over past and horizon; NaN where it has no value above zero. */
export function usualOf(history: History, column: KnownColumn): Float64Array {
  const { offsets, horizon, ids } = history
  return Float64Array.from(ids, (_, i) => {
    const logs: number[] = []
    const add = (x: number) => {
      if (x > 0) logs.push(Math.log(x))
    }
    for (let k = at(offsets, i); k < at(offsets, i + 1); k++) add(at(column.past, k))
    if (logs.length < horizon) for (let h = 0; h < horizon; h++) add(at(column.future, i * horizon + h))
    // Prices are cut now and then and seldom raised: what is usual stands above the middle.
    return logs.sort((a, b) => a - b)[Math.floor(0.7 * logs.length)] ?? Number.NaN
  })
}

/** Prepares the known columns that vary at all. */
export function effectsOf(history: History, cells: Cells): Fitting[] {
  const made: Fitting[] = []
  for (const column of history.known.slice(0, MOST_COLUMNS)) {
    const relative = isSize(column.past, cells)
    const usual = relative ? usualOf(history, column) : undefined
    const x = Float64Array.from(cells.place, (k, c) => {
      const raw = at(column.past, k)
      return usual ? Math.log(Math.max(raw, 1e-9)) - at(usual, at(cells.series, c)) : raw
    })
    const { mean, deviation } = momentsOf(x)
    if (!(deviation > 1e-9)) continue
    for (let c = 0; c < x.length; c++) {
      const standard = (at(x, c) - mean) / deviation
      x[c] = Number.isFinite(standard) ? Math.max(-6, Math.min(6, standard)) : 0
    }
    made.push({ effect: { name: column.name, relative, mean, deviation, slope: 0 }, x })
  }
  return made
}

function isSize(values: Float64Array, cells: Cells): boolean {
  const seen = new Set<number>()
  const stride = Math.max(1, Math.floor(cells.place.length / 5000))
  for (let c = 0; c < cells.place.length; c += stride) {
    const x = at(values, at(cells.place, c))
    if (x <= 0) return false
    if (!Number.isNaN(x)) seen.add(x)
  }
  return seen.size > MANY
}

function momentsOf(x: Float64Array): { readonly mean: number; readonly deviation: number } {
  let [n, sum, square] = [0, 0, 0]
  for (const value of x) {
    if (!Number.isFinite(value)) continue
    n++
    sum += value
    square += value * value
  }
  const mean = sum / Math.max(1, n)
  return { mean, deviation: Math.sqrt(Math.max(0, square / Math.max(1, n) - mean * mean)) }
}

/** One Newton step of the Poisson likelihood with a ridge, for all columns together; the fitted means move along. */
export function stepEffects(fitting: readonly Fitting[], { cells, mean }: Fit): void {
  const size = fitting.length
  if (size === 0) return
  const gram = new Float64Array(size * size)
  const cross = new Float64Array(size)
  for (let c = 0; c < mean.length; c++)
    for (let a = 0; a < size; a++) {
      const x = at((fitting[a] as Fitting).x, c)
      if (x === 0) continue
      cross[a] = at(cross, a) + x * (at(cells.y, c) - at(mean, c))
      for (let b = 0; b <= a; b++)
        gram[a * size + b] = at(gram, a * size + b) + x * at((fitting[b] as Fitting).x, c) * at(mean, c)
    }
  for (let a = 0; a < size; a++) {
    cross[a] = at(cross, a) - RIDGE * (fitting[a] as Fitting).effect.slope
    for (let b = 0; b < a; b++) gram[b * size + a] = at(gram, a * size + b)
    gram[a * size + a] = at(gram, a * size + a) + RIDGE
  }
  const step = choleskySolve(cholesky(gram, size), size, cross).map((s) => Math.max(-0.3, Math.min(0.3, s)))
  fitting.forEach(({ effect, x }, a) => {
    effect.slope += at(step, a)
    for (let c = 0; c < mean.length; c++) mean[c] = at(mean, c) * Math.exp(at(step, a) * at(x, c))
  })
}

/** What the known columns multiply demand by, given their values and the usual logarithms of the series. */
export function effectAt(effects: readonly Effect[], values: readonly number[], usual: readonly number[]): number {
  let log = 0
  for (const [a, effect] of effects.entries()) {
    const raw = values[a] as number
    const x = effect.relative ? Math.log(Math.max(raw, 1e-9)) - (usual[a] as number) : raw
    const standard = (x - effect.mean) / effect.deviation
    if (Number.isFinite(standard)) log += effect.slope * Math.max(-6, Math.min(6, standard))
  }
  return Math.exp(Math.max(-MOST, Math.min(MOST, log)))
}
