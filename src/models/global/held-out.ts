import { at } from '../../core/panel.ts'
import type { HeldOut } from './calibration.ts'
import type { Ground } from './ground.ts'
import { type FittedHeads, groupsOf, levelsOf, say } from './heads.ts'
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
  const order = Int32Array.from({ length: n }, (_, r) => r)
    .filter((r) => Number.isFinite(at(mean, r)))
    .sort((a, b) => at(series, a) - at(series, b) || at(origin, a) - at(origin, b) || at(step, a) - at(step, b))
  const sorted: HeldOut = {
    count: order.length,
    follows: new Uint8Array(order.length),
    step: order.map((r) => at(step, r)),
    level: Float64Array.from(order, (r) => at(level, r)),
    actual: Float64Array.from(order, (r) => at(actual, r)),
    mean: Float64Array.from(order, (r) => at(mean, r)),
    grid: new Float64Array(order.length * levels),
  }
  const shifted = settings.strategy === 'shift'
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
