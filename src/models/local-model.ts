import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CalendarOptions } from '../core/calendar.ts'
import { CannotForecast } from '../core/errors.ts'
import { type Ask, blankForecast, type Forecast, type Refused } from '../core/forecast.ts'
import { at, type Panel } from '../core/panel.ts'
import { type ParallelTask, parallelMap } from '../core/parallel.ts'
import type { Run } from '../core/run.ts'
import { VERSION } from '../core/version.ts'
import type { Window } from '../core/window.ts'
import type { LocalMethod } from './local.ts'
import { type Held, type Job, jobMaker, joined, type Shared } from './local-worker.ts'
import type { Dir, Fitted, Manifest, Model } from './model.ts'

/** Where worker threads find a method again: a module that exports `METHODS`, a table of factories by name. */
export interface MethodHome {
  readonly module: string
  readonly options: object
}

/**
 * Makes a {@link Model} of a method that answers each series by itself.
 *
 * Each series is handed to the method from its first observed value on, closed periods as missing, gaps interpolated where
 * the method cannot take them; what comes back is sorted, clipped at zero where the past never was below it, and zero in
 * planned closures. With a `home` the series are shared among worker threads; without, they stay on the calling one.
 */
export function localModel(method: LocalMethod, home?: MethodHome): Model {
  const make = (fitted: FittedSeries): Fitted => ({
    forecast: (window, ask, run) => forecastWith(method, home, fitted, window, ask, run),
    save: (dir) => save(method, fitted, dir),
  })
  return {
    name: method.name,
    needs: method.needs,
    fit: async (window, run) => make(await fitSeries(method, home, window, run)),
    load: async (dir) => make(await load(dir)),
  }
}

/** The parameters of every series that the method could fit, and why not of the others. */
interface FittedSeries {
  readonly window: string
  readonly byId: ReadonlyMap<string, Float64Array | Refused>
}

async function fitSeries(
  method: LocalMethod,
  home: MethodHome | undefined,
  window: Window,
  run: Run,
): Promise<FittedSeries> {
  const byId = new Map<string, Float64Array | Refused>()
  for await (const [past, known] of blocksOf(window)) {
    for (const [job, held] of await each(method, home, window, past, known, 'fit', undefined, run)) {
      let offset = 0
      for (const [k, id] of job.ids.entries()) {
        const length = at(held.lengths, k)
        byId.set(id, length < 0 ? (held.refused.get(k) as Refused) : held.flat.subarray(offset, offset + length))
        offset += Math.max(0, length)
      }
    }
  }
  return { window: window.digest, byId }
}

async function forecastWith(
  method: LocalMethod,
  home: MethodHome | undefined,
  fitted: FittedSeries,
  window: Window,
  ask: Ask,
  run: Run,
): Promise<Forecast> {
  const parts: Forecast[] = []
  for await (const [past, known] of blocksOf(window)) {
    const provenance = { model: method.name, window: window.digest, version: VERSION }
    const part = blankForecast(
      { calendar: window.calendar, ids: past.ids, start: window.cutoff + 1, horizon: window.horizon, provenance },
      ask,
    )
    const asking = { part, fitted, retry: fitted.window !== window.digest }
    for (const [job, held] of await each(method, home, window, past, known, 'forecast', asking, run))
      for (let k = 0; k < job.ids.length; k++) {
        const refused = held.refused.get(k)
        if (refused) part.refused.set(job.from + k, [refused])
        else part.answeredBy[job.from + k] = method.name
      }
    parts.push(part)
  }
  return concatForecasts(parts)
}

/** Pairs the blocks of a window's past with those of its known future. */
export async function* blocksOf(window: Window): AsyncIterable<readonly [Panel, Panel]> {
  const known = window.known()[Symbol.asyncIterator]()
  for await (const past of window.past()) {
    const next = await known.next()
    yield [past, next.value as Panel]
  }
}

interface Asking {
  readonly part: Forecast
  readonly fitted: FittedSeries
  /** Whether series that were refused or unknown at the fit get another chance, as the window holds more data now. */
  readonly retry: boolean
}

async function each(
  method: LocalMethod,
  home: MethodHome | undefined,
  window: Window,
  past: Panel,
  known: Panel,
  stage: 'fit' | 'forecast',
  asking: Asking | undefined,
  run: Run,
): Promise<(readonly [Job, Held])[]> {
  const n = past.ids.length
  const wanted = method.needs.knownAhead !== 'ignored'
  const knownNames = wanted ? [...known.columns.keys()] : []
  const shared: Shared = {
    home: home ? { ...home, name: method.name } : undefined,
    stage,
    calendar: window.calendar.toJSON() as CalendarOptions,
    seed: run.seed,
    horizon: window.horizon,
    past: { start: past.start, offsets: past.offsets, target: past.target, mask: past.mask },
    closed: known.mask,
    known: knownNames.map((name) => ({
      name,
      past: past.columns.get(name)?.values as Float64Array,
      future: known.columns.get(name)?.values as Float64Array,
    })),
    out: asking && {
      levels: asking.part.levels,
      paths: asking.part.paths?.count ?? 0,
      mean: asking.part.mean,
      quantiles: asking.part.quantiles,
      sample: asking.part.paths?.values ?? new Float64Array(0),
    },
  }
  const size = Math.max(1, Math.min(256, Math.ceil(n / (run.threads * 8))))
  const jobs: Job[] = []
  for (let from = 0; from < n; from += size) {
    const to = Math.min(n, from + size)
    const ids = past.ids.slice(from, to)
    jobs.push({ from, to, ids, ...(asking ? { held: handOver(asking, ids) } : {}) })
  }
  const weights = jobs.map((job) => job.to - job.from)
  const task: ParallelTask<Shared, Job> = {
    module: new URL(workerUrl),
    fn: 'jobMaker',
    shared,
    jobs,
    stage: `${method.name}: ${stage}`,
    weights,
  }
  const done = home ? await parallelMap<Shared, Job, Held>(run, task) : jobs.map(jobMaker(shared, method))
  return jobs.map((job, k) => [job, done[k] as Held])
}

const workerUrl = new URL(import.meta.url.endsWith('.ts') ? './local-worker.ts' : './local-worker.js', import.meta.url)

function handOver({ fitted, retry }: Asking, ids: readonly string[]): Held {
  const lengths = new Int32Array(ids.length).fill(-1)
  const refused = new Map<number, Refused>()
  const parts: Float64Array[] = []
  for (const [k, id] of ids.entries()) {
    const held = fitted.byId.get(id)
    if (held instanceof Float64Array) {
      lengths[k] = held.length
      parts.push(held)
    } else if (held && !retry) refused.set(k, held)
  }
  return { flat: joined(parts), lengths, refused }
}

/** Joins the forecasts of blocks, one after the other. */
function concatForecasts(parts: readonly Forecast[]): Forecast {
  const [first] = parts
  if (!first) throw new CannotForecast('noValues')
  if (parts.length === 1) return first
  const ids = parts.flatMap((p) => p.ids)
  const ask = { levels: first.levels, paths: first.paths?.count ?? 0 }
  const whole = blankForecast({ ...first, ids }, ask)
  let series = 0
  for (const part of parts) {
    whole.mean.set(part.mean, series * first.horizon)
    whole.quantiles.set(part.quantiles, series * first.horizon * ask.levels.length)
    if (part.paths) whole.paths?.values.set(part.paths.values, series * ask.paths * first.horizon)
    part.answeredBy.forEach((name, i) => {
      whole.answeredBy[series + i] = name
    })
    for (const [i, refused] of part.refused) whole.refused.set(series + i, [...refused])
    series += part.ids.length
  }
  return whole
}

async function save(method: LocalMethod, fitted: FittedSeries, dir: Dir): Promise<Manifest> {
  await mkdir(dir.path, { recursive: true })
  const ids: string[] = []
  const lengths: number[] = []
  const refused: Record<string, Refused> = {}
  const parts: Float64Array[] = []
  for (const [id, held] of fitted.byId) {
    if (!(held instanceof Float64Array)) {
      refused[id] = held
      continue
    }
    ids.push(id)
    lengths.push(held.length)
    parts.push(held)
  }
  const flat = joined(parts)
  const bytes = Buffer.from(flat.buffer)
  await writeFile(join(dir.path, 'parameters.f64'), bytes)
  const digest = createHash('sha256').update(bytes).digest('hex')
  await writeFile(join(dir.path, 'series.json'), JSON.stringify({ ids, lengths, refused, digest }))
  const manifest: Manifest = {
    model: method.name,
    version: VERSION,
    options: { ...method.options },
    window: fitted.window,
    files: ['parameters.f64', 'series.json'],
  }
  await writeFile(join(dir.path, 'manifest.json'), JSON.stringify(manifest, null, 2))
  return manifest
}

async function load(dir: Dir): Promise<FittedSeries> {
  const manifest = JSON.parse(await readFile(join(dir.path, 'manifest.json'), 'utf8')) as Manifest
  const index = JSON.parse(await readFile(join(dir.path, 'series.json'), 'utf8')) as {
    ids: string[]
    lengths: number[]
    refused: Record<string, Refused>
  }
  const bytes = await readFile(join(dir.path, 'parameters.f64'))
  const flat = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
  const byId = new Map<string, Float64Array | Refused>(Object.entries(index.refused))
  let offset = 0
  index.ids.forEach((id, i) => {
    const length = at(index.lengths, i)
    byId.set(id, flat.slice(offset, offset + length))
    offset += length
  })
  return { window: manifest.window, byId }
}
