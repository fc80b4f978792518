import { Calendar, type CalendarOptions } from '../core/calendar.ts'
import { CannotForecast } from '../core/errors.ts'
import type { Refused } from '../core/forecast.ts'
import { at, Mask } from '../core/panel.ts'
import { Random } from '../core/random.ts'
import type { Answer, LocalMethod, Series } from './local.ts'

/** What every job of a local model needs; arrays lie on shared memory. */
export interface Shared {
  readonly home: { readonly module: string; readonly name: string; readonly options: object } | undefined
  readonly stage: 'fit' | 'forecast'
  readonly calendar: CalendarOptions
  readonly seed: number
  readonly horizon: number
  readonly past: {
    readonly start: Int32Array
    readonly offsets: Int32Array
    readonly target: Float64Array
    readonly mask: Uint8Array
  }
  /** Mask of the horizon, `horizon` cells a series. */
  readonly closed: Uint8Array
  readonly known: readonly { readonly name: string; readonly past: Float64Array; readonly future: Float64Array }[]
  readonly out:
    | {
        readonly levels: readonly number[]
        readonly paths: number
        readonly mean: Float64Array
        readonly quantiles: Float64Array
        readonly sample: Float64Array
      }
    | undefined
}

/** A run of neighbouring series. */
export interface Job {
  readonly from: number
  readonly to: number
  readonly ids: readonly string[]
  /** For a forecast: what the fit gave for each. */
  readonly held?: Held
}

/** What a fit gave for neighbouring series: one array for all, since thousands of small ones are slow to hand to a thread. */
export interface Held {
  readonly flat: Float64Array
  /** The length of each one's parameters; −1 where there are none, which asks to fit now. */
  readonly lengths: Int32Array
  /** Who was refused, by place. */
  readonly refused: ReadonlyMap<number, Refused>
}

/** Prepares the worker for a task: finds the method once, then does one job after the other. */
export function jobMaker(shared: Shared, method: LocalMethod): (job: Job) => Held
export function jobMaker(shared: Shared): (job: Job) => Promise<Held>
export function jobMaker(shared: Shared, given?: LocalMethod): (job: Job) => Held | Promise<Held> {
  const calendar = new Calendar(shared.calendar)
  if (given) return (job) => perform(shared, calendar, given, job)
  const { module, name, options } = shared.home as NonNullable<Shared['home']>
  const finding = import(module).then((m) => (m.METHODS[name] as (options: object) => LocalMethod)(options))
  return async (job) => perform(shared, calendar, await finding, job)
}

function perform(shared: Shared, calendar: Calendar, method: LocalMethod, job: Job): Held {
  const made: Float64Array[] = []
  const lengths = new Int32Array(job.to - job.from).fill(-1)
  const refused = new Map<number, Refused>(job.held?.refused)
  let offset = 0
  for (let i = job.from; i < job.to; i++) {
    const place = i - job.from
    const length = job.held ? at(job.held.lengths, place) : -1
    const held = length >= 0 ? job.held?.flat.subarray(offset, offset + length) : undefined
    offset += Math.max(0, length)
    if (refused.has(place)) continue
    try {
      const series = seriesOf(shared, calendar, method, i, job.ids[i - job.from] as string)
      const parameters = held ?? method.fit(series, method.options)
      if (shared.out) answerSeries(shared, shared.out, method, series, parameters, i)
      if (shared.stage === 'fit') {
        made.push(parameters)
        lengths[place] = parameters.length
      }
    } catch (error) {
      if (!(error instanceof CannotForecast)) throw error
      if (shared.out) erase(shared, shared.out, i)
      refused.set(place, { model: method.name, reason: error.reason, details: error.details })
    }
  }
  return { flat: joined(made), lengths, refused }
}

/** Arrays one after the other. */
export function joined(parts: readonly Float64Array[]): Float64Array<ArrayBuffer> {
  const flat = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    flat.set(part, offset)
    offset += part.length
  }
  return flat
}

function seriesOf(shared: Shared, calendar: Calendar, method: LocalMethod, i: number, id: string): Series {
  const { past, horizon } = shared
  let from = at(past.offsets, i)
  const to = at(past.offsets, i + 1)
  const begin = from
  while (from < to && (Number.isNaN(at(past.target, from)) || (at(past.mask, from) & Mask.closed) !== 0)) from++
  const values = new Float64Array(to - from)
  let observed = 0
  let nonNegative = true
  let integer = true
  for (let k = from; k < to; k++) {
    const open = (at(past.mask, k) & Mask.closed) === 0
    const y = open ? at(past.target, k) : Number.NaN
    values[k - from] = y
    if (Number.isNaN(y)) continue
    observed++
    if (y < 0) nonNegative = false
    if (integer && !Number.isInteger(y)) integer = false
  }
  if (observed === 0) throw new CannotForecast('noValues')
  if (observed < method.needs.minHistory)
    throw new CannotForecast('tooShort', { has: observed, needs: method.needs.minHistory })
  if (!method.needs.missing && observed < values.length) interpolate(values)
  const known = new Map<string, Float64Array>()
  for (const column of shared.known) {
    const whole = new Float64Array(values.length + horizon)
    whole.set(column.past.subarray(from, to))
    whole.set(column.future.subarray(i * horizon, (i + 1) * horizon), values.length)
    known.set(column.name, whole)
  }
  const { season, seasons } = calendar
  return { id, calendar, start: at(past.start, i) + from - begin, values, season, seasons, nonNegative, integer, known }
}

/** How many times the largest value ever observed an answer may reach before it is taken for an explosion. */
const EXPLODED = 100

/** The size that no answer may pass; none where nothing but zeros was observed. */
function limitOf(values: Float64Array): number {
  let most = 0
  for (let k = 0; k < values.length; k++) {
    const size = Math.abs(at(values, k))
    if (size > most) most = size
  }
  return most > 0 ? EXPLODED * most : Number.MAX_VALUE
}

const within = (value: number, limit: number) => Math.abs(value) <= limit

/** Fills gaps in place on the straight line between their neighbours; a gap at the end repeats the last value. */
export function interpolate(values: Float64Array): void {
  let last = 0
  for (let k = 1; k < values.length; k++) {
    if (Number.isNaN(at(values, k))) continue
    const step = (at(values, k) - at(values, last)) / (k - last)
    for (let g = last + 1; g < k; g++) values[g] = at(values, last) + step * (g - last)
    last = k
  }
  values.fill(at(values, last), last + 1)
}

function answerSeries(
  shared: Shared,
  out: NonNullable<Shared['out']>,
  method: LocalMethod,
  series: Series,
  parameters: Float64Array,
  i: number,
): void {
  const { horizon } = shared
  const levels = out.levels.length
  const answer: Answer = {
    levels: out.levels,
    paths: out.paths,
    horizon,
    mean: out.mean.subarray(i * horizon, (i + 1) * horizon),
    quantiles: out.quantiles.subarray(i * horizon * levels, (i + 1) * horizon * levels),
    sample: out.sample.subarray(i * horizon * out.paths, (i + 1) * horizon * out.paths),
    random: Random.of(shared.seed, `${method.name}:${series.id}`),
  }
  method.forecast(series, parameters, answer, method.options)
  const limit = limitOf(series.values)
  for (let h = 0; h < horizon; h++) {
    const row = answer.quantiles.subarray(h * levels, (h + 1) * levels)
    if (!within(at(answer.mean, h), limit) || !row.every((q) => within(q, limit)))
      throw new CannotForecast('didNotConverge')
    for (let l = 1; l < levels; l++)
      if (at(row, l) < at(row, l - 1)) {
        row.sort()
        break
      }
  }
  if (series.nonNegative) {
    clip(answer.mean)
    clip(answer.quantiles)
    clip(answer.sample)
  }
  for (let h = 0; h < horizon; h++) {
    if ((at(shared.closed, i * horizon + h) & Mask.closed) === 0) continue
    answer.mean[h] = 0
    answer.quantiles.fill(0, h * levels, (h + 1) * levels)
    for (let p = 0; p < out.paths; p++) answer.sample[p * horizon + h] = 0
  }
}

function clip(values: Float64Array): void {
  for (let k = 0; k < values.length; k++) values[k] = Math.max(0, at(values, k))
}

function erase(shared: Shared, out: NonNullable<Shared['out']>, i: number): void {
  const { horizon } = shared
  out.mean.fill(Number.NaN, i * horizon, (i + 1) * horizon)
  out.quantiles.fill(Number.NaN, i * horizon * out.levels.length, (i + 1) * horizon * out.levels.length)
  out.sample.fill(Number.NaN, i * horizon * out.paths, (i + 1) * horizon * out.paths)
}
