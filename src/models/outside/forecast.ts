import { type Ask, blankForecast, type Forecast } from '../../core/forecast.ts'
import { at, Mask, type Panel } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import type { Run } from '../../core/run.ts'
import { VERSION } from '../../core/version.ts'
import type { Window } from '../../core/window.ts'
import { ascend, meanOf, quantileOf, scoresOf } from '../global/grid.ts'
import { keptWindow } from '../global/kept-window.ts'
import { drawPaths } from '../global/paths.ts'
import { blocksOf } from '../local-model.ts'
import { normalQuantile } from '../statistical/normal.ts'
import type { Opened } from './open.ts'
import { contextLengthOf, type Reader, readerOf } from './reader.ts'

/** How much of one step's chance goes on to the next in sample paths. */
const PERSISTENCE = 0.3
const HALF = normalQuantile(0.5)
/** Progress is told once in so many series. */
const TOLD = 64

/** What is to be known of a series before a model is asked. */
interface Seen {
  /** Cells of the past that it is shown, from the first one observed. */
  readonly from: number
  readonly to: number
  readonly observed: number
  readonly demanded: boolean
  readonly signed: boolean
}

/** Answers all series of a window: steps beyond those of one pass by passes of their own, which are shown the medians of the ones before as if these had been observed. */
export async function outsideForecast(
  name: string,
  opened: Opened,
  asked: Window,
  ask: Ask,
  run: Run,
): Promise<Forecast> {
  const window = keptWindow(asked)
  const ids: string[] = []
  for await (const past of window.past()) ids.push(...past.ids)
  const { calendar, digest, cutoff, horizon } = window
  const provenance = { model: name, window: digest, version: VERSION }
  const forecast = blankForecast({ calendar, ids, start: cutoff + 1, horizon, provenance }, ask)
  const n = opened.layout.levels.length
  const scores = scoresOf(opened.layout.levels)
  const levels = Float64Array.from(ask.levels, normalQuantile)
  const mean = new Float64Array(horizon)
  const reader = await readerOf(opened, run)
  try {
    let first = 0
    for await (const [past, known] of blocksOf(window)) {
      const seen = past.ids.map((_, i) => seenOf(past, i, contextLengthOf(opened)))
      const tell = (share: number) =>
        run.progress({
          stage: `${name}: forecast`,
          done: first + Math.floor(share * past.ids.length),
          total: ids.length,
        })
      const grid = await gridOf(opened, reader, past, known, seen, horizon, tell)
      for (const [i, { observed, signed }] of seen.entries()) {
        const series = first + i
        const own = grid.subarray(i * horizon * n, (i + 1) * horizon * n)
        const reason = observed === 0 ? 'noValues' : own.every(Number.isFinite) ? undefined : 'didNotConverge'
        if (reason) {
          forecast.refused.set(series, [{ model: name, reason, details: {} }])
          continue
        }
        for (let h = 0; h < horizon; h++) {
          mean[h] = meanOf(own, h * n, scores)
          let least = signed ? Number.NEGATIVE_INFINITY : 0
          if (!signed) mean[h] = Math.max(0, at(mean, h))
          for (let l = 0; l < levels.length; l++) {
            least = Math.max(least, quantileOf(own, h * n, scores, at(levels, l)))
            forecast.quantiles[(series * horizon + h) * levels.length + l] = least
          }
        }
        forecast.mean.set(mean, series * horizon)
        forecast.answeredBy[series] = name
        if (!forecast.paths) continue
        const random = Random.of(run.seed, `${name}:${ids[series]}`)
        const paths = forecast.paths.values.subarray(series * ask.paths * horizon, (series + 1) * ask.paths * horizon)
        drawPaths(own, mean, scores, PERSISTENCE, !signed, random, paths)
      }
      first += past.ids.length
    }
  } finally {
    await reader.dispose()
  }
  return forecast
}

/** Quantiles of the series of a block at the levels of the model, `grid[(series · horizon + step) · levels + level]`; 0 of those that never sold, and when closed. */
async function gridOf(
  { layout, ...opened }: Opened,
  reader: Reader,
  past: Panel,
  known: Panel,
  seen: readonly Seen[],
  horizon: number,
  tell: (share: number) => void,
): Promise<Float64Array> {
  const n = layout.levels.length
  const scores = scoresOf(layout.levels)
  const most = contextLengthOf({ layout, ...opened })
  const grid = new Float64Array(seen.length * horizon * n)
  // Series that never sold are answered without the model: they are 0.
  const active = seen.flatMap(({ observed, demanded }, i) => (observed > 0 && demanded ? [i] : []))
  const medians = new Float64Array(active.length * horizon)
  const lengths = new Int32Array(active.length)
  const passes = Math.ceil(horizon / layout.horizon)
  let done = 0
  for (let begin = 0; begin < horizon; begin += layout.horizon) {
    const steps = Math.min(layout.horizon, horizon - begin)
    for (const [k, i] of active.entries()) {
      const { from, to } = seen[i] as Seen
      lengths[k] = Math.min(most, to - from + begin)
    }
    const contextOf = (k: number) => {
      const { from, to } = seen[active[k] as number] as Seen
      const context = new Float64Array(at(lengths, k))
      const own = Math.max(0, context.length - begin)
      for (let t = 0; t < own; t++) {
        const cell = Math.max(from, to - own) + t
        context[t] = isClosed(past, cell) ? Number.NaN : at(past.target, cell)
      }
      context.set(medians.subarray(k * horizon + begin - (context.length - own), k * horizon + begin), own)
      return context
    }
    await reader.read(lengths, contextOf, (k, own) => {
      const i = active[k] as number
      const { signed } = seen[i] as Seen
      for (let h = 0; h < steps; h++) {
        const row = own.subarray(h * n, (h + 1) * n)
        const closed = isClosed(known, at(known.offsets, i) + begin + h)
        ascend(own, h * n, n)
        if (!signed) for (let l = 0; l < n; l++) row[l] = Math.max(0, at(row, l))
        if (closed) row.fill(0)
        grid.set(row, (i * horizon + begin + h) * n)
        // What comes after a day off is not to read it as a day without demand.
        medians[k * horizon + begin + h] = closed ? Number.NaN : quantileOf(own, h * n, scores, HALF)
      }
      if (++done % TOLD === 0 || done === active.length * passes) tell(done / (active.length * passes))
    })
  }
  if (active.length === 0) tell(1)
  return grid
}

const isClosed = (panel: Panel, cell: number) => (at(panel.mask, cell) & Mask.closed) !== 0

function seenOf(past: Panel, series: number, most: number): Seen {
  const to = at(past.offsets, series + 1)
  const earliest = Math.max(at(past.offsets, series), to - most)
  let [from, observed, demanded, signed] = [to, 0, false, false]
  for (let k = at(past.offsets, series); k < to; k++) {
    const y = at(past.target, k)
    if (Number.isNaN(y) || isClosed(past, k)) continue
    demanded ||= y !== 0
    signed ||= y < 0
    if (k < earliest) continue
    from = Math.min(from, k)
    observed++
  }
  return { from, to, observed, demanded, signed }
}
