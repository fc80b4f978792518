import { DEFAULT_LEVELS } from '../../core/forecast.ts'
import { at } from '../../core/panel.ts'
import { ascend, scoreOf, scoresOf } from './grid.ts'
import type { GlobalSettings } from './options.ts'

/** What was forecast for held-out rows, and what happened: all arrays by row, `grid` by row and level. */
export interface HeldOut {
  readonly count: number
  /** 1 where the row is the period right after that of the row before, seen from the same origin. */
  readonly follows: Uint8Array
  readonly step: Int32Array
  /** The period that was forecast. */
  readonly own: Int32Array
  /** Mean size of the series' recent values. */
  readonly level: Float64Array
  readonly actual: Float64Array
  readonly mean: Float64Array
  /** Empty where the means are all that was said. */
  readonly grid: Float64Array
}

/** How answers are corrected, as plain data. */
export interface Calibration {
  /** Quantile levels of the corrected distributions. */
  readonly levels: readonly number[]
  /** Whether quantiles were forecast; otherwise they stand around the mean. */
  readonly quantiles: boolean
  /** Last step of each group of steps but the last, and upper level of each group by volume but the last. */
  readonly steps: readonly number[]
  readonly volumes: readonly number[]
  /** What is added, in units of {@link unitOf}: `shift[(stepGroup · volumeGroups + volumeGroup) · levels + l]`. */
  readonly shift: Float64Array
  /** What means are multiplied by: one a group. */
  readonly bias: Float64Array
  /** Correlation of the normal scores of neighbouring steps. */
  readonly rho: number
}

/** Levels at which distributions stand around means. */
const AROUND: readonly number[] = [0.005, ...DEFAULT_LEVELS, 0.995]
/** Rows by which a group leans on all rows together. */
const LEAN = 60
/** Rows that a group needs at the least to be told from the others. */
const LEAST_GROUP = 100
/** Share of the level that a unit has at least. */
const LEAST_UNIT = 0.05
/** How much less periods next to each other say than independent ones. */
const ALIKE = 2
/** How far a mean is corrected at most. */
const MOST_BIAS = 1.5

/** Corrections that change nothing, for answers that could not be held against what happened. */
export function uncalibrated(levels: readonly number[]): Calibration {
  const quantiles = levels.length > 0
  const own = quantiles ? levels : AROUND
  return {
    levels: own,
    quantiles,
    steps: [],
    volumes: [],
    shift: new Float64Array(own.length),
    bias: new Float64Array(1).fill(1),
    rho: 0,
  }
}

/**
 * Split conformal corrections: for every group of steps and volumes and every level the quantile of how far held-out values lay from what
 * was said, relative to the width of what was said (conformalised quantile regression of Romano, Patterson and Candès, 2019, a level at a time).
 *
 * A group leans on all rows together the more, the fewer rows it has. How wide forecast distributions are is corrected in full; where
 * their middles lie only as far as it can be believed, since all series share the few periods that were held out, and with them whatever
 * was unusual about those ({@link believed}).
 */
export function calibrate(
  held: HeldOut,
  levels: readonly number[],
  options: GlobalSettings['calibration'],
  corrected: boolean,
): Calibration {
  const blank = uncalibrated(levels)
  if (held.count === 0) return blank
  const own = blank.levels
  const steps = stepEdges(held.step, Math.min(options.steps, Math.floor(held.count / LEAST_GROUP)))
  const volumes = edgesOf(
    held.level,
    held.count,
    Math.min(options.volumes, Math.floor(held.count / ((steps.length + 1) * LEAST_GROUP))),
  )
  const groups = (steps.length + 1) * (volumes.length + 1)
  const frame = { ...blank, steps, volumes }
  const groupOf = Int32Array.from({ length: held.count }, (_, r) => groupIn(frame, at(held.step, r), at(held.level, r)))
  const bias = corrected ? biasOf(held, groupOf, groups) : new Float64Array(groups).fill(1)
  const grid = startGrid(held, own, bias, groupOf)
  const shift = new Float64Array(groups * own.length)
  const errors = new Float64Array(held.count)
  const units = Float64Array.from({ length: held.count }, (_, r) =>
    unitOf(grid, r * own.length, own, at(held.level, r), at(held.mean, r)),
  )
  const sizes = new Int32Array(groups)
  for (const g of groupOf) sizes[g] = at(sizes, g) + 1
  const parts = Array.from(sizes, (size) => new Float64Array(size))
  own.forEach((level, l) => {
    const filled = new Int32Array(groups)
    for (let r = 0; r < held.count; r++) {
      const unit = at(units, r)
      const error = unit > 0 ? (at(held.actual, r) - at(grid, r * own.length + l)) / unit : 0
      errors[r] = error
      const g = at(groupOf, r)
      const part = parts[g] as Float64Array
      part[at(filled, g)] = error
      filled[g] = at(filled, g) + 1
    }
    const all = outerQuantile(errors.sort(), level)
    parts.forEach((part, g) => {
      const n = part.length
      const here = n > 0 ? outerQuantile(part.sort(), level) : 0
      shift[g * own.length + l] = (n * here + LEAN * all) / (n + LEAN)
    })
  })
  if (held.grid.length > 0) steady(shift, frame, held, groupOf, grid, units)
  const found: Calibration = { ...frame, shift, bias, rho: 0 }
  for (let r = 0; r < held.count; r++)
    correct(found, grid, r * own.length, at(held.step, r), at(held.level, r), at(units, r))
  return { ...found, rho: rhoOf(held, grid, own) }
}

/** Takes from the shifts of every volume what of their middles is not believed. */
function steady(
  shift: Float64Array,
  { levels, steps, volumes }: Pick<Calibration, 'levels' | 'steps' | 'volumes'>,
  held: HeldOut,
  groupOf: Int32Array,
  grid: Float64Array,
  units: Float64Array,
): void {
  const middle = levels.reduce(
    (best, level, l) => (Math.abs(level - 0.5) < Math.abs(at(levels, best) - 0.5) ? l : best),
    0,
  )
  const ofVolume = volumes.length + 1
  for (let v = 0; v < ofVolume; v++) {
    const byPeriod = new Map<number, number[]>()
    for (let r = 0; r < held.count; r++) {
      if (at(groupOf, r) % ofVolume !== v) continue
      const unit = at(units, r)
      const error = unit > 0 ? (at(held.actual, r) - at(grid, r * levels.length + middle)) / unit : 0
      const errors = byPeriod.get(at(held.own, r))
      if (errors) errors.push(error)
      else byPeriod.set(at(held.own, r), [error])
    }
    const middles = [...byPeriod.values()].map((errors) =>
      outerQuantile(Float64Array.from(errors).sort(), at(levels, middle)),
    )
    const kept = middles.length > 0 ? believed(middles) : 0
    for (let s = 0; s <= steps.length; s++) {
      const from = (s * ofVolume + v) * levels.length
      const away = kept - at(shift, from + middle)
      for (let l = 0; l < levels.length; l++) shift[from + l] = at(shift, from + l) + away
    }
  }
}

/**
 * What of the mean of numbers that differ from period to period can be believed to come again: shrunk towards zero by its own
 * uncertainty, neighbouring periods being alike (James and Stein, 1961). Nothing of a single period.
 */
function believed(byPeriod: readonly number[]): number {
  const n = byPeriod.length
  const mean = byPeriod.reduce((sum, x) => sum + x, 0) / n
  const variance = byPeriod.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1)
  return n > 1 && mean !== 0 ? mean * Math.max(0, 1 - (ALIKE * variance) / n / mean ** 2) : 0
}

/** The quantile of sorted values, its rank rounded outwards: what holds for the next value, too (Vovk, Gammerman and Shafer, 2005). */
function outerQuantile(sorted: Float64Array, level: number): number {
  const n = sorted.length
  const rank = level >= 0.5 ? Math.ceil((n + 1) * level) : Math.floor((n + 1) * level)
  return at(sorted, Math.min(n, Math.max(1, rank)) - 1)
}

/** Last steps of so many groups of neighbouring steps, the last one left out. */
function stepEdges(steps: Int32Array, groups: number): number[] {
  const most = steps.reduce((a, b) => Math.max(a, b), 0)
  const edges = new Set(Array.from({ length: groups }, (_, g) => Math.ceil(((g + 1) * most) / groups)))
  return [...edges].filter((edge) => edge < most)
}

/** Bounds of so many groups of about equally many rows, the last one left out. */
function edgesOf(values: ArrayLike<number>, count: number, groups: number): number[] {
  const sorted = Float64Array.from({ length: count }, (_, r) => at(values, r)).sort()
  const edges = new Set<number>()
  for (let g = 1; g < groups; g++) edges.add(at(sorted, Math.min(count - 1, Math.ceil((g * count) / groups) - 1)))
  edges.delete(at(sorted, count - 1))
  return [...edges]
}

/** The group of a step and a level of volume. */
export function groupIn({ steps, volumes }: Calibration, step: number, level: number): number {
  let s = 0
  while (s < steps.length && step > at(steps, s)) s++
  let v = 0
  while (v < volumes.length && level > at(volumes, v)) v++
  return s * (volumes.length + 1) + v
}

/** Distributions before any shift: those said, or the corrected mean at every level. */
function startGrid(held: HeldOut, levels: readonly number[], bias: Float64Array, groupOf: Int32Array): Float64Array {
  if (held.grid.length > 0) return Float64Array.from(held.grid)
  const grid = new Float64Array(held.count * levels.length)
  for (let r = 0; r < held.count; r++)
    grid.fill(at(held.mean, r) * at(bias, at(groupOf, r)), r * levels.length, (r + 1) * levels.length)
  return grid
}

/**
 * What errors of a row are measured in: the width between the outer quantiles that were said; around a mean, the geometric mean of it
 * and the level, since the variance of demand grows about as its mean.
 */
export function unitOf(
  grid: Float64Array,
  from: number,
  levels: readonly number[],
  level: number,
  mean: number,
): number {
  const least = LEAST_UNIT * level
  const width = at(grid, from + levels.length - 1) - at(grid, from)
  if (width > 0) return Math.max(least, width)
  return Math.sqrt(Math.max(least, Math.abs(mean)) * level)
}

/** Shifts the quantiles of a row, in place, and puts them in order. */
export function correct(
  calibration: Calibration,
  grid: Float64Array,
  from: number,
  step: number,
  level: number,
  unit: number,
): void {
  const { levels, shift } = calibration
  const group = groupIn(calibration, step, level) * levels.length
  for (let l = 0; l < levels.length; l++) grid[from + l] = at(grid, from + l) + unit * at(shift, group + l)
  ascend(grid, from, levels.length)
}

function biasOf(held: HeldOut, groupOf: Int32Array, groups: number): Float64Array {
  const happened = new Float64Array(groups + 1)
  const said = new Float64Array(groups + 1)
  for (let r = 0; r < held.count; r++) {
    // In units of the level, lest a few large series decide.
    const share = at(held.level, r) > 0 ? 1 / at(held.level, r) : 0
    for (const g of [at(groupOf, r), groups]) {
      happened[g] = at(happened, g) + share * at(held.actual, r)
      said[g] = at(said, g) + share * at(held.mean, r)
    }
  }
  const ratio = (g: number) => (at(said, g) > 0 && at(happened, g) > 0 ? at(happened, g) / at(said, g) : 1)
  const sizes = new Float64Array(groups)
  for (const g of groupOf) sizes[g] = at(sizes, g) + 1
  return sizes.map((n, g) => {
    const leaning = (n * ratio(g) + LEAN * ratio(groups)) / (n + LEAN)
    return Math.min(MOST_BIAS, Math.max(1 / MOST_BIAS, leaning))
  })
}

/** How the ranks of neighbouring steps go together. */
function rhoOf(held: HeldOut, grid: Float64Array, levels: readonly number[]): number {
  const scores = scoresOf(levels)
  let both = 0
  let squares = 0
  let before = 0
  for (let r = 0; r < held.count; r++) {
    const z = scoreOf(grid, r * levels.length, scores, at(held.actual, r))
    if (at(held.follows, r) === 1) {
      both += z * before
      squares += (z * z + before * before) / 2
    }
    before = z
  }
  return squares > 0 ? Math.min(0.98, Math.max(-0.5, both / squares)) : 0
}
