import { totalmem } from 'node:os'
import { at } from '../../core/panel.ts'
import { blocksOf } from '../local-model.ts'
import type { Table, TableBlock } from '../table.ts'
import { assemble, columnsFor } from './assemble.ts'
import { chunksOf, type Ground } from './ground.ts'
import type { GlobalSettings, Head } from './options.ts'
import { PastOf } from './past.ts'
import { addRow, eachPair, Rows, type Selection } from './rows.ts'
import { segmentOf } from './segments.ts'
import { forward } from './target.ts'

/** Rows with their features filled in; good until the next ones are asked for. */
export interface RowBlock {
  readonly rows: Rows
  readonly columns: readonly Float32Array[]
}

/** Rows of a window that can be read as often as needed, the same each time. */
export interface RowSource {
  readonly ground: Ground
  readonly count: number
  /** Rows of each segment. */
  readonly bySegment: ReadonlyMap<number, number>
  /** The smallest number to learn, and the mean of scales raised to powers is taken with `meanScale`. */
  readonly least: number
  /** Logarithm of the scales' geometric mean: what weights are relative to. */
  readonly logScale: number
  blocks(): AsyncIterable<RowBlock> | Iterable<RowBlock>
}

/** Rows of one block. */
const BLOCK_ROWS = 65_536
/** Float32 numbers up to which a table is kept in memory once it was made: a twelfth of the machine's memory, 1 GiB at the most. */
const KEPT_NUMBERS = Math.min(2 ** 28, totalmem() / 48)

/**
 * The rows of a selection, series by series. Up to `most` of them, a random share of all otherwise.
 *
 * They are counted in a first pass over the targets alone; features are made block by block whenever rows are read, and kept only
 * where they are few.
 */
export async function rowsOf(ground: Ground, wanted: Selection, most = Number.POSITIVE_INFINITY): Promise<RowSource> {
  const { layout } = ground
  let selection = wanted
  let counted = await countRows(ground, selection)
  if (counted.count > most) {
    selection = { ...selection, share: (selection.share * most) / counted.count }
    counted = await countRows(ground, selection)
  }
  const read = () => readRows(ground, selection)
  if (counted.count * layout.features.length > KEPT_NUMBERS) return { ground, ...counted, blocks: read }
  let kept: RowBlock | undefined
  return {
    ground,
    ...counted,
    async *blocks() {
      kept ??= await gathered(read(), ground, counted.count)
      yield kept
    },
  }
}

async function countRows(
  ground: Ground,
  selection: Selection,
): Promise<Pick<RowSource, 'count' | 'bySegment' | 'least' | 'logScale'>> {
  const { settings, window, segments } = ground
  const { target } = settings
  const past = new PastOf(ground.past)
  const row = new Rows(1)
  let before = 0
  let count = 0
  let least = Number.POSITIVE_INFINITY
  let logs = 0
  const bySegment = new Map<number, number>()
  for await (const [panel] of blocksOf(window)) {
    for (let i = 0; i < panel.ids.length; i++) {
      past.load(panel, i)
      const segment = segmentOf(segments, panel, i, past)
      if (selection.segment !== undefined && segment !== selection.segment) continue
      const place = { series: before + i, local: i, segment, start: at(panel.start, i) }
      const already = count
      eachPair(panel, i, before + i, past, selection, settings, (origin, own, actual) => {
        count++
        row.count = 0
        addRow(row, settings, past, place, origin, own, actual)
        least = Math.min(least, forward(target, actual, at(row.anchor, 0), at(row.scale, 0)))
        logs += Math.log(at(row.scale, 0))
      })
      bySegment.set(segment, (bySegment.get(segment) ?? 0) + count - already)
    }
    before += panel.ids.length
  }
  return { count, bySegment, least, logScale: count > 0 ? logs / count : 0 }
}

/** How many newest periods features must be made of for a selection. */
const periodsBack = ({ own, steps, cutoff }: Selection): number => Math.max(1, cutoff - own[0] + steps[1] + 1)

async function* readRows(ground: Ground, selection: Selection): AsyncIterable<RowBlock> {
  const { settings, layout, segments } = ground
  const past = new PastOf(ground.past)
  const pairs: number[] = []
  const rows = new Rows(BLOCK_ROWS)
  const columns = columnsFor(layout, BLOCK_ROWS)
  for await (const chunk of chunksOf(ground, periodsBack(selection))) {
    const panel = chunk.past
    rows.count = 0
    for (let i = 0; i < panel.ids.length; i++) {
      past.load(panel, i)
      const segment = segmentOf(segments, panel, i, past)
      if (selection.segment !== undefined && segment !== selection.segment) continue
      const place = { series: chunk.first + i, local: i, segment, start: at(panel.start, i) }
      pairs.length = 0
      eachPair(panel, i, place.series, past, selection, settings, (origin, own, actual) => {
        pairs.push(origin, own, actual)
      })
      for (let p = 0; p < pairs.length; p += 3) {
        if (rows.room === 0) {
          assemble(ground, chunk, rows, columns)
          yield { rows, columns }
          rows.count = 0
        }
        addRow(rows, settings, past, place, at(pairs, p), at(pairs, p + 1), at(pairs, p + 2))
      }
    }
    if (rows.count === 0) continue
    assemble(ground, chunk, rows, columns)
    yield { rows, columns }
  }
}

/** All blocks as one, copied. */
async function gathered(blocks: AsyncIterable<RowBlock>, { layout }: Ground, count: number): Promise<RowBlock> {
  const rows = new Rows(count)
  const columns = columnsFor(layout, count)
  for await (const block of blocks) {
    block.columns.forEach((column, f) => {
      columns[f]?.set(column.subarray(0, block.rows.count), rows.count)
    })
    rows.append(block.rows)
  }
  return { rows, columns }
}

/** How rows look to a regressor: what it learns, and how much each row counts. */
export function tableFor(source: RowSource, head: Head, quantile: boolean): Table {
  const { ground, count, logScale } = source
  const { settings, layout, window } = ground
  const { halfLife } = settings
  const offset = settings.target.offset && !quantile
  const power = offset ? 0 : (head.weighting ?? 0)
  const relative = head.relative ?? 0
  const block = ({ rows, columns }: RowBlock): TableBlock => {
    const n = rows.count
    const target = new Float64Array(n)
    const weight = power !== 0 || relative !== 0 || halfLife !== undefined ? new Float64Array(n) : undefined
    for (let r = 0; r < n; r++) {
      const scale = at(rows.scale, r)
      target[r] = offset ? at(rows.actual, r) : forward(settings.target, at(rows.actual, r), at(rows.anchor, r), scale)
      if (!weight) continue
      const own = power === 0 ? 0 : Math.min(MOST_LOG, Math.max(-MOST_LOG, power * (Math.log(scale) - logScale)))
      const age = halfLife === undefined ? 0 : (Math.LN2 * (window.cutoff - at(rows.own, r))) / halfLife
      const size = relative === 0 ? 1 : Math.max(LEAST_SIZE, Math.abs(at(rows.actual, r)) / scale)
      weight[r] = Math.exp(own - age) / size ** relative
    }
    return { rows: n, columns, target, ...(weight ? { weight } : {}), ...(offset ? { offset: offsetOf(rows) } : {}) }
  }
  return {
    features: layout.features,
    rows: count,
    async *blocks() {
      for await (const rows of source.blocks()) yield block(rows)
    },
  }
}

/** Relative errors do not weigh by less than this share of the scale. */
const LEAST_SIZE = 0.1

/** Weights stay within e^±7 of the typical one. */
const MOST_LOG = 7

/** What the raw score of a regressor starts from where it does the scaling. */
export const offsetOf = ({ count, scale }: Rows): Float64Array =>
  Float64Array.from({ length: count }, (_, r) => (at(scale, r) > 0 ? Math.log(at(scale, r)) : 0))

/** Whether any number to learn lies below zero. */
export const isSigned = (source: RowSource): boolean => source.least < 0

/** What stays of {@link GlobalSettings} for a head that learns the original scale with an offset. */
export const usesOffset = (settings: GlobalSettings, quantile: boolean): boolean => settings.target.offset && !quantile
