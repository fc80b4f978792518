import type { Forecast } from '../../core/forecast.ts'
import { at } from '../../core/panel.ts'
import type { Random } from '../../core/random.ts'
import type { Residuals } from './covariance.ts'

/** Distributions of nodes at steps: a forecast, or what makes one up. */
type Said = Pick<Forecast, 'horizon' | 'levels' | 'quantiles' | 'paths' | 'ids'>

/** What ties the paths of nodes together: the ranks of past errors, and the period from which on each path repeats them. */
export interface Ties {
  readonly periods: number
  /** The rank of each node's error in each period, nodes × periods. */
  readonly ranks: Uint32Array
  readonly starts: Int32Array
}

/**
 * Ties for so many paths: every period of the past begins a stretch once, in random order, before any comes again. Errors that are
 * alike, as those of a series that rests, rank in any order.
 */
export function tiesOf({ periods, values }: Residuals, count: number, random: Random): Ties {
  const starts: number[] = []
  while (starts.length < count)
    for (const t of random.shuffle(Array.from({ length: periods }, (_, k) => k))) starts.push(t)
  const ranks = new Uint32Array(values.length)
  const order = new Uint32Array(periods)
  for (let from = 0; from < values.length; from += periods) {
    const errors = values.slice(from, from + periods).map((v) => (Number.isNaN(v) ? 0 : v))
    const lots = errors.map(() => random.uniform())
    for (let t = 0; t < periods; t++) order[t] = t
    order.sort((a, b) => at(errors, a) - at(errors, b) || at(lots, a) - at(lots, b))
    for (let r = 0; r < periods; r++) ranks[from + at(order, r)] = r
  }
  return { periods, ranks, starts: Int32Array.from(starts.slice(0, count)) }
}

/**
 * One step of sample paths of all nodes (nodes × count) that go up and down together as the errors of the past did.
 *
 * Each node keeps its own distribution (its paths', else its quantiles'); path p takes the ranks that the errors had over a stretch of
 * consecutive past periods, the same stretch for all nodes and steps (the Schaake shuffle of Clark et al., 2004; for hierarchies
 * Ben Taieb, Taylor and Hyndman, 2021). Paths drawn for every node by itself would make sums far too certain.
 * Nodes without a forecast stay NaN.
 */
export function jointStep(forecast: Said, { periods, ranks, starts }: Ties, h: number): Float64Array {
  const count = starts.length
  const paths = new Float64Array(forecast.ids.length * count)
  const first = new Int32Array(periods)
  const next = new Int32Array(count)
  for (let node = 0; node < forecast.ids.length; node++) {
    first.fill(-1)
    for (let k = 0; k < count; k++) {
      // Paths that repeat the same period change places from node to node, lest they all go together.
      const p = (k + 7919 * node) % count
      const rank = at(ranks, node * periods + ((at(starts, p) + h) % periods))
      next[p] = at(first, rank)
      first[rank] = p
    }
    const drawn = drawsOf(forecast, node, h, count)
    let r = 0
    for (let rank = 0; rank < periods; rank++)
      for (let p = at(first, rank); p >= 0; p = at(next, p)) paths[node * count + p] = at(drawn, r++)
  }
  return paths
}

/** Evenly spaced values of the distribution of a node at a step, ascending. */
function drawsOf(
  { horizon, levels, quantiles, paths }: Pick<Forecast, 'horizon' | 'levels' | 'quantiles' | 'paths'>,
  node: number,
  h: number,
  count: number,
): Float64Array {
  const draws = new Float64Array(count)
  if (paths) {
    const own = new Float64Array(paths.count)
    for (let p = 0; p < own.length; p++) own[p] = at(paths.values, (node * paths.count + p) * horizon + h)
    own.sort()
    for (let r = 0; r < count; r++) draws[r] = quantileOf(own, (r + 0.5) / count)
    return draws
  }
  const base = (node * horizon + h) * levels.length
  const said = quantiles.subarray(base, base + levels.length)
  for (let r = 0; r < count; r++) draws[r] = betweenLevels(levels, said, (r + 0.5) / count)
  return draws
}

/** A quantile on straight lines between those said; beyond the outermost these themselves. */
export function betweenLevels(levels: readonly number[], said: Float64Array, level: number): number {
  let upper = 0
  while (upper < levels.length - 1 && at(levels, upper) < level) upper++
  const lower = Math.max(0, upper - 1)
  const width = at(levels, upper) - at(levels, lower)
  const share = width > 0 ? Math.min(1, Math.max(0, (level - at(levels, lower)) / width)) : 0
  return at(said, lower) + share * (at(said, upper) - at(said, lower))
}

/** A quantile of sorted values, the r-th of n standing at (r + ½) / n, on straight lines between (Hazen, 1914). */
export function quantileOf(sorted: Float64Array, level: number): number {
  const place = Math.min(sorted.length - 1, Math.max(0, level * sorted.length - 0.5))
  const lower = Math.floor(place)
  const low = at(sorted, lower)
  return place === lower ? low : low + (place - lower) * (at(sorted, lower + 1) - low)
}

/** Quantiles of every row of paths (rows × count): rows × levels. */
export function pathQuantiles(paths: Float64Array, count: number, levels: readonly number[]): Float64Array {
  const rows = paths.length / count
  const quantiles = new Float64Array(rows * levels.length)
  for (let row = 0; row < rows; row++) {
    const values = paths.slice(row * count, (row + 1) * count).sort()
    for (const [l, level] of levels.entries()) quantiles[row * levels.length + l] = quantileOf(values, level)
  }
  return quantiles
}
