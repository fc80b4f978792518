import {
  type Beyond,
  columnKnownAhead,
  type Feature,
  knownFeature,
  legalLag,
  type PlanContext,
  pastFeature,
  type SeriesTask,
} from './family.ts'
import type { Observed, Target } from './kernels/observed.ts'

/** A statistic of the values up to and including each position, and the name of its column. */
export interface Statistic {
  readonly name: string
  readonly kernel: (observed: Observed, target: Target) => void
  /** The lag wished for; 1 unless given. */
  readonly lag?: number
}

/** Settings that the statistics of a task share. */
export interface StatisticOptions {
  readonly family: string
  /** The column that they are of. */
  readonly of: string
  /** Observed values that a window must hold; 1 unless given. */
  readonly atLeast?: number
}

/**
 * A task of statistics over one column that keeps to what is known.
 *
 * Over a past-only column each statistic moves forward by its lag, at least 1, and is NaN where that reaches beyond the cutoff; over
 * a column known ahead it runs through the horizon, and `lag` is what was wished for, or 0.
 */
export function statisticsTask(
  context: PlanContext,
  { family, of, atLeast = 1 }: StatisticOptions,
  statistics: readonly Statistic[],
): SeriesTask {
  const ahead = columnKnownAhead(context, family, of)
  const shifts: number[] = []
  const features: Feature[] = []
  for (const { name, lag } of statistics) {
    const shift = ahead ? (lag ?? 0) : legalLag(context, lag ?? 1)
    shifts.push(shift)
    const known = shift > 0 ? `${name}_lag_${shift}` : name
    features.push(ahead ? knownFeature(family, known) : pastFeature(family, name, shift))
  }
  return {
    kind: 'series',
    features,
    reach: Math.max(0, ...shifts),
    write(view, lines) {
      const observed = ahead ? view.wholeObserved(of) : view.past(of)
      const total = view.length + view.horizon
      for (let f = 0; f < statistics.length; f++) {
        const { kernel } = statistics[f] as Statistic
        shifted(observed, shifts[f] as number, lines[f] as Float32Array, total, atLeast, kernel)
      }
    },
  }
}

/** Runs a kernel and leaves NaN before its first value and after its last, up to `total`; `line` has room for `length + shift`. */
function shifted(
  observed: Observed,
  shift: number,
  line: Float32Array,
  total: number,
  atLeast: number,
  kernel: (observed: Observed, target: Target) => void,
): void {
  line.fill(Number.NaN, 0, shift)
  kernel(observed, { out: line, shift, atLeast })
  line.fill(Number.NaN, observed.length + shift, Math.max(total, observed.length + shift))
}

/**
 * Lags made legal and rid of repeats: under `shift` a lag that is too short moves behind the shortest legal one, in order (1 → the
 * shortest, 2 → one more …); the others stay.
 */
export function legalLags(context: { beyond: Beyond; leastLag: number }, lags: readonly number[]): number[] {
  const { beyond, leastLag } = context
  return [...new Set(lags.map((lag) => (beyond === 'shift' && lag < leastLag ? leastLag + lag - 1 : lag)))]
}

/** The `k`-th whole season back that is legal, for k = 1, 2, …, under `shift`; the plain multiple otherwise. */
export function legalSeason(context: { beyond: Beyond; leastLag: number }, season: number, k: number): number {
  const first = context.beyond === 'shift' ? Math.ceil(context.leastLag / season) : 1
  return (first + k - 1) * season
}
