import { type Ask, blankForecast, type Forecast } from '../../core/forecast.ts'
import { at, Mask, type Panel } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { VERSION } from '../../core/version.ts'
import { normalQuantile } from '../statistical/normal.ts'
import { assemble, columnsFor } from './assemble.ts'
import { type Calibration, correct, groupIn, unitOf } from './calibration.ts'
import { ascend, quantileOf, scoresOf } from './grid.ts'
import { chunksOf, type Ground } from './ground.ts'
import { type FittedHeads, type Said, say } from './heads.ts'
import { PastOf } from './past.ts'
import { drawPaths } from './paths.ts'
import { addRow, Rows } from './rows.ts'
import { segmentOf } from './segments.ts'

/** What has been learned, as far as an answer needs it. */
export interface Learnt {
  readonly name: string
  /** Steps that it was fitted for. */
  readonly horizon: number
  readonly heads: FittedHeads
  readonly calibration: Calibration
}

/** Rows answered together at the most. */
const BATCH_ROWS = 32_768

type Blank = ReturnType<typeof blankForecast>

/** A forecast without numbers for all series of a window. */
export async function blankFor({ window }: Ground, name: string, ask: Ask): Promise<Blank> {
  const ids: string[] = []
  for await (const past of window.past()) ids.push(...past.ids)
  return blankForecast(
    {
      calendar: window.calendar,
      ids,
      start: window.cutoff + 1,
      horizon: window.horizon,
      provenance: { model: name, window: window.digest, version: VERSION },
    },
    ask,
  )
}

/** Answers all series of a window, chunk by chunk; those without enough history are refused. */
export async function answerAll(ground: Ground, learnt: Learnt, ask: Ask): Promise<Forecast> {
  const { window, settings, layout, run } = ground
  const { horizon, cutoff } = window
  const forecast = await blankFor(ground, learnt.name, ask)
  const past = new PastOf(ground.past)
  const rows = new Rows(horizon * Math.max(1, Math.floor(BATCH_ROWS / horizon)))
  const columns = columnsFor(layout, rows.capacity)
  const shifted = settings.strategy === 'shift'
  for await (const chunk of chunksOf(ground, shifted ? learnt.horizon + 1 : 1)) {
    const panel = chunk.past
    const finish = async () => {
      assemble(chunk, rows, layout, settings, cutoff, columns)
      const said = await say(learnt.heads, { rows, columns }, settings, run)
      write(forecast, learnt, ask, run.seed, chunk.known, chunk.first, rows, said)
      rows.count = 0
    }
    for (let i = 0; i < panel.ids.length; i++) {
      const series = chunk.first + i
      past.load(panel, i)
      const seen = past.seen(past.length - 1)
      if (seen < settings.minHistory) {
        const [reason, details] =
          seen === 0 ? (['noValues', {}] as const) : (['tooShort', { has: seen, needs: settings.minHistory }] as const)
        forecast.refused.set(series, [{ model: learnt.name, reason, details }])
        continue
      }
      const start = at(panel.start, i)
      const place = { series, local: i, segment: segmentOf(ground.segments, panel, i, past), start }
      const nonNegative = past.least() >= 0
      for (let h = 1; h <= horizon; h++) {
        const own = cutoff + h
        const origin = shifted ? Math.max(start, Math.min(cutoff, own - learnt.horizon)) : cutoff
        addRow(rows, settings, past, place, origin, own, Number.NaN)
        rows.step[rows.count - 1] = shifted ? learnt.horizon : Math.min(h, learnt.horizon)
        rows.signed[rows.count - 1] = nonNegative ? 0 : 1
      }
      if (rows.room === 0) await finish()
    }
    if (rows.count > 0) await finish()
  }
  return forecast
}

/** Writes the answers of series whose rows were asked about, corrected, in order, and zero in planned closures. */
export function write(
  forecast: Blank,
  { name, calibration }: Pick<Learnt, 'name' | 'calibration'>,
  ask: Ask,
  seed: number,
  known: Panel,
  first: number,
  rows: Rows,
  said: Said,
): void {
  const { horizon } = forecast
  const { levels, quantiles, bias } = calibration
  const n = levels.length
  const scores = scoresOf(levels)
  const asked = Float64Array.from(ask.levels, normalQuantile)
  const grid = new Float64Array(horizon * n)
  const mean = new Float64Array(horizon)
  for (let r = 0; r < rows.count; r += horizon) {
    const i = at(rows.series, r)
    const nonNegative = at(rows.signed, r) === 0
    for (let h = 0; h < horizon; h++) {
      const row = r + h
      const level = Number.isNaN(at(rows.level, row)) ? 0 : at(rows.level, row)
      const group = groupIn(calibration, at(rows.step, row), level)
      mean[h] = at(said.mean, row) * at(bias, group)
      if (quantiles) grid.set(said.grid.subarray(row * n, (row + 1) * n), h * n)
      else grid.fill(at(mean, h), h * n, (h + 1) * n)
      ascend(grid, h * n, n)
      correct(
        calibration,
        grid,
        h * n,
        at(rows.step, row),
        level,
        unitOf(grid, h * n, levels, level, at(said.mean, row)),
      )
      if (nonNegative) {
        mean[h] = Math.max(0, at(mean, h))
        for (let l = h * n; l < (h + 1) * n; l++) grid[l] = Math.max(0, at(grid, l))
      }
      if ((at(known.mask, (i - first) * horizon + h) & Mask.closed) === 0) continue
      mean[h] = 0
      grid.fill(0, h * n, (h + 1) * n)
    }
    if (!(mean.every(Number.isFinite) && grid.every(Number.isFinite))) {
      forecast.refused.set(i, [{ model: name, reason: 'didNotConverge', details: {} }])
      continue
    }
    forecast.answeredBy[i] = name
    forecast.mean.set(mean, i * horizon)
    for (let h = 0; h < horizon; h++) {
      // Roundings of the interpolation must not cross, nor what is drawn out below the lowest level fall below zero.
      let least = nonNegative ? 0 : Number.NEGATIVE_INFINITY
      for (let l = 0; l < asked.length; l++) {
        least = Math.max(least, quantileOf(grid, h * n, scores, at(asked, l)))
        forecast.quantiles[(i * horizon + h) * asked.length + l] = least
      }
    }
    if (ask.paths === 0 || !forecast.paths) continue
    const random = Random.of(seed, `${name}:${forecast.ids[i]}`)
    const paths = forecast.paths.values.subarray(i * ask.paths * horizon, (i + 1) * ask.paths * horizon)
    drawPaths(grid, mean, scores, calibration.rho, nonNegative, random, paths)
  }
}
