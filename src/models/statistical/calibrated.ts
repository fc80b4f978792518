import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Ask, Forecast } from '../../core/forecast.ts'
import { sharedFloat64, sharedUint8 } from '../../core/memory.ts'
import { at, type Column, Mask, type Panel, slicePeriods } from '../../core/panel.ts'
import type { Run } from '../../core/run.ts'
import { VERSION } from '../../core/version.ts'
import type { Window } from '../../core/window.ts'
import { blocksOf } from '../local-model.ts'
import type { Dir, Fitted, Manifest, Model } from '../model.ts'

/** How intervals are corrected. */
export interface CalibrationOptions {
  /** How many windows before the cutoff are forecast again, a horizon apart; 1 unless given. */
  readonly windows?: number
  /** A coverage this near to what is said stays as it is, and a worse one is brought as near; 0.01 unless given. */
  readonly tolerance?: number
  /** An interval never gives up more than to this share of its reach; 0.75 unless given. */
  readonly leastShare?: number
}

/** Distances from the median at which coverage is measured. */
const REACHES: readonly number[] = [
  0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.325, 0.35, 0.375, 0.4, 0.425, 0.45, 0.46, 0.475, 0.485, 0.49, 0.495,
]
const GRID: readonly number[] = [...REACHES.map((w) => 0.5 - w).reverse(), 0.5, ...REACHES.map((w) => 0.5 + w)]
/** An interval never moves further than this share of the way to the ends. */
const GREATEST_STEP = 0.75

/**
 * The same model with intervals that hold what they say: it forecasts the last windows before the cutoff again, counts over all
 * series how often its central intervals held, and moves the levels it asks for until they do.
 *
 * Split conformal prediction on the scale of levels (Romano, Patterson and Candès, 2019, brought to levels), pooled over series and
 * steps. Means and paths stay as they are. Left alone where there is too little past. On demand with many zeros, whose intervals
 * cannot but hold the zeros, upper quantiles come down for it: take stock decisions from paths, or from the model itself.
 *
 * @example
 * const model = calibrated(localModel(medianEnsemble({ members })), { windows: 2 })
 */
export function calibrated(model: Model, options: CalibrationOptions = {}): Model {
  const make = (inner: Fitted, used: readonly number[]): Fitted => ({
    forecast: (window, ask, run) => forecastWith(inner, used, window, ask, run),
    save: async (dir) => await save(model.name, options, inner, used, dir),
  })
  return {
    name: model.name,
    needs: { ...model.needs, crossSeries: true },
    async fit(window, run) {
      const used = await reachesToUse(model, window, options, run)
      return make(await model.fit(window, run), used)
    },
    async load(dir, run) {
      const { used } = JSON.parse(await readFile(join(dir.path, FILE), 'utf8')) as { used: number[] }
      return make(await model.load({ path: join(dir.path, INNER) }, run), used)
    },
  }
}

const FILE = 'calibration.json'
const INNER = 'model'

async function save(
  name: string,
  options: CalibrationOptions,
  inner: Fitted,
  used: readonly number[],
  dir: Dir,
): Promise<Manifest> {
  await mkdir(dir.path, { recursive: true })
  const held = await inner.save({ path: join(dir.path, INNER) })
  await writeFile(join(dir.path, FILE), JSON.stringify({ used }))
  const manifest: Manifest = {
    model: name,
    version: VERSION,
    options: { ...held.options, calibration: { ...options } },
    window: held.window,
    files: [FILE, ...held.files.map((file) => `${INNER}/${file}`)],
  }
  await writeFile(join(dir.path, 'manifest.json'), JSON.stringify(manifest, null, 2))
  return manifest
}

/** For each of {@link REACHES}, the one that the model must be asked for in its place. */
async function reachesToUse(model: Model, window: Window, options: CalibrationOptions, run: Run): Promise<number[]> {
  const { windows = 1, tolerance = 0.01, leastShare = 0.75 } = options
  const held = new Float64Array(REACHES.length)
  let cells = 0
  for (let k = 1; k <= windows; k++) {
    const earlier = earlierWindow(window, k * window.horizon)
    if (!(await hasPast(earlier))) break
    const fitted = await model.fit(earlier, run)
    cells += await countHeld(await fitted.forecast(earlier, { levels: GRID, paths: 0 }, run), window, held)
  }
  if (cells === 0) return [...REACHES]
  const coverage = Array.from(held, (count) => count / cells)
  let last = 0
  return REACHES.map((reach, r) => {
    const said = 2 * reach
    const is = coverage[r] as number
    const wanted = Math.min(said + tolerance, Math.max(said - tolerance, is))
    // Zeros, or other values that come again and again, are held by the narrowest of intervals: no reach is small enough then.
    const found = wanted === is || wanted < (coverage[0] as number) ? reach : reachOf(coverage, wanted)
    const bounded = Math.min(0.5 - (0.5 - reach) * (1 - GREATEST_STEP), Math.max(leastShare * reach, found))
    last = Math.max(last, bounded)
    return last
  })
}

/** The reach at which a measured coverage is attained, on straight lines between those measured. */
function reachOf(coverage: readonly number[], wanted: number): number {
  let low = { reach: 0, coverage: 0 }
  for (const [r, reach] of REACHES.entries()) {
    const here = { reach, coverage: coverage[r] as number }
    if (here.coverage >= wanted) {
      const share = (wanted - low.coverage) / Math.max(1e-12, here.coverage - low.coverage)
      return low.reach + share * (reach - low.reach)
    }
    low = here
  }
  return 0.5
}

/** Adds how often the interval of each reach held what happened; returns how many observed cells there were. */
async function countHeld(forecast: Forecast, window: Window, held: Float64Array): Promise<number> {
  const { horizon, start, quantiles } = forecast
  const levels = GRID.length
  const middle = REACHES.length
  let first = 0
  let cells = 0
  for await (const past of window.past()) {
    const truth = slicePeriods(past, start, start + horizon, true, true)
    for (let k = 0; k < truth.target.length; k++) {
      const y = at(truth.target, k)
      if (Number.isNaN(y) || (at(truth.mask, k) & Mask.closed) !== 0) continue
      const row = (first * horizon + k) * levels
      if (Number.isNaN(at(quantiles, row))) continue
      cells++
      for (let r = 0; r < held.length; r++)
        if (y >= at(quantiles, row + middle - 1 - r) && y <= at(quantiles, row + middle + 1 + r))
          held[r] = at(held, r) + 1
    }
    first += past.ids.length
  }
  return cells
}

async function hasPast(window: Window): Promise<boolean> {
  for await (const past of window.past()) if (past.target.some((y) => !Number.isNaN(y))) return true
  return false
}

/** The same window `back` periods earlier, cut from the past that the window itself shows. */
export function earlierWindow(window: Window, back: number): Window {
  const cutoff = window.cutoff - back
  const { horizon } = window
  return {
    cutoff,
    horizon,
    calendar: window.calendar,
    digest: `${window.digest}-${back}`,
    async *past() {
      for await (const past of window.past()) yield slicePeriods(past, Number.NEGATIVE_INFINITY, cutoff + 1, true)
    },
    async *known() {
      for await (const [past, known] of blocksOf(window)) yield knownOf(past, known, cutoff, horizon)
    },
  }
}

function knownOf(past: Panel, known: Panel, cutoff: number, horizon: number): Panel {
  const slice = slicePeriods(past, cutoff + 1, cutoff + 1 + horizon, true, true)
  const columns = new Map<string, Column>()
  for (const name of known.columns.keys()) {
    const column = slice.columns.get(name)
    if (column) columns.set(name, column)
  }
  const mask = sharedUint8(slice.mask.length)
  for (let k = 0; k < mask.length; k++) mask[k] = at(slice.mask, k) & Mask.closed
  return { ...slice, columns, mask, target: sharedFloat64(slice.target.length).fill(Number.NaN) }
}

async function forecastWith(
  inner: Fitted,
  used: readonly number[],
  window: Window,
  ask: Ask,
  run: Run,
): Promise<Forecast> {
  const moved = ask.levels.map((level) => movedLevel(level, used))
  const levels = [...new Set(moved)].sort((a, b) => a - b)
  const forecast = await inner.forecast(window, { levels, paths: ask.paths }, run)
  const rows = forecast.mean.length
  const quantiles = sharedFloat64(rows * moved.length)
  const from = moved.map((level) => levels.indexOf(level))
  for (let row = 0; row < rows; row++)
    for (let l = 0; l < moved.length; l++)
      quantiles[row * moved.length + l] = at(forecast.quantiles, row * levels.length + (from[l] as number))
  return { ...forecast, levels: ask.levels, quantiles }
}

/** Where a level stands once its distance from the median is corrected. */
function movedLevel(level: number, used: readonly number[]): number {
  const reach = Math.abs(level - 0.5)
  let low = 0
  let lowUsed = 0
  for (let r = 0; r <= REACHES.length; r++) {
    const high = REACHES[r] ?? 0.5
    const highUsed = used[r] ?? 0.5
    if (reach <= high) {
      const moved = lowUsed + ((reach - low) / (high - low)) * (highUsed - lowUsed)
      return Math.min(0.9999, Math.max(0.0001, level < 0.5 ? 0.5 - moved : 0.5 + moved))
    }
    low = high
    lowUsed = highUsed
  }
  return level
}
