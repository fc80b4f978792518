import { at } from '../../core/panel.ts'
import type { FeatureBlock } from '../../features/features.ts'
import type { Derived } from './derived.ts'
import type { Chunk, Ground } from './ground.ts'
import type { Extra, Layout } from './layout.ts'
import type { GlobalSettings } from './options.ts'
import type { Rows } from './rows.ts'

/** Columns of a table, each with room for so many rows. */
export const columnsFor = (layout: Layout, capacity: number): Float32Array[] =>
  layout.features.map(() => new Float32Array(capacity))

/**
 * Fills the columns of the rows of a chunk: every row with what was known at its own origin, and with the known-ahead values of
 * its own period.
 *
 * Columns in units of the target are divided by the row's scale where targets are, so that series of all sizes look alike.
 */
export function assemble(
  { layout, settings, derived, window: { cutoff } }: Ground,
  chunk: Chunk,
  rows: Rows,
  columns: readonly Float32Array[],
): void {
  const { main, phases } = chunk
  const n = rows.count
  const own = new Int32Array(n)
  const origin = new Int32Array(n)
  const phase = new Uint8Array(n)
  for (let r = 0; r < n; r++) {
    const local = at(rows.local, r)
    own[r] = placeOf(main, local, at(rows.own, r), cutoff)
    origin[r] = placeOf(main, local, at(rows.origin, r) + 1, cutoff)
    let g = 0
    while (g + 1 < phases.length && at(rows.step, r) > (layout.phases[g] as { to: number }).to) g++
    phase[r] = g
  }
  layout.sources.forEach(({ place, column }, f) => {
    const into = columns[f] as Float32Array
    if (place === 'phase') gatherPhases(phases, phase, column, own, n, into)
    else gather(main, column, place === 'own' ? own : origin, n, into)
  })
  derive(derived, layout, chunk, rows, columns)
  relate(rows, layout, settings, columns)
}

/** Fills in what is worked out row by row. */
export function derive(
  derived: readonly Derived[],
  { sources }: Layout,
  chunk: Chunk,
  rows: Rows,
  columns: readonly Float32Array[],
): void {
  let first = sources.length
  for (const { features, fill } of derived) {
    fill(chunk, rows, columns.slice(first, first + features.length))
    first += features.length
  }
}

/** Divides columns in units of the target by the rows' scales, transforms them as targets are, and fills in the columns of a row's own making. */
export function relate(rows: Rows, layout: Layout, settings: GlobalSettings, columns: readonly Float32Array[]): void {
  const n = rows.count
  const relative = settings.target.scale !== 'none'
  const log = settings.target.transform === 'log1p'
  const factor = new Float64Array(n).fill(1)
  if (relative) for (let r = 0; r < n; r++) factor[r] = at(rows.scale, r) > 0 ? 1 / at(rows.scale, r) : 0
  const restate = (into: Float32Array) => {
    if (relative) for (let r = 0; r < n; r++) into[r] = at(into, r) * at(factor, r)
    if (log) for (let r = 0; r < n; r++) into[r] = signedLog(at(into, r))
  }
  layout.sources.forEach(({ unit }, f) => {
    if (unit) restate(columns[f] as Float32Array)
  })
  layout.derived.forEach(({ unit }, d) => {
    if (unit) restate(columns[layout.sources.length + d] as Float32Array)
  })
  layout.extras.forEach((extra, e) => {
    const into = columns[layout.sources.length + layout.derived.length + e] as Float32Array
    EXTRA_OF[extra](rows, into)
    if (extra === 'baseline') restate(into)
  })
}

const signedLog = (x: number) => (x < 0 ? -Math.log1p(-x) : Math.log1p(x))

/** The row of a period in a feature block: of the past, or with all bits turned that of the horizon. */
function placeOf(block: FeatureBlock, local: number, period: number, cutoff: number): number {
  return period <= cutoff
    ? at(block.rowOffsets, local + 1) - (cutoff + 1 - period)
    : ~(local * block.horizon + period - cutoff - 1)
}

function gather(block: FeatureBlock, column: number, places: Int32Array, n: number, into: Float32Array): void {
  const { past, future } = block
  const pastFrom = column * block.rows
  const futureFrom = column * block.steps
  for (let r = 0; r < n; r++) {
    const place = places[r] as number
    into[r] = (place >= 0 ? past[pastFrom + place] : future[futureFrom + ~place]) as number
  }
}

function gatherPhases(
  blocks: readonly FeatureBlock[],
  phase: Uint8Array,
  column: number,
  places: Int32Array,
  n: number,
  into: Float32Array,
): void {
  for (let r = 0; r < n; r++) {
    const block = blocks[phase[r] as number] as FeatureBlock
    const place = places[r] as number
    into[r] = (
      place >= 0 ? block.past[column * block.rows + place] : block.future[column * block.steps + ~place]
    ) as number
  }
}

const EXTRA_OF: { readonly [E in Extra]: (rows: Rows, into: Float32Array) => void } = {
  step: ({ count, step }, into) => {
    for (let r = 0; r < count; r++) into[r] = at(step, r)
  },
  level: ({ count, level }, into) => {
    for (let r = 0; r < count; r++) into[r] = at(level, r) > 0 ? Math.log(at(level, r)) : Number.NaN
  },
  baseline: ({ count, baseline }, into) => {
    for (let r = 0; r < count; r++) into[r] = at(baseline, r)
  },
}
