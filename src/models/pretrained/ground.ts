import type { Calendar, Unit } from '../../core/calendar.ts'
import { sharedFloat32, sharedInt32, sharedUint8 } from '../../core/memory.ts'
import { at, endOf, Mask, type Panel } from '../../core/panel.ts'
import type { Window } from '../../core/window.ts'
import { blocksOf } from '../local-model.ts'
import { poolEffects } from './pooled.ts'
import { SEASONS } from './shape.ts'
import type { Told } from './told.ts'

/**
 * All series of a window side by side, each with its horizon behind it, on shared memory: plain data that any thread can tell of.
 *
 * Series `i` fills the cells `offsets[i] … offsets[i + 1] − 1`; the last `horizon` of them have no values.
 */
export interface Ground {
  readonly unit: Unit
  readonly horizon: number
  readonly offsets: Int32Array
  /** Phases of the first cell of each series in the main and in the longer season, two a series. */
  readonly phases: Int32Array
  readonly values: Float32Array
  readonly censored?: Uint8Array
  readonly mood?: Float32Array
  readonly covariates: readonly Float32Array[]
  readonly pooled?: Float32Array
}

/** What a ground leaves out, to measure what it is worth. */
export interface GroundOptions {
  /** Whether covariates are told; they are unless given. */
  readonly covariates?: boolean
  /** Whether what families do is told; it is unless given. */
  readonly families?: boolean
}

/** Lays out a window's series, and learns from all of them what covariates do and what families have in common. */
export async function groundOf(
  window: Window,
  options: GroundOptions = {},
): Promise<Ground & { readonly ids: readonly string[] }> {
  const blocks: (readonly [Panel, Panel])[] = []
  for await (const block of blocksOf(window)) blocks.push(block)
  const { horizon, calendar } = window
  const ids = blocks.flatMap(([past]) => past.ids)
  const offsets = sharedInt32(ids.length + 1)
  let series = 0
  for (const [past] of blocks)
    for (let i = 0; i < past.ids.length; i++, series++)
      offsets[series + 1] = at(offsets, series) + endOf(past, i) - at(past.start, i) + horizon
  const cells = at(offsets, ids.length)
  const names = options.covariates === false ? [] : knownNumbers(blocks)
  const values = sharedFloat32(cells).fill(Number.NaN)
  const covariates = names.map(() => sharedFloat32(cells).fill(Number.NaN))
  const phases = sharedInt32(2 * ids.length)
  const censored = sharedUint8(cells)
  let any = false
  series = 0
  for (const [past, known] of blocks)
    for (let i = 0; i < past.ids.length; i++, series++) {
      const to = at(offsets, series)
      const from = at(past.offsets, i)
      const count = at(past.offsets, i + 1) - from
      for (let k = 0; k < count; k++) {
        const mask = at(past.mask, from + k)
        if ((mask & Mask.closed) === 0) values[to + k] = at(past.target, from + k)
        if ((mask & Mask.censored) !== 0) {
          censored[to + k] = 1
          any = true
        }
      }
      for (const [c, name] of names.entries()) {
        const into = covariates[c] as Float32Array
        const before = past.columns.get(name)?.values
        const after = known.columns.get(name)?.values
        for (let k = 0; k < count; k++) into[to + k] = before?.[from + k] ?? Number.NaN
        for (let k = 0; k < horizon; k++) into[to + count + k] = after?.[at(known.offsets, i) + k] ?? Number.NaN
      }
      const [main, longer] = phasesOf(calendar, at(past.start, i))
      phases[2 * series] = main
      phases[2 * series + 1] = longer
    }
  const plain: Ground = { unit: calendar.unit, horizon, offsets, phases, values, covariates, ...(any && { censored }) }
  const pooled = covariates.length > 0 ? poolEffects(plain) : undefined
  const mood = options.families === false ? undefined : moodOf(blocks, plain)
  return { ...plain, ids, ...(pooled && { pooled }), ...(mood && { mood }) }
}

/** Tells of one series up to a place among its cells. */
export function toldOf(ground: Ground, series: number, origin: number): Told {
  const { unit, offsets, phases, values, censored, mood, covariates, pooled } = ground
  const [from, to] = [at(offsets, series), at(offsets, series + 1)]
  return {
    ...{ unit, values: values.subarray(from, to), from: 0, origin },
    phases: [at(phases, 2 * series), at(phases, 2 * series + 1)],
    ...(censored && { censored: censored.subarray(from, to) }),
    ...(mood && { mood: mood.subarray(from, to) }),
    ...(covariates.length > 0 && { covariates: covariates.map((x) => x.subarray(from, to)) }),
    ...(pooled && { pooled: pooled.subarray(from, to) }),
  }
}

/** Columns of numbers that are known ahead. */
function knownNumbers(blocks: readonly (readonly [Panel, Panel])[]): string[] {
  const columns = [...(blocks[0]?.[0].columns.values() ?? [])]
  return columns.filter(({ knownAhead, categories }) => knownAhead && !categories).map(({ name }) => name)
}

/** Where a period stands in the main and in the longer season of its unit. */
function phasesOf(calendar: Calendar, period: number): readonly [number, number] {
  const date = new Date(calendar.startOf(period))
  const day = (date.getUTCDay() + 6) % 7
  const ofYear = Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000)
  switch (calendar.unit) {
    case 'hour':
      return [date.getUTCHours(), 24 * day + date.getUTCHours()]
    case 'day':
      return [day, Math.min(ofYear, SEASONS.day[1] - 1)]
    case 'week':
      return [Math.min(51, Math.floor(ofYear / 7)), 0]
    case 'month':
      return [date.getUTCMonth(), 0]
    case 'quarter':
      return [Math.floor(date.getUTCMonth() / 3), 0]
    case 'year':
      return [0, 0]
  }
}

/** Fewest series that make a family, on average. */
const FAMILY = 5

/**
 * What the other series of each one's family did, in units of their own mean, NaN where unknown; undefined where there are no families.
 *
 * Families are those of the static column or key with the most values that still has several series each; all series are one where there is none.
 */
function moodOf(
  blocks: readonly (readonly [Panel, Panel])[],
  { offsets, values, horizon }: Ground,
): Float32Array | undefined {
  const count = offsets.length - 1
  if (count < FAMILY) return undefined
  const first = blocks[0]?.[0] as Panel
  const candidates = [...first.statics.values()].filter(({ categories }) => categories).map(({ name }) => name)
  let family = new Int32Array(count)
  let most = 1
  for (const name of candidates) {
    const codes = new Map<string, number>()
    const own = new Int32Array(count)
    let series = 0
    for (const [past] of blocks) {
      const column = past.statics.get(name)
      for (let i = 0; i < past.ids.length; i++, series++) {
        const text = column?.categories?.[at(column.values, i)] ?? ''
        if (!codes.has(text)) codes.set(text, codes.size)
        own[series] = codes.get(text) as number
      }
    }
    if (codes.size > most && count / codes.size >= FAMILY) {
      most = codes.size
      family = own
    }
  }
  const starts = new Int32Array(count)
  let series = 0
  let least = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for (const [past] of blocks)
    for (let i = 0; i < past.ids.length; i++, series++) {
      starts[series] = at(past.start, i)
      least = Math.min(least, at(past.start, i))
      last = Math.max(last, endOf(past, i))
    }
  const periods = last - least
  const sums = new Float64Array(most * periods)
  const counts = new Float64Array(most * periods)
  const sizes = new Float64Array(count)
  const each = (i: number, visit: (cell: number, place: number, y: number) => void) => {
    const base = at(family, i) * periods + at(starts, i) - least - at(offsets, i)
    for (let k = at(offsets, i); k < at(offsets, i + 1) - horizon; k++) {
      const y = at(values, k)
      if (!Number.isNaN(y)) visit(k, base + k, y)
    }
  }
  for (let i = 0; i < count; i++) {
    let [sum, n] = [0, 0]
    each(i, (_, __, y) => {
      sum += Math.abs(y)
      n++
    })
    sizes[i] = n > 0 && sum > 0 ? sum / n : 1
    each(i, (_, place, y) => {
      sums[place] = at(sums, place) + y / at(sizes, i)
      counts[place] = at(counts, place) + 1
    })
  }
  const mood = sharedFloat32(values.length).fill(Number.NaN)
  for (let i = 0; i < count; i++) {
    const base = at(family, i) * periods + at(starts, i) - least - at(offsets, i)
    for (let k = at(offsets, i); k < at(offsets, i + 1) - horizon; k++) {
      const y = at(values, k)
      const own = Number.isNaN(y) ? 0 : 1
      const others = at(counts, base + k) - own
      if (others >= 2) mood[k] = (at(sums, base + k) - (own ? y / at(sizes, i) : 0)) / others
    }
  }
  return mood
}
