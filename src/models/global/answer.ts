import { type Ask, blankForecast, type Forecast, type Refused } from '../../core/forecast.ts'
import { at, Mask } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { VERSION } from '../../core/version.ts'
import type { Window } from '../../core/window.ts'
import { normalQuantile } from '../statistical/normal.ts'
import type { Batch, Learnt, Refuse } from './batch.ts'
import { correct, groupIn, unitOf } from './calibration.ts'
import { direct } from './direct.ts'
import { ascend, quantileOf, scoresOf } from './grid.ts'
import type { Ground } from './ground.ts'
import { drawPaths } from './paths.ts'
import { recursed } from './recursive.ts'

type Blank = ReturnType<typeof blankForecast>

/** A forecast without numbers for all series of a window. */
async function blankFor(window: Window, name: string, ask: Ask): Promise<Blank> {
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

/** Answers all series of a window; those without enough history are refused. */
export async function answerAll(ground: Ground, learnt: Learnt, ask: Ask): Promise<Forecast> {
  const { window, settings, run } = ground
  const forecast = await blankFor(window, learnt.name, ask)
  const refuse: Refuse = (series, reason, details) => {
    forecast.refused.set(series, [{ model: learnt.name, reason, details }])
  }
  const batches = settings.strategy === 'recursive' ? recursed(ground, learnt, refuse) : direct(ground, learnt, refuse)
  for await (const batch of batches) write(forecast, learnt, ask, run.seed, batch)
  return forecast
}

/** Writes the answers of series whose rows were asked about, corrected, in order, and zero in planned closures. */
function write(
  forecast: Blank,
  { name, heads, calibration }: Learnt,
  ask: Ask,
  seed: number,
  { known, first, rows, said }: Batch,
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
      const refused: Pick<Refused, 'reason' | 'details'> =
        heads.cells.length === 0
          ? { reason: 'tooShort', details: { has: 1, needs: 2 } }
          : { reason: 'didNotConverge', details: {} }
      forecast.refused.set(i, [{ model: name, ...refused }])
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
