import { at } from '../../core/panel.ts'
import { checkInterrupt, type Run } from '../../core/run.ts'
import type { FittedRegressor } from '../regressor.ts'
import { pickRows, type TableBlock } from '../table.ts'
import type { Ground } from './ground.ts'
import type { GlobalSettings, Head } from './options.ts'
import type { Selection } from './rows.ts'
import { isSigned, offsetOf, type RowBlock, type RowSource, rowsOf, tableFor, usesOffset } from './table.ts'
import { backward } from './target.ts'

/** The regressors' makers of a model. */
export interface Heads {
  readonly point: Head
  readonly quantiles?: Head
}

/** A regressor that has learned, and the options it was made with. */
export interface FittedHead {
  readonly fitted: FittedRegressor
  readonly options: object
}

/** What answers one group of steps of one segment. */
export interface FittedCell {
  readonly point: FittedHead
  readonly quantiles?: FittedHead
}

/** All regressors of a model. */
export interface FittedHeads {
  /** Steps of each group, both inclusive. */
  readonly groups: readonly (readonly [from: number, to: number])[]
  /** Segments with regressors of their own; all others share the last ones. */
  readonly segments: readonly number[]
  /** `cells[s · groups + g]`, those of everybody else last. */
  readonly cells: readonly (FittedCell | undefined)[]
}

/** The groups of steps that a strategy gives regressors of their own. */
export function groupsOf({ strategy, group }: GlobalSettings, horizon: number): FittedHeads['groups'] {
  if (strategy === 'shift') return [[horizon, horizon]]
  if (strategy === 'recursive') return [[1, 1]]
  if (strategy === 'multi-horizon') return [[1, horizon]]
  return Array.from({ length: Math.ceil(horizon / group) }, (_, g) => [
    g * group + 1,
    Math.min(horizon, (g + 1) * group),
  ])
}

/**
 * Fits the regressors of all segments and groups of steps on the rows of a selection; undefined where there is none to learn from.
 *
 * With `from`, each goes on from the one that it was.
 */
export async function fitHeads(
  ground: Ground,
  heads: Heads,
  selection: Omit<Selection, 'steps'>,
  horizon: number,
  from?: FittedHeads,
): Promise<FittedHeads | undefined> {
  const { settings } = ground
  const groups = groupsOf(settings, horizon)
  const cells: (FittedCell | undefined)[] = []
  const all = { ...selection, steps: [groups[0]?.[0] ?? 1, groups.at(-1)?.[1] ?? 1] as const }
  const { bySegment } =
    settings.segmentBy === undefined ? { bySegment: new Map<number, number>() } : await rowsOf(ground, all)
  const segments = [...bySegment]
    .filter(([, count]) => count >= settings.minSegmentRows)
    .map(([segment]) => segment)
    .sort((a, b) => a - b)
  const lonely = segments.length > 0 && segments.length === bySegment.size
  for (const [s, segment] of [...segments, undefined].entries())
    for (const [g, steps] of groups.entries()) {
      checkInterrupt(ground.run)
      // Segments that are all large enough leave nobody to the common regressors but series yet unseen.
      const before = from?.cells[s * groups.length + g]
      const chosen: Selection = { ...selection, steps, ...(segment === undefined ? {} : { segment }) }
      const source = await rowsOf(ground, chosen, settings.maxRows / (lonely && segment === undefined ? 4 : 1))
      cells.push(source.count > 0 ? await fitCell(ground, heads, source, chosen, before) : undefined)
    }
  return cells.some((cell) => cell !== undefined) ? { groups, segments, cells } : undefined
}

/** Rows that are not worth a second thread: the threads would mostly wait for each other. */
const SMALL_TABLE = 100_000

async function fitCell(
  ground: Ground,
  heads: Heads,
  source: RowSource,
  selection: Selection,
  before: FittedCell | undefined,
): Promise<FittedCell> {
  const { settings } = ground
  const { validation } = settings
  let [learn, valid]: [RowSource, RowSource | undefined] = [source, undefined]
  if (validation > 0) {
    const border = selection.own[1] - validation
    const early = await rowsOf(ground, { ...selection, own: [selection.own[0], border] }, settings.maxRows)
    const late = await rowsOf(ground, { ...selection, own: [border + 1, selection.own[1]] }, settings.maxRows)
    if (early.count > 0 && late.count > 0) [learn, valid] = [early, late]
  }
  const fit = async (head: Head, quantile: boolean, old: FittedHead | undefined): Promise<FittedHead> => {
    const options = old?.options ?? (isSigned(source) && head.signed ? head.signed : head.options)
    const table = tableFor(learn, head, quantile)
    const run = table.rows < SMALL_TABLE ? { ...ground.run, threads: 1 } : ground.run
    const fitted = await head.make(options).fit(table, run, {
      ...(valid ? { valid: tableFor(valid, head, quantile) } : {}),
      ...(old ? { from: old.fitted } : {}),
    })
    return { fitted, options }
  }
  const point = await fit(heads.point, false, before?.point)
  if (!heads.quantiles) return { point }
  return { point, quantiles: await fit(heads.quantiles, true, before?.quantiles) }
}

/** What the regressors say of rows, in units of the target: means, and quantiles at the levels of their head where there is one. */
export interface Said {
  readonly mean: Float64Array
  /** `grid[row · levels + l]`; empty without a head for quantiles. */
  readonly grid: Float64Array
}

/** The quantile levels that fitted regressors answer; empty where none does. */
export function levelsOf({ cells }: FittedHeads): readonly number[] {
  for (const cell of cells) if (cell?.quantiles) return cell.quantiles.fitted.levels ?? []
  return []
}

/** Asks the regressors about rows, each the one of the row's segment and step; NaN where none learned. */
export async function say(
  heads: FittedHeads,
  { rows, columns }: RowBlock,
  settings: GlobalSettings,
  run: Run,
): Promise<Said> {
  const { groups, segments, cells } = heads
  const n = rows.count
  const levels = levelsOf(heads).length
  const said = { mean: new Float64Array(n).fill(Number.NaN), grid: new Float64Array(n * levels).fill(Number.NaN) }
  const byCell = new Map<number, number[]>()
  for (let r = 0; r < n; r++) {
    const own = segments.indexOf(at(rows.segment, r))
    const s = own < 0 ? segments.length : own
    let g = 0
    while (g + 1 < groups.length && at(rows.step, r) > (groups[g] as readonly [number, number])[1]) g++
    const list = byCell.get(s * groups.length + g)
    if (list) list.push(r)
    else byCell.set(s * groups.length + g, [r])
  }
  const block: TableBlock = { rows: n, columns, offset: offsetOf(rows) }
  for (const [c, places] of byCell) {
    const cell = cells[c] ?? cells[segments.length * groups.length + (c % groups.length)]
    if (!cell) continue
    const part = places.length === n ? block : pickRows(block, places)
    const mean = await ask(cell.point, part, usesOffset(settings, false), run)
    const grid = cell.quantiles ? await ask(cell.quantiles, part, false, run) : undefined
    for (const [k, r] of places.entries()) {
      const scale = at(rows.scale, r)
      const anchor = at(rows.anchor, r)
      said.mean[r] = usesOffset(settings, false) ? at(mean, k) : backward(settings.target, at(mean, k), anchor, scale)
      if (!grid) continue
      for (let l = 0; l < levels; l++)
        said.grid[r * levels + l] = backward(settings.target, at(grid, k * levels + l), anchor, scale)
    }
  }
  return said
}

async function ask(
  { fitted }: FittedHead,
  { offset, ...block }: TableBlock,
  withOffset: boolean,
  run: Run,
): Promise<Float64Array> {
  return await fitted.predict(withOffset && offset ? { ...block, offset } : block, run)
}
