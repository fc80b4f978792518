import { at, Mask, slicePeriods } from '../../core/panel.ts'
import { joined } from '../local-worker.ts'
import { earlierWindow } from '../statistical/calibrated.ts'
import type { Learnt } from './batch.ts'
import type { HeldOut } from './calibration.ts'
import type { Ground } from './ground.ts'
import { type FittedHeads, groupsOf, levelsOf, say } from './heads.ts'
import { recursed } from './recursive.ts'
import type { Selection } from './rows.ts'
import { rowsOf } from './table.ts'

/** What regressors say of the rows of a selection, beside what happened, origin by origin. */
export async function heldOut(
  ground: Ground,
  heads: FittedHeads,
  selection: Omit<Selection, 'steps'>,
  horizon: number,
): Promise<HeldOut> {
  const { settings, run } = ground
  const groups = groupsOf(settings, horizon)
  const steps = [groups[0]?.[0] ?? 1, groups.at(-1)?.[1] ?? 1] as const
  const wanted = { ...selection, steps, every: 1, together: true }
  const source = await rowsOf(ground, wanted, settings.calibration.rows)
  const levels = levelsOf(heads).length
  const n = source.count
  const series = new Int32Array(n)
  const origin = new Int32Array(n)
  const step = new Int32Array(n)
  const level = new Float64Array(n)
  const actual = new Float64Array(n)
  const mean = new Float64Array(n)
  const grid = new Float64Array(n * levels)
  let filled = 0
  for await (const block of source.blocks()) {
    const { rows } = block
    const said = await say(heads, block, settings, run)
    const put = (into: Int32Array | Float64Array, from: Int32Array | Float64Array, width = 1) =>
      into.set(from.subarray(0, rows.count * width), filled * width)
    put(series, rows.series)
    put(origin, rows.origin)
    put(step, rows.step)
    put(level, rows.level)
    put(actual, rows.actual)
    put(mean, said.mean)
    put(grid, said.grid, levels)
    filled += rows.count
  }
  const shifted = settings.strategy === 'shift'
  return inOrder({ series, origin, step, level, actual, mean, grid }, levels, shifted)
}

/** Rows as they come, in any order. */
interface Gathered {
  readonly series: Int32Array
  readonly origin: Int32Array
  readonly step: Int32Array
  readonly level: Float64Array
  readonly actual: Float64Array
  readonly mean: Float64Array
  readonly grid: Float64Array
}

/** Leaves out rows without an answer, and puts those of one origin after each other; `shifted`: origins move along with the steps. */
function inOrder(gathered: Gathered, levels: number, shifted: boolean): HeldOut {
  const { series, origin, step, level, actual, mean, grid } = gathered
  const order = Int32Array.from({ length: series.length }, (_, r) => r)
    .filter((r) => Number.isFinite(at(mean, r)) && Number.isFinite(at(actual, r)))
    .sort((a, b) => at(series, a) - at(series, b) || at(origin, a) - at(origin, b) || at(step, a) - at(step, b))
  const sorted: HeldOut = {
    count: order.length,
    follows: new Uint8Array(order.length),
    step: order.map((r) => at(step, r)),
    own: order.map((r) => at(origin, r) + at(step, r)),
    level: Float64Array.from(order, (r) => at(level, r)),
    actual: Float64Array.from(order, (r) => at(actual, r)),
    mean: Float64Array.from(order, (r) => at(mean, r)),
    grid: new Float64Array(order.length * levels),
  }
  for (const [k, r] of order.entries()) {
    sorted.grid.set(grid.subarray(r * levels, (r + 1) * levels), k * levels)
    if (k === 0) continue
    const before = at(order, k - 1)
    const own = at(origin, r) + at(step, r)
    const next = own === at(origin, before) + at(step, before) + 1
    const same = at(series, r) === at(series, before) && (shifted || at(origin, r) === at(origin, before))
    sorted.follows[k] = next && same ? 1 : 0
  }
  return sorted
}

/** What recursion from an earlier cutoff says, `back` periods before that of the ground's window, beside what happened since. */
export async function heldOutRecursed(ground: Ground, learnt: Learnt, back: number): Promise<HeldOut> {
  const { window, settings } = ground
  const { horizon } = window
  const earlier = { ...ground, window: earlierWindow(window, back) }
  const actual: number[] = []
  for await (const past of window.past()) {
    const truth = slicePeriods(past, window.cutoff + 1 - back, window.cutoff + 1 - back + horizon, true, true)
    for (let k = 0; k < truth.target.length; k++)
      actual.push((at(truth.mask, k) & Mask.closed) === 0 ? at(truth.target, k) : Number.NaN)
  }
  const every = Math.ceil(actual.length / settings.calibration.rows)
  const parts: Gathered[] = []
  for await (const { rows, said } of recursed(earlier, learnt, () => {}, every)) {
    const { series, origin, own, step, level } = rows
    const first = window.cutoff + 1 - back
    parts.push({
      series: series.slice(),
      // All steps of a track were seen from the cutoff.
      origin: origin.map(() => first - 1),
      step: step.slice(),
      level: level.slice(),
      actual: Float64Array.from(series, (s, r) => at(actual, s * horizon + at(own, r) - first)),
      mean: said.mean,
      grid: said.grid,
    })
  }
  const floats = (of: (part: Gathered) => Float64Array) => joined(parts.map(of))
  const ints = (of: (part: Gathered) => Int32Array) => Int32Array.from(parts.flatMap((part) => [...of(part)]))
  const gathered: Gathered = {
    series: ints((p) => p.series),
    origin: ints((p) => p.origin),
    step: ints((p) => p.step),
    level: floats((p) => p.level),
    actual: floats((p) => p.actual),
    mean: floats((p) => p.mean),
    grid: floats((p) => p.grid),
  }
  return inOrder(gathered, learnt.calibration.levels.length, false)
}
