import { type Ask, blankForecast, type Forecast } from '../../core/forecast.ts'
import { at, Mask } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { checkInterrupt, type Run } from '../../core/run.ts'
import { VERSION } from '../../core/version.ts'
import type { Window } from '../../core/window.ts'
import { predictorOf } from '../../tensor/train/predictor.ts'
import type { Weights } from '../../tensor/train/weights.ts'
import { ascend, meanOf, quantileOf, scoresOf } from '../global/grid.ts'
import { keptWindow } from '../global/kept-window.ts'
import { drawPaths } from '../global/paths.ts'
import { blocksOf } from '../local-model.ts'
import { batchOf } from '../neural/examples/batches.ts'
import { forecaster } from '../neural/forecaster.ts'
import { quantiles } from '../neural/heads/quantiles.ts'
import { normalQuantile } from '../statistical/normal.ts'
import { writerOf } from './example.ts'
import { type GroundOptions, groundOf, toldOf } from './ground.ts'
import { swellNetwork } from './network.ts'
import { AHEAD, CONTEXT, frameAt, LEVELS, PATCH } from './shape.ts'

/** A network that was trained once, with the sizes it was made of. */
export interface Pretrained {
  readonly name: string
  readonly options: object
  readonly weights: Weights
}

const BATCH = 256
/** How much of one step's chance goes on to the next in sample paths. */
const PERSISTENCE = 0.3

/** The network for so many periods seen and answered, which are whole patches. */
export const swellForecaster = (options: object, context = CONTEXT, horizon = AHEAD) =>
  forecaster(swellNetwork(options), quantiles({ levels: LEVELS }), frameAt(context, horizon))

const patches = (periods: number, most: number) => Math.min(most, PATCH * Math.max(1, Math.ceil(periods / PATCH)))

/** What the network says of all series of a window: quantiles at {@link LEVELS} in units, series by series and step by step. */
async function swellGrid(
  { name, options, weights }: Pretrained,
  window: Window,
  run: Run,
  told: GroundOptions = {},
): Promise<{ readonly ids: readonly string[]; readonly grid: Float64Array; readonly horizon: number }> {
  const ground = await groundOf(window, told)
  const count = ground.ids.length
  let longest = 1
  for (let i = 0; i < count; i++)
    longest = Math.max(longest, at(ground.offsets, i + 1) - at(ground.offsets, i) - ground.horizon)
  const context = patches(longest, CONTEXT)
  const horizon = patches(window.horizon, AHEAD)
  const batch = Math.max(1, Math.min(BATCH, count))
  const predictor = await predictorOf(swellForecaster(options, context, horizon), weights, {
    batch,
    threads: run.threads,
  })
  const room = { ...batchOf(frameAt(context, horizon), batch), ...predictor.inputs }
  const writer = writerOf({ context, horizon })
  const n = LEVELS.length
  const steps = Math.min(window.horizon, horizon)
  const grid = new Float64Array(count * steps * n)
  try {
    for (let from = 0; from < count; from += batch) {
      checkInterrupt(run)
      const rows = Math.min(batch, count - from)
      for (let r = 0; r < rows; r++) {
        const i = from + r
        const length = at(ground.offsets, i + 1) - at(ground.offsets, i) - ground.horizon
        writer.write(toldOf(ground, i, length - 1), r, room)
      }
      await predictor.run()
      const said = predictor.outputs.outputs as Float32Array
      for (let r = 0; r < rows; r++) {
        const level = at(room.level, r)
        for (let k = 0; k < steps * n; k++) grid[(from + r) * steps * n + k] = level * at(said, r * horizon * n + k)
      }
      run.progress({ stage: `${name}: forecast`, done: from + rows, total: count })
    }
  } finally {
    await predictor.dispose()
  }
  return { ids: ground.ids, grid, horizon: steps }
}

/** Answers all series of a window in one pass. */
export async function swellForecast(
  kept: Pretrained,
  asked: Window,
  ask: Ask,
  run: Run,
  told: GroundOptions = {},
): Promise<Forecast> {
  const window = keptWindow(asked)
  const { ids, grid, horizon } = await swellGrid(kept, window, run, told)
  const { calendar, digest, cutoff } = window
  const provenance = { model: kept.name, window: digest, version: VERSION }
  const forecast = blankForecast({ calendar, ids, start: cutoff + 1, horizon, provenance }, ask)
  const n = LEVELS.length
  const scores = scoresOf(LEVELS)
  const levels = Float64Array.from(ask.levels, normalQuantile)
  const mean = new Float64Array(horizon)
  let series = 0
  for await (const [past, known] of blocksOf(window))
    for (let i = 0; i < past.ids.length; i++, series++) {
      const { observed, demanded, signed } = seenOf(
        past.target,
        past.mask,
        at(past.offsets, i),
        at(past.offsets, i + 1),
      )
      if (observed === 0) {
        forecast.refused.set(series, [{ model: kept.name, reason: 'noValues', details: {} }])
        continue
      }
      const own = grid.subarray(series * horizon * n, (series + 1) * horizon * n)
      for (let h = 0; h < horizon; h++) {
        const row = own.subarray(h * n, (h + 1) * n)
        ascend(own, h * n, n)
        if (!signed) for (let l = 0; l < n; l++) row[l] = Math.max(0, at(row, l))
        if (!demanded || (at(known.mask, at(known.offsets, i) + h) & Mask.closed) !== 0) row.fill(0)
        mean[h] = meanOf(own, h * n, scores)
        let least = signed ? Number.NEGATIVE_INFINITY : 0
        for (let l = 0; l < levels.length; l++) {
          least = Math.max(least, quantileOf(own, h * n, scores, at(levels, l)))
          forecast.quantiles[(series * horizon + h) * levels.length + l] = least
        }
      }
      forecast.mean.set(mean, series * horizon)
      forecast.answeredBy[series] = kept.name
      if (!forecast.paths) continue
      const random = Random.of(run.seed, `${kept.name}:${ids[series]}`)
      const paths = forecast.paths.values.subarray(series * ask.paths * horizon, (series + 1) * ask.paths * horizon)
      drawPaths(own, mean, scores, PERSISTENCE, !signed, random, paths)
    }
  return forecast
}

function seenOf(target: Float64Array, mask: Uint8Array, from: number, to: number) {
  let [observed, demanded, signed] = [0, false, false]
  for (let k = from; k < to; k++) {
    const y = at(target, k)
    if (Number.isNaN(y) || (at(mask, k) & Mask.closed) !== 0) continue
    observed++
    demanded ||= y !== 0
    signed ||= y < 0
  }
  return { observed, demanded, signed }
}
