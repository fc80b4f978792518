import { type Ask, blankForecast, type Forecast, type Refused } from '../../core/forecast.ts'
import { at, Mask } from '../../core/panel.ts'
import type { Run } from '../../core/run.ts'
import { VERSION } from '../../core/version.ts'
import type { Window } from '../../core/window.ts'
import { correct, unitOf } from '../../models/global/calibration.ts'
import { ascend, quantileOf, scoresOf } from '../../models/global/grid.ts'
import { pathsThrough } from '../../models/global/paths.ts'
import { blocksOf } from '../../models/local-model.ts'
import type { Fitted } from '../../models/model.ts'
import { type Decided, SMALL } from './decided.ts'
import { scoreDrawer } from './dependence.ts'
import { LEVELS, SCORES } from './levels.ts'
import { POINTS, pointsOf } from './points.ts'
import { segmentOf } from './segments.ts'
import { isWhole, tempoOf, tempoPeriods } from './validation.ts'

/** A member that has learned, by its place among those that were weighed. */
export interface Learned {
  readonly name: string
  readonly fitted: Fitted
}

const N = LEVELS.length

/** Sums of what members say, weighed by segment; `share` is the weight of those who answered. */
interface Sums {
  readonly grid: Float64Array
  readonly mean: Float64Array
  readonly point: Float64Array
  readonly share: Float64Array
  readonly pointShare: Float64Array
  readonly refused: Map<number, Refused[]>
}

/** What is known of the series of a window before any member is asked. */
interface Facts {
  readonly ids: readonly string[]
  readonly segment: Int32Array
  readonly level: Float64Array
  readonly signed: Uint8Array
  /** 1 for series whose quantiles are whole units. */
  readonly counted: Uint8Array
  /** The value of the column that makes families, as text. */
  readonly family: readonly string[]
}

/** Asks all members that have a say, combines what they say series by series, and corrects it. */
export async function combined(
  name: string,
  decided: Decided,
  members: readonly Learned[],
  window: Window,
  ask: Ask,
  run: Run,
): Promise<Forecast> {
  const facts = await factsOf(window, decided)
  const sums = await summed(decided, members, window, facts, run)
  const { calendar, cutoff, horizon, digest } = window
  const provenance = { model: name, window: digest, version: VERSION }
  const forecast = blankForecast({ calendar, ids: facts.ids, start: cutoff + 1, horizon, provenance }, ask)
  const scores = scoresOf(ask.levels)
  const draw = scoreDrawer(decided.dependence, { horizon, paths: ask.paths, seed: run.seed, name })
  let series = 0
  for await (const [past, known] of blocksOf(window))
    for (let i = 0; i < past.ids.length; i++, series++) {
      if (at(sums.share, series) === 0) {
        const reasons = sums.refused.get(series) ?? []
        const { reason, details } = reasons[0] ?? { reason: 'noValues' as const, details: {} }
        forecast.refused.set(series, [{ model: name, reason, details }, ...reasons])
        continue
      }
      settle(decided, sums, facts, series, horizon)
      const closed = (h: number) => (at(known.mask, at(known.offsets, i) + h) & Mask.closed) !== 0
      write(forecast, sums, series, scores, at(facts.signed, series) === 1, closed)
      forecast.answeredBy[series] = name
      if (!forecast.paths) continue
      const { count, values } = forecast.paths
      const paths = values.subarray(series * count * horizon, (series + 1) * count * horizon)
      const own = sums.grid.subarray(series * horizon * N, (series + 1) * horizon * N)
      const mean = forecast.mean.subarray(series * horizon, (series + 1) * horizon)
      draw(facts.ids[series] as string, facts.family[series] as string, paths)
      pathsThrough(own, mean, SCORES, at(facts.signed, series) === 0, paths)
    }
  return forecast
}

async function factsOf(window: Window, { segments, dependence, counted }: Decided): Promise<Facts> {
  const ids: string[] = []
  const segment: number[] = []
  const level: number[] = []
  const signed: number[] = []
  const family: string[] = []
  const whole: number[] = []
  const periods = tempoPeriods(window)
  for await (const past of window.past()) {
    const column = past.statics.get(dependence.family ?? '')
    for (let i = 0; i < past.ids.length; i++) {
      const code = column ? at(column.values, i) : Number.NaN
      family.push(column?.categories?.[code] ?? String(code))
      const end = at(past.offsets, i + 1)
      const [size, zeros] = tempoOf(past, i, end, periods)
      ids.push(past.ids[i] as string)
      level.push(size)
      segment.push(segmentOf(segments, size, zeros))
      let below = 0
      for (let k = at(past.offsets, i); k < end; k++) if (at(past.target, k) < 0) below = 1
      signed.push(below)
      whole.push(counted && size < SMALL && isWhole(past, i) ? 1 : 0)
    }
  }
  return {
    ids,
    family,
    segment: Int32Array.from(segment),
    level: Float64Array.from(level),
    signed: Uint8Array.from(signed),
    counted: Uint8Array.from(whole),
  }
}

async function summed(
  decided: Decided,
  members: readonly Learned[],
  window: Window,
  { ids, segment }: Facts,
  run: Run,
): Promise<Sums> {
  const n = ids.length
  const { horizon } = window
  const count = decided.members.length
  const sums: Sums = {
    grid: new Float64Array(n * horizon * N),
    mean: new Float64Array(n * horizon),
    point: new Float64Array(decided.points.length > 0 ? n * horizon : 0),
    share: new Float64Array(n),
    pointShare: new Float64Array(n),
    refused: new Map(),
  }
  const points = Array.from({ length: POINTS }, () => new Float32Array(horizon))
  for (const { name, fitted } of members) {
    const m = decided.members.indexOf(name)
    const said = await fitted.forecast(window, { levels: LEVELS, paths: 0 }, run)
    for (let i = 0; i < n; i++) {
      if (said.answeredBy[i] === undefined) {
        sums.refused.set(i, [...(sums.refused.get(i) ?? []), ...(said.refused.get(i) ?? [])])
        continue
      }
      const grid = said.quantiles.subarray(i * horizon * N, (i + 1) * horizon * N)
      const mean = said.mean.subarray(i * horizon, (i + 1) * horizon)
      const w = at(decided.weights, at(segment, i) * count + m)
      // Members that count for nothing here still answer where nobody else does.
      const weight = Math.max(w, TOKEN)
      sums.share[i] = at(sums.share, i) + weight
      for (let k = 0; k < grid.length; k++)
        sums.grid[i * grid.length + k] = at(sums.grid, i * grid.length + k) + weight * at(grid, k)
      for (let h = 0; h < horizon; h++)
        sums.mean[i * horizon + h] = at(sums.mean, i * horizon + h) + weight * at(mean, h)
      if (sums.point.length === 0) continue
      pointsOf(decided.aim, mean, grid, horizon, points)
      for (const [p, own] of points.entries()) {
        const v = Math.max(at(decided.points, (at(segment, i) * count + m) * POINTS + p), TOKEN)
        sums.pointShare[i] = at(sums.pointShare, i) + v
        for (let h = 0; h < horizon; h++) sums.point[i * horizon + h] = at(sums.point, i * horizon + h) + v * at(own, h)
      }
    }
  }
  return sums
}

const TOKEN = 1e-9

/** Makes means of a series' sums, in place, and corrects its distributions. */
function settle({ calibration }: Decided, sums: Sums, { level, counted }: Facts, i: number, horizon: number): void {
  const share = at(sums.share, i)
  for (let k = i * horizon; k < (i + 1) * horizon; k++) {
    sums.mean[k] = at(sums.mean, k) / share
    if (sums.point.length > 0) sums.point[k] = at(sums.point, k) / at(sums.pointShare, i)
    for (let l = 0; l < N; l++) sums.grid[k * N + l] = at(sums.grid, k * N + l) / share
    ascend(sums.grid, k * N, N)
    const unit = unitOf(sums.grid, k * N, LEVELS, at(level, i), at(sums.mean, k))
    correct(calibration, sums.grid, k * N, k - i * horizon + 1, at(level, i), unit)
    if (at(counted, i) === 1) for (let l = 0; l < N; l++) sums.grid[k * N + l] = Math.round(at(sums.grid, k * N + l))
  }
}

function write(
  { horizon, mean, quantiles, levels }: Forecast,
  sums: Sums,
  series: number,
  scores: Float64Array,
  signed: boolean,
  closed: (step: number) => boolean,
): void {
  const least = signed ? Number.NEGATIVE_INFINITY : 0
  const said = sums.point.length > 0 ? sums.point : sums.mean
  for (let h = 0; h < horizon; h++) {
    const k = series * horizon + h
    const shut = closed(h)
    if (shut) sums.grid.fill(0, k * N, (k + 1) * N)
    else if (!signed) for (let l = 0; l < N; l++) sums.grid[k * N + l] = Math.max(0, at(sums.grid, k * N + l))
    mean[k] = shut ? 0 : Math.max(least, at(said, k))
    let before = least
    for (let l = 0; l < levels.length; l++) {
      before = Math.max(before, shut ? 0 : quantileOf(sums.grid, k * N, SCORES, at(scores, l)))
      quantiles[k * levels.length + l] = before
    }
  }
}
