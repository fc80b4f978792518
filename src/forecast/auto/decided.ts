import { at } from '../../core/panel.ts'
import {
  type Calibration,
  calibrate,
  correct,
  type HeldOut,
  uncalibrated,
  unitOf,
} from '../../models/global/calibration.ts'
import { ascend, scoreOf } from '../../models/global/grid.ts'
import { pinball } from '../pinball.ts'
import { type Dependence, dependenceOf, INDEPENDENT, type Scored } from './dependence.ts'
import { LEVELS, SCORES } from './levels.ts'
import { type Aim, MEANT, POINT_WEIGHTS, WEIGHTS } from './metric.ts'
import { POINTS, pointsOf } from './points.ts'
import { type Segments, segmentOf, segmentsOf } from './segments.ts'
import type { Trial } from './trial.ts'
import type { Validation } from './validation.ts'
import { lossOf, type Rounds, weigh } from './weights.ts'

/** How members are combined, as plain data. */
export interface Decided {
  readonly members: readonly string[]
  readonly aim: Aim
  readonly segments: Segments
  /** `weights[segment · members + m]`. */
  readonly weights: Float64Array
  readonly overall: Float64Array
  /** Weights of points: `points[segment · 3 · members + 3 · m + p]`; empty where means are said. */
  readonly points: Float64Array
  readonly calibration: Calibration
  /** Whether quantiles of small counts are rounded to whole units, because that did better. */
  readonly counted: boolean
  /** How cells go together in sample paths. */
  readonly dependence: Dependence
  /** Loss of each member alone, and of all together. */
  readonly losses: readonly number[]
  readonly together: number
}

/** Mean size under which counts are small: rounding would change little of larger ones. */
export const SMALL = 10
/** A weight under which a member is left out for good: it costs more than it gives. */
const LEAST_WEIGHT = 0.03

/** Weighs members by what they said of validation windows, drops those that do not pay, and corrects what the rest say together. */
export function decide(
  trials: ReadonlyMap<string, Trial>,
  validation: Validation,
  horizon: number,
  aim: Aim,
  family?: string,
): Decided {
  const { level, zeros } = validation
  const segments = segmentsOf(level)
  const segmentOfRow = Int32Array.from(level, (size, row) => segmentOf(segments, size, at(zeros, row)))
  const cells = observedCells(validation)
  const filled = filledTrials([...trials.values()], cells)
  const weigher = (of: (typeof WEIGHTS)[Aim]) =>
    Float64Array.from(cells, (k) => of(at(validation.truth, k), at(level, Math.floor(k / horizon))))
  const weight = weigher(WEIGHTS[aim])
  const truth = Float64Array.from(cells, (k) => at(validation.truth, k))
  const segment = Int32Array.from(cells, (k) => at(segmentOfRow, Math.floor(k / horizon)))
  const base = { count: cells.length, truth, weight, segment, segments: segments.count }
  const names = [...trials.keys()]
  const first = weigh({ ...base, levels: LEVELS, grids: filled.map(({ grid }) => grid) })
  const kept = names.flatMap((_, m) => (paying(first.weights, names.length, m) ? [m] : []))
  const grids = kept.map((m) => (filled[m] as Said).grid)
  const rounds: Rounds = { ...base, levels: LEVELS, grids }
  const again = kept.length < names.length ? weigh(rounds) : first
  const members = kept.map((m) => names[m] as string)
  const held = heldOut(
    validation,
    horizon,
    cells,
    rounds,
    again.weights,
    kept.map((m) => (filled[m] as Said).mean),
  )
  const calibration = calibrate(
    held,
    LEVELS,
    { windows: 1, rows: cells.length, steps: 7, volumes: 5, bias: false, refit: true },
    false,
  )
  const dependence = dependenceOf(scored(held, calibration, validation, cells, horizon), family)
  const counted = paysToCount(held, validation, cells, horizon)
  return {
    ...{ members, aim, segments, weights: again.weights, overall: again.overall },
    points: MEANT.has(aim)
      ? new Float64Array(0)
      : pointWeights(
          aim,
          { ...rounds, weight: weigher(POINT_WEIGHTS[aim]) },
          kept.map((m) => (filled[m] as Said).mean),
        ),
    ...{ calibration, dependence, counted },
    losses: first.losses,
    together: lossOf(
      rounds,
      again.overall,
      Int32Array.from(cells, (_, c) => c),
    ),
  }
}

/** Members with the same say each, nothing corrected: what is left to do where nothing can be held against what came. */
export function blindly(members: readonly string[], aim: Aim): Decided {
  const even = new Float64Array(members.length).fill(1 / members.length)
  const points = members.flatMap(() => Array.from({ length: POINTS }, (_, p) => (p === 1 ? 1 / members.length : 0)))
  return {
    ...{ members, aim, segments: { edges: [], count: 2 }, overall: even },
    weights: Float64Array.from([...even, ...even]),
    points: MEANT.has(aim) ? new Float64Array(0) : Float64Array.from([...points, ...points]),
    ...{ calibration: uncalibrated(LEVELS), dependence: INDEPENDENT, counted: false },
    ...{ losses: [], together: Number.NaN },
  }
}

const paying = (weights: Float64Array, members: number, m: number) => {
  for (let k = m; k < weights.length; k += members) if (at(weights, k) >= LEAST_WEIGHT) return true
  return false
}

function observedCells({ truth }: Validation): Int32Array {
  return Int32Array.from({ length: truth.length }, (_, k) => k).filter((k) => !Number.isNaN(at(truth, k)))
}

interface Said {
  readonly mean: Float32Array
  readonly grid: Float32Array
}

/** What candidates said of observed cells; where one refused, what the others say on average stands for it. */
function filledTrials(trials: readonly Trial[], cells: Int32Array): Said[] {
  const n = LEVELS.length
  const said = trials.map(({ mean, grid }) => {
    const own = { mean: new Float32Array(cells.length), grid: new Float32Array(cells.length * n) }
    for (const [c, k] of cells.entries()) {
      own.mean[c] = at(mean, k)
      own.grid.set(grid.subarray(k * n, (k + 1) * n), c * n)
    }
    return own
  })
  const fill = (rows: readonly Float32Array[]) => {
    for (let k = 0; k < (rows[0]?.length ?? 0); k++) {
      let [sum, count] = [0, 0]
      for (const row of rows)
        if (Number.isFinite(at(row, k))) {
          sum += at(row, k)
          count++
        }
      if (count < rows.length)
        for (const row of rows) if (!Number.isFinite(at(row, k))) row[k] = count > 0 ? sum / count : 0
    }
  }
  fill(said.map(({ mean }) => mean))
  fill(said.map(({ grid }) => grid))
  return said
}

/** What members say together of validation windows, in the order in which corrections are learned. */
function heldOut(
  { truth, level, windows }: Validation,
  horizon: number,
  cells: Int32Array,
  { grids, segment }: Rounds,
  weights: Float64Array,
  means: readonly Float32Array[],
): HeldOut {
  const n = LEVELS.length
  const grid = new Float64Array(cells.length * n)
  const mean = new Float64Array(cells.length)
  for (let c = 0; c < cells.length; c++) {
    for (const [m, own] of grids.entries()) {
      const w = at(weights, at(segment, c) * grids.length + m)
      if (w === 0) continue
      mean[c] = at(mean, c) + w * at(means[m] as Float32Array, c)
      for (let l = 0; l < n; l++) grid[c * n + l] = at(grid, c * n + l) + w * at(own, c * n + l)
    }
    ascend(grid, c * n, n)
  }
  const rows = level.length / windows.length
  return {
    count: cells.length,
    follows: Uint8Array.from(cells, (k, c) => (c > 0 && at(cells, c - 1) === k - 1 && k % horizon > 0 ? 1 : 0)),
    step: cells.map((k) => (k % horizon) + 1),
    own: cells.map((k) => (windows[Math.floor(k / horizon / rows)]?.cutoff ?? 0) + 1 + (k % horizon)),
    level: Float64Array.from(cells, (k) => at(level, Math.floor(k / horizon))),
    actual: Float64Array.from(cells, (k) => at(truth, k)),
    mean,
    grid,
  }
}

/** Normal scores of what came in the corrected distributions, whose place the answers before take. */
function scored(
  held: HeldOut,
  calibration: Calibration,
  { family, sample }: Validation,
  cells: Int32Array,
  horizon: number,
): Scored {
  const n = LEVELS.length
  const z = new Float64Array(held.count)
  for (let c = 0; c < held.count; c++) {
    const unit = unitOf(held.grid, c * n, LEVELS, at(held.level, c), at(held.mean, c))
    correct(calibration, held.grid, c * n, at(held.step, c), at(held.level, c), unit)
    z[c] = scoreOf(held.grid, c * n, SCORES, at(held.actual, c))
  }
  const series = sample.length
  const timeOf = (k: number) => Math.floor(k / horizon / series) * horizon + (k % horizon)
  return {
    z,
    time: cells.map(timeOf),
    before: cells.map((k) => (k % horizon === 0 ? -1 : timeOf(k) - 1)),
    family: cells.map((k) => at(family, Math.floor(k / horizon) % series)),
    follows: held.follows,
  }
}

/** Whether rounding to whole units lowers the quantile loss of small counts; `held` is corrected already. */
function paysToCount(
  { grid, actual, level }: HeldOut,
  { whole, sample }: Validation,
  cells: Int32Array,
  horizon: number,
) {
  const n = LEVELS.length
  let [plain, rounded] = [0, 0]
  for (let c = 0; c < cells.length; c++) {
    if (at(whole, Math.floor(at(cells, c) / horizon) % sample.length) === 0 || at(level, c) >= SMALL) continue
    for (let l = 0; l < n; l++) {
      const q = at(grid, c * n + l)
      plain += pinball(at(actual, c) - q, at(LEVELS, l))
      rounded += pinball(at(actual, c) - Math.round(q), at(LEVELS, l))
    }
  }
  return rounded < plain
}

/** Weights of members' points, chosen as members are, by absolute errors. */
function pointWeights(aim: Aim, rounds: Rounds, means: readonly Float32Array[]): Float64Array {
  const all: Float32Array[] = []
  for (const [m, grid] of rounds.grids.entries()) {
    const own = Array.from({ length: POINTS }, () => new Float32Array(rounds.count))
    pointsOf(aim, means[m] as Float32Array, grid, rounds.count, own)
    all.push(...own)
  }
  return weigh({ ...rounds, levels: [0.5], grids: all }).weights
}
