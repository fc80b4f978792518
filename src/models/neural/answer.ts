import { type Ask, blankForecast, type Forecast } from '../../core/forecast.ts'
import { at, Mask } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { checkInterrupt, type Run } from '../../core/run.ts'
import { VERSION } from '../../core/version.ts'
import type { Window } from '../../core/window.ts'
import { type Predictor, predictorOf } from '../../tensor/train/predictor.ts'
import { ascend, meanOf, quantileOf, relativePointOf, scoresOf } from '../global/grid.ts'
import { keptWindow } from '../global/kept-window.ts'
import { mixed } from '../global/mixture.ts'
import { drawPaths } from '../global/paths.ts'
import { blocksOf } from '../local-model.ts'
import { normalQuantile } from '../statistical/normal.ts'
import { batchOf } from './examples/batches.ts'
import { forecastExamples, type PanelExamples } from './examples/examples.ts'
import { restored } from './examples/target.ts'
import type { Head } from './head.ts'
import { assembled, GRID, type Learned } from './learned.ts'
import { drawnPaths, quantilesOfDraws } from './stepwise.ts'

const BATCH = 512

/** What is known of each series beside what networks see. */
interface Bounds {
  /** How many values were observed, whether any of them was not 0, and whether any was below. */
  readonly observed: Int32Array
  readonly demanded: Uint8Array
  readonly signed: Uint8Array
  /** Planned closures of each step. */
  readonly closed: Uint8Array
}

/** Distributions of all series and steps, in units: quantiles at the levels of {@link GRID}, and means. */
interface Said {
  readonly grid: Float64Array
  readonly mean: Float64Array
  /** Sample paths of each series, where a network draws them itself and they are asked for. */
  readonly paths?: Float64Array
}

/** Adds what the paths of one member say of a series, and keeps them. */
function addPaths(
  { grid, mean, paths }: Said,
  series: number,
  own: Float64Array,
  horizon: number,
  count: number,
  member: number,
) {
  const n = GRID.length
  const draws = new Float64Array(count)
  const levels = new Float64Array(n)
  for (let h = 0; h < horizon; h++) {
    for (let p = 0; p < count; p++) draws[p] = at(own, p * horizon + h)
    const cell = series * horizon + h
    mean[cell] = at(mean, cell) + draws.reduce((a, b) => a + b, 0) / count
    quantilesOfDraws(draws.sort(), GRID, levels)
    for (let l = 0; l < n; l++) grid[cell * n + l] = at(grid, cell * n + l) + at(levels, l)
  }
  if (!paths) return
  const all = paths.length / (mean.length / horizon)
  paths.set(own, series * all + member * own.length)
}

/** Answers all series of a window, up to as many steps as the networks have learned; series of which nothing was observed are refused. */
export async function answer(learned: Learned, window: Window, ask: Ask, run: Run): Promise<Forecast> {
  const { settings, preparation, members } = learned
  const kept = keptWindow(window)
  const examples = await forecastExamples(kept, preparation)
  const bounds = await boundsOf(kept, examples.count)
  const { network, head, architecture } = assembled(settings, examples.frame)
  const { stepwise } = architecture
  const { horizon } = preparation.settings
  const all = stepwise && ask.paths > 0 ? members.length * stepwise.paths : 0
  const said: Said = {
    grid: new Float64Array(examples.count * horizon * GRID.length),
    mean: new Float64Array(examples.count * horizon),
    ...(all > 0 && { paths: new Float64Array(examples.count * all * horizon) }),
  }
  for (const [k, { weights }] of members.entries()) {
    if (stepwise) {
      const closed = (series: number, h: number) => bounds.closed[series * window.horizon + h] === 1
      await drawnPaths(
        learned,
        weights,
        { ...architecture, stepwise },
        head,
        examples,
        run,
        k,
        closed,
        (series, paths) => {
          // Draws below 0 are none before they are averaged, so that the mean is that of the paths.
          if (bounds.signed[series] === 0) for (let d = 0; d < paths.length; d++) paths[d] = Math.max(0, at(paths, d))
          addPaths(said, series, paths, horizon, stepwise.paths, k)
        },
      )
      continue
    }
    const predictor = await predictorOf(network, weights, {
      batch: Math.max(1, Math.min(BATCH, examples.count)),
      threads: run.threads,
      ...(settings.forecasting.chance > 0 && { chance: { seed: run.seed } }),
    })
    try {
      await gather(examples, predictor, head, learned, said, run, k)
    } finally {
      await predictor.dispose()
    }
  }
  for (let k = 0; k < said.grid.length; k++) said.grid[k] = at(said.grid, k) / members.length
  for (let k = 0; k < said.mean.length; k++) said.mean[k] = at(said.mean, k) / members.length
  return written(learned, window, ask, run, examples.ids, bounds, said)
}

/** Adds what one network says of every series. */
async function gather(
  examples: PanelExamples,
  predictor: Predictor,
  head: Head,
  { settings: { name, forecasting }, preparation }: Learned,
  { grid, mean }: Said,
  run: Run,
  member: number,
): Promise<void> {
  const { horizon, transform } = preparation.settings
  const n = GRID.length
  const scores = scoresOf(GRID)
  const room = { ...batchOf(examples.frame, predictor.batch), ...predictor.inputs }
  const own = new Float64Array(n)
  const passes = Math.max(1, forecasting.chance)
  const each = new Float64Array(n * passes)
  for (let from = 0; from < examples.count; from += predictor.batch) {
    checkInterrupt(run)
    const count = Math.min(predictor.batch, examples.count - from)
    examples.fill(
      Array.from({ length: count }, (_, r) => from + r),
      room,
    )
    const said: Float32Array[] = []
    for (let k = 0; k < passes; k++) {
      await predictor.run((member * passes + k) * examples.count + from)
      const outputs = predictor.outputs.outputs as Float32Array
      said.push(passes > 1 ? outputs.slice() : outputs)
    }
    for (let r = 0; r < count; r++) {
      const level = at(room.level, r)
      const offset = at(room.offset, r)
      const units = (x: number) => restored(transform, offset + level * x)
      for (let h = 0; h < horizon; h++) {
        const begin = (r * horizon + h) * head.outputs
        const cell = (from + r) * horizon + h
        for (const [k, outputs] of said.entries()) head.quantiles(outputs, begin, level, GRID, each, k * n)
        mixed(each, GRID, scores, own)
        for (let l = 0; l < n; l++) own[l] = units(at(own, l))
        for (let l = 0; l < n; l++) grid[cell * n + l] = at(grid, cell * n + l) + at(own, l)
        // A transform moves a median, but not a mean: that is taken of what is restored.
        const plain = transform === 'none' || head.median === true
        const average = () => said.reduce((sum, outputs) => sum + head.mean(outputs, begin, level), 0) / passes
        const point = () => (plain ? units(average()) : meanOf(own, 0, scores))
        mean[cell] = at(mean, cell) + (head.relative ? relativePointOf(own, 0, scores) : point())
      }
    }
    run.progress({ stage: `${name}: forecast`, done: from + count, total: examples.count })
  }
}

async function boundsOf(window: Window, count: number): Promise<Bounds> {
  const { horizon } = window
  const observed = new Int32Array(count)
  const demanded = new Uint8Array(count)
  const signed = new Uint8Array(count)
  const closed = new Uint8Array(count * horizon)
  let first = 0
  for await (const [past, known] of blocksOf(window)) {
    for (let i = 0; i < past.ids.length; i++) {
      for (let k = at(past.offsets, i); k < at(past.offsets, i + 1); k++) {
        if (Number.isNaN(at(past.target, k)) || (at(past.mask, k) & Mask.closed) !== 0) continue
        observed[first + i] = at(observed, first + i) + 1
        if (at(past.target, k) !== 0) demanded[first + i] = 1
        if (at(past.target, k) < 0) signed[first + i] = 1
      }
      for (let h = 0; h < horizon; h++)
        closed[(first + i) * horizon + h] = (at(known.mask, at(known.offsets, i) + h) & Mask.closed) === 0 ? 0 : 1
    }
    first += past.ids.length
  }
  return { observed, demanded, signed, closed }
}

function written(
  { settings: { name }, preparation, rho }: Learned,
  window: Window,
  ask: Ask,
  run: Run,
  ids: readonly string[],
  { observed, demanded, signed, closed }: Bounds,
  said: Said,
): Forecast {
  const { horizon, calendar, digest } = window
  const provenance = { model: name, window: digest, version: VERSION }
  const forecast = blankForecast({ calendar, ids, start: window.cutoff + 1, horizon, provenance }, ask)
  const n = GRID.length
  const scores = scoresOf(GRID)
  const asked = Float64Array.from(ask.levels, normalQuantile)
  for (let i = 0; i < ids.length; i++) {
    if (observed[i] === 0) {
      forecast.refused.set(i, [{ model: name, reason: 'noValues', details: {} }])
      continue
    }
    const begin = i * preparation.settings.horizon
    const grid = said.grid.slice(begin * n, (begin + horizon) * n)
    const mean = said.mean.slice(begin, begin + horizon)
    // A series that never sold has no scale but that of all: it is taken for one whose least demand comes next.
    const share = demanded[i] === 0 ? preparation.least / (at(observed, i) + 1) / preparation.size : 1
    for (let k = 0; k < grid.length; k++) grid[k] = at(grid, k) * share
    for (let h = 0; h < horizon; h++) mean[h] = at(mean, h) * share
    for (let h = 0; h < horizon; h++) {
      ascend(grid, h * n, n)
      if (signed[i] === 0) {
        mean[h] = Math.max(0, at(mean, h))
        for (let l = h * n; l < (h + 1) * n; l++) grid[l] = Math.max(0, at(grid, l))
      }
      if (closed[i * horizon + h] === 0) continue
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
      let least = signed[i] === 0 ? 0 : Number.NEGATIVE_INFINITY
      for (let l = 0; l < asked.length; l++) {
        least = Math.max(least, quantileOf(grid, h * n, scores, at(asked, l)))
        forecast.quantiles[(i * horizon + h) * asked.length + l] = least
      }
    }
    if (!forecast.paths) continue
    const random = Random.of(run.seed, `${name}:${ids[i]}`)
    const paths = forecast.paths.values.subarray(i * ask.paths * horizon, (i + 1) * ask.paths * horizon)
    if (said.paths) {
      takePaths(said.paths, i, said.mean.length, preparation.settings.horizon, horizon, paths)
      for (let k = 0; k < paths.length; k++)
        paths[k] = closed[i * horizon + (k % horizon)] === 1 ? 0 : share * at(paths, k)
      continue
    }
    drawPaths(grid, mean, scores, rho, signed[i] === 0, random, paths)
  }
  return forecast
}

/** Takes as many of the paths of a series as there is room for, from the first on and again, cut to the horizon asked for. */
function takePaths(
  from: Float64Array,
  series: number,
  cells: number,
  learned: number,
  horizon: number,
  into: Float64Array,
): void {
  const all = from.length / cells
  for (let p = 0; p < into.length / horizon; p++)
    for (let h = 0; h < horizon; h++) into[p * horizon + h] = at(from, (series * all + (p % all)) * learned + h)
}
