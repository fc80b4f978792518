import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { at } from '../src/core/panel.ts'
import { type Run, runOf } from '../src/core/run.ts'
import { candidatesFor } from '../src/forecast/auto/candidates.ts'
import { type Decided, decide } from '../src/forecast/auto/decided.ts'
import { LEVELS } from '../src/forecast/auto/levels.ts'
import type { Aim } from '../src/forecast/auto/metric.ts'
import { POINTS, pointsOf } from '../src/forecast/auto/points.ts'
import { profileOf } from '../src/forecast/auto/profile.ts'
import { segmentOf } from '../src/forecast/auto/segments.ts'
import { type Trial, trialOf } from '../src/forecast/auto/trial.ts'
import { type Validation, validationOf } from '../src/forecast/auto/validation.ts'
import { correct, unitOf } from '../src/models/global/calibration.ts'
import { ascend } from '../src/models/global/grid.ts'
import { keptWindow } from '../src/models/global/kept-window.ts'
import type { Model } from '../src/models/model.ts'
import type { PanelSource } from '../src/store/source.ts'
import { windowAt } from '../src/store/window.ts'

/** What all candidates said of a window and of the one before it, a horizon apart, beside what came. */
export interface Lab {
  readonly validation: Validation
  readonly trials: ReadonlyMap<string, Trial>
  readonly horizon: number
  readonly aim: Aim
  readonly family?: string
}

/** How the candidates of a lab are asked. */
export interface LabOptions {
  readonly horizon: number
  readonly aim: Aim
  readonly preset: 'fast' | 'balanced' | 'best'
  readonly pretrained?: string | undefined
  /** Candidates by name, where not all. */
  readonly only?: readonly string[]
  /** What was said is kept here and not asked again. */
  readonly folder: string
  log(line: string): void
}

/**
 * Asks all candidates of the window after a cutoff, which is the one to be judged by, and of the one before it, by which they are weighed; `cutoff` must leave both
 * outside of what a protocol withholds.
 */
export async function labOf(source: PanelSource, cutoff: number, options: LabOptions): Promise<Lab> {
  const { horizon, aim, preset, pretrained, only, folder, log } = options
  const run = runOf({ threads: 2, seed: 1 })
  const window = keptWindow(windowAt(source, cutoff + horizon, horizon))
  const profile = await profileOf(window)
  const validation = await validationOf(window, 2, run.random('lab'), profile.family)
  const trials = new Map<string, Trial>()
  for (const { model } of candidatesFor(profile, preset, aim, pretrained)) {
    if (only && !only.includes(model.name)) continue
    const key = JSON.stringify([window.digest, model.name, preset, aim, pretrained])
    const trial = await keptTrial(
      join(folder, createHash('sha256').update(key).digest('hex').slice(0, 24)),
      model,
      validation,
      run,
    )
    trials.set(model.name, trial)
    log(`${model.name}: ${trial.fitSeconds.toFixed(1)} + ${trial.forecastSeconds.toFixed(1)} s`)
  }
  return { validation, trials, horizon, aim, ...(profile.family !== undefined && { family: profile.family }) }
}

async function keptTrial(file: string, model: Model, validation: Validation, run: Run): Promise<Trial> {
  const bytes = (name: string) => readFileSync(`${file}.${name}`).buffer as ArrayBuffer
  if (existsSync(`${file}.json`)) {
    const { fitSeconds, forecastSeconds } = JSON.parse(readFileSync(`${file}.json`, 'utf8')) as Trial
    const latest = undefined as unknown as Trial['latest']
    return {
      mean: new Float32Array(bytes('mean')),
      grid: new Float32Array(bytes('grid')),
      fitSeconds,
      forecastSeconds,
      latest,
    }
  }
  const trial = await trialOf(model, validation, run)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(`${file}.mean`, new Uint8Array(trial.mean.buffer))
  writeFileSync(`${file}.grid`, new Uint8Array(trial.grid.buffer))
  const { fitSeconds, forecastSeconds } = trial
  writeFileSync(`${file}.json`, JSON.stringify({ fitSeconds, forecastSeconds }))
  return trial
}

/** One window of a lab: 0 the one to be judged by, 1 the one before. */
function windowOf({ validation, trials, horizon }: Lab, v: 0 | 1, names: readonly string[]) {
  const n = validation.sample.length
  const cut = <A extends Float64Array | Float32Array>(array: A, width: number) =>
    array.slice(v * n * width, (v + 1) * n * width) as A
  const part: Validation = {
    ...validation,
    windows: validation.windows.slice(v, v + 1),
    truth: cut(validation.truth, horizon),
    level: cut(validation.level, 1),
    zeros: cut(validation.zeros, 1),
  }
  const said = names.map((name): [string, Trial] => {
    const trial = trials.get(name) as Trial
    return [name, { ...trial, mean: cut(trial.mean, horizon), grid: cut(trial.grid, horizon * LEVELS.length) }]
  })
  return { part, said: new Map(said) }
}

/** Weighs members by the window before. */
export function decidedOn(lab: Lab, names: readonly string[] = [...lab.trials.keys()]): Decided {
  const { part, said } = windowOf(lab, 1, names)
  return decide(said, part, lab.horizon, lab.aim, lab.family)
}

/** How a combination fared. */
export interface Fared {
  readonly wql: number
  readonly wape: number
  readonly mape: number
  readonly bias: number
  readonly coverage: number
}

/** Judges a combination on the newer window. */
export function fared(lab: Lab, decided: Decided): Fared {
  const { part, said } = windowOf(lab, 0, decided.members)
  const { horizon, aim } = lab
  const n = LEVELS.length
  const grid = new Float64Array(n)
  const points = Array.from({ length: POINTS }, () => new Float32Array(1))
  let [loss, size, off, error, inside, cells, relative, relatives] = [0, 0, 0, 0, 0, 0, 0, 0]
  const count = decided.members.length
  const deciles = LEVELS.flatMap((level, l) => (Math.abs(level * 10 - Math.round(level * 10)) < 1e-9 ? [l] : []))
  for (let k = 0; k < part.truth.length; k++) {
    const y = at(part.truth, k)
    if (Number.isNaN(y)) continue
    const row = Math.floor(k / horizon)
    const segment = segmentOf(decided.segments, at(part.level, row), at(part.zeros, row))
    grid.fill(0)
    let [mean, point, share] = [0, 0, 0]
    for (const [m, name] of decided.members.entries()) {
      const trial = said.get(name) as Trial
      if (Number.isNaN(at(trial.mean, k))) continue
      const w = Math.max(1e-9, at(decided.weights, segment * count + m))
      share += w
      const own = trial.grid.subarray(k * n, (k + 1) * n)
      for (let l = 0; l < n; l++) grid[l] = at(grid, l) + w * at(own, l)
      mean += w * at(trial.mean, k)
      if (decided.points.length === 0) continue
      pointsOf(aim, trial.mean.subarray(k, k + 1), own, 1, points)
      for (let p = 0; p < POINTS; p++)
        point += at(decided.points, (segment * count + m) * POINTS + p) * at(points[p] as Float32Array, 0)
    }
    for (let l = 0; l < n; l++) grid[l] = at(grid, l) / share
    mean /= share
    ascend(grid, 0, n)
    const unit = unitOf(grid, 0, LEVELS, at(part.level, row), mean)
    correct(decided.calibration, grid, 0, (k % horizon) + 1, at(part.level, row), unit)
    const f = Math.max(0, decided.points.length > 0 ? point : mean)
    for (const l of deciles) {
      const q = Math.max(0, at(grid, l))
      loss += (2 * Math.max(at(LEVELS, l) * (y - q), (1 - at(LEVELS, l)) * (q - y))) / deciles.length
    }
    size += Math.abs(y)
    off += Math.abs(y - f)
    error += f - y
    if (y !== 0) {
      relative += Math.abs(y - f) / Math.abs(y)
      relatives++
    }
    inside += y >= Math.max(0, at(grid, LEVELS.indexOf(0.1))) && y <= at(grid, LEVELS.indexOf(0.9)) ? 1 : 0
    cells++
  }
  return {
    ...{ wql: loss / size, wape: off / size, bias: error / size, coverage: inside / cells },
    mape: (100 * relative) / relatives,
  }
}

/** The same combination without a part of what makes it: weights of one's own for segments, corrections, or any weighing at all. */
export function without(decided: Decided, part: 'segments' | 'calibration' | 'weights' | 'points'): Decided {
  const count = decided.members.length
  const repeat = (own: readonly number[], times: number) =>
    Float64Array.from({ length: own.length * times }, (_, k) => own[k % own.length] as number)
  const segments = decided.segments.count
  if (part === 'segments') return { ...decided, weights: repeat([...decided.overall], segments) }
  if (part === 'weights')
    return {
      ...decided,
      weights: repeat(
        Array.from({ length: count }, () => 1 / count),
        segments,
      ),
    }
  if (part === 'points') return { ...decided, points: new Float64Array(0) }
  return { ...decided, calibration: { ...decided.calibration, shift: decided.calibration.shift.map(() => 0) } }
}

/** One member by itself, uncorrected. */
export function alone(decided: Decided, name: string): Decided {
  const one = {
    ...decided,
    members: [name],
    weights: new Float64Array(decided.segments.count).fill(1),
    overall: Float64Array.of(1),
  }
  const points = Float64Array.from(
    { length: decided.points.length > 0 ? decided.segments.count * POINTS : 0 },
    (_, k) => (k % POINTS === 1 ? 1 : 0),
  )
  return without({ ...one, points }, 'calibration')
}
