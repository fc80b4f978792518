import { type Ask, blankForecast, type Forecast } from '../../core/forecast.ts'
import { at, Mask } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { checkInterrupt, type Run } from '../../core/run.ts'
import { VERSION } from '../../core/version.ts'
import type { Window } from '../../core/window.ts'
import type { Network } from '../../tensor/train/network.ts'
import { type Predictor, predictorOf } from '../../tensor/train/predictor.ts'
import type { Weights } from '../../tensor/train/weights.ts'
import { ascend, meanOf, quantileOf, relativePointOf, scoresOf } from '../global/grid.ts'
import { keptWindow } from '../global/kept-window.ts'
import { mixed } from '../global/mixture.ts'
import { drawPaths } from '../global/paths.ts'
import { blocksOf } from '../local-model.ts'
import { batchOf } from '../neural/examples/batches.ts'
import { forecaster } from '../neural/forecaster.ts'
import { quantiles } from '../neural/heads/quantiles.ts'
import { normalQuantile } from '../statistical/normal.ts'
import { writerOf } from './example.ts'
import { type GroundOptions, groundOf, toldOf } from './ground.ts'
import { swellNetwork } from './network.ts'
import { AHEAD, CONTEXT, frameAt, LEVELS, PATCH, wholePatches } from './shape.ts'
import type { Told } from './told.ts'

/** A network that was trained once, with the sizes it was made of. */
export interface Pretrained {
  readonly name: string
  readonly options: object
  readonly weights: Weights
  /** Another network of the same inputs and outputs in the place of {@link swellForecaster}'s, to compare the two. */
  readonly network?: (context: number, horizon: number) => Network
}

const BATCH = 256
/** Answers are inverse hyperbolic sines of multiples of the level; none is larger than this. */
const MOST = 12
/** How much of one step's chance goes on to the next in sample paths. */
const PERSISTENCE = 0.3
/** Paths that are followed beyond the steps answered in one pass. */
const PATHS = 8

const HALF = normalQuantile(0.5)
const POINTS = {
  mean: meanOf,
  relative: relativePointOf,
  median: (grid: Float64Array, from: number, scores: Float64Array) => quantileOf(grid, from, scores, HALF),
}

/** The network for so many periods seen and answered, which are whole patches. */
export const swellForecaster = (options: object, context = CONTEXT, horizon = AHEAD) =>
  forecaster(swellNetwork(options), quantiles({ levels: LEVELS }), frameAt(context, horizon))

/** How answers are made. */
export interface SwellOptions extends GroundOptions {
  /** What is said as the mean: that of the distribution; its median, where absolute errors count; or where relative errors are least. */
  readonly point?: 'mean' | 'median' | 'relative'
}

/** What is said of all series: quantiles at {@link LEVELS} in units, series by series and step by step. */
interface Said {
  readonly ids: readonly string[]
  readonly grid: Float64Array
}

/** A network made ready, and what puts series before it. */
interface Reader {
  readonly predictor: Predictor
  /** Steps that it answers. */
  readonly steps: number
  /** Reads series by number, so many of them, and hands out the quantiles of each in units. */
  read(count: number, told: (k: number) => Told, visit: (k: number, own: Float64Array) => void): Promise<void>
}

async function readerOf(
  { options, weights, network = (seen, ahead) => swellForecaster(options, seen, ahead) }: Pretrained,
  longest: number,
  asked: number,
  count: number,
  run: Run,
): Promise<Reader> {
  const { patch = PATCH } = options as { patch?: number }
  const context = wholePatches(longest, CONTEXT, Math.max(patch, PATCH))
  const horizon = wholePatches(asked, AHEAD, Math.max(patch, PATCH))
  const batch = Math.max(1, Math.min(BATCH, count))
  const predictor = await predictorOf(network(context, horizon), weights, { batch, threads: run.threads })
  const room = { ...batchOf(frameAt(context, horizon), batch), ...predictor.inputs }
  const writer = writerOf({ context, horizon })
  const steps = Math.min(asked, horizon)
  const own = new Float64Array(steps * LEVELS.length)
  return {
    predictor,
    steps,
    async read(series, told, visit) {
      for (let from = 0; from < series; from += batch) {
        checkInterrupt(run)
        const rows = Math.min(batch, series - from)
        for (let r = 0; r < rows; r++) writer.write(told(from + r), r, room)
        await predictor.run()
        const said = predictor.outputs.outputs as Float32Array
        for (let r = 0; r < rows; r++) {
          const level = at(room.level, r)
          for (let k = 0; k < own.length; k++)
            own[k] = level * Math.sinh(Math.max(-MOST, Math.min(MOST, at(said, r * horizon * LEVELS.length + k))))
          visit(from + r, own)
        }
      }
    },
  }
}

async function swellGrid(kept: Pretrained, window: Window, run: Run, told: GroundOptions = {}): Promise<Said> {
  const ground = await groundOf(window, told)
  const count = ground.ids.length
  const asked = window.horizon
  const lengthOf = (i: number) => at(ground.offsets, i + 1) - at(ground.offsets, i) - ground.horizon
  let longest = asked > AHEAD ? CONTEXT : 1
  for (let i = 0; i < count; i++) longest = Math.max(longest, lengthOf(i))
  const n = LEVELS.length
  const grid = new Float64Array(count * asked * n)
  const reader = await readerOf(kept, longest, asked, count, run)
  const of = (i: number) => toldOf(ground, i, lengthOf(i) - 1)
  try {
    let done = 0
    await reader.read(count, of, (i, own) => {
      grid.set(own, i * asked * n)
      if (++done % BATCH === 0 || done === count) run.progress({ stage: `${kept.name}: forecast`, done, total: count })
    })
    if (asked > AHEAD) await further(reader, count, of, grid, asked, run, kept.name)
  } finally {
    await reader.predictor.dispose()
  }
  return { ids: ground.ids, grid }
}

/**
 * What lies beyond the steps that are answered in one pass: paths are drawn through these and put behind what came, the network says what follows
 * each, and what it says of all of them is mixed.
 */
async function further(
  reader: Reader,
  count: number,
  of: (series: number) => Told,
  grid: Float64Array,
  asked: number,
  run: Run,
  name: string,
): Promise<void> {
  const n = LEVELS.length
  const scores = scoresOf(LEVELS)
  const mixture = new Float64Array(n)
  const fresh = Math.sqrt(1 - PERSISTENCE ** 2)
  const group = Math.max(1, Math.floor(reader.predictor.batch / PATHS))
  for (let from = 0; from < count; from += group) {
    const series = Math.min(group, count - from)
    const paths = Array.from({ length: series * PATHS }, (_, k) => {
      const told = of(from + Math.floor(k / PATHS))
      const values = Float64Array.from({ length: told.origin + 1 + asked }, (_, t) =>
        t <= told.origin ? at(told.values, t) : Number.NaN,
      )
      const signed = values.some((y) => y < 0)
      return { told, values, signed, random: Random.of(run.seed, `${name} path ${from * PATHS + k}`), z: 0 }
    })
    // What was said of the steps before, path by path.
    let before = new Float64Array(paths.length * AHEAD * n)
    for (let k = 0; k < paths.length; k++) {
      const place = (from + Math.floor(k / PATHS)) * asked * n
      before.set(grid.subarray(place, place + AHEAD * n), k * AHEAD * n)
    }
    for (let begin = AHEAD; begin < asked; begin += AHEAD) {
      for (const [k, path] of paths.entries())
        for (let h = 0; h < AHEAD; h++) {
          path.z = PERSISTENCE * path.z + fresh * path.random.normal()
          const y = quantileOf(before, (k * AHEAD + h) * n, scores, path.z)
          path.values[path.told.origin + 1 + begin - AHEAD + h] = path.signed ? y : Math.max(0, y)
        }
      const steps = Math.min(AHEAD, asked - begin)
      const next = new Float64Array(paths.length * AHEAD * n)
      const told = (k: number): Told => {
        const { told, values } = paths[k] as (typeof paths)[number]
        return { ...told, values, origin: told.origin + begin }
      }
      await reader.read(paths.length, told, (k, own) => next.set(own, k * AHEAD * n))
      const each = new Float64Array(PATHS * n)
      for (let s = 0; s < series; s++)
        for (let h = 0; h < steps; h++) {
          for (let p = 0; p < PATHS; p++) {
            const place = ((s * PATHS + p) * AHEAD + h) * n
            each.set(next.subarray(place, place + n), p * n)
            ascend(each, p * n, n)
          }
          mixed(each, LEVELS, scores, mixture)
          grid.set(mixture, ((from + s) * asked + begin + h) * n)
        }
      before = next
    }
    run.progress({ stage: `${name}: further`, done: from + series, total: count })
  }
}

/** Answers all series of a window: what lies up to 64 steps ahead in one pass, and what lies beyond by sample paths. */
export async function swellForecast(
  kept: Pretrained,
  asked: Window,
  ask: Ask,
  run: Run,
  { point = 'mean', ...told }: SwellOptions = {},
): Promise<Forecast> {
  const window = keptWindow(asked)
  const { ids, grid } = await swellGrid(kept, window, run, told)
  const { calendar, digest, cutoff, horizon } = window
  const provenance = { model: kept.name, window: digest, version: VERSION }
  const forecast = blankForecast({ calendar, ids, start: cutoff + 1, horizon, provenance }, ask)
  const n = LEVELS.length
  const scores = scoresOf(LEVELS)
  const levels = Float64Array.from(ask.levels, normalQuantile)
  const mean = new Float64Array(horizon)
  const pointOf = POINTS[point]
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
        mean[h] = pointOf(own, h * n, scores)
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
