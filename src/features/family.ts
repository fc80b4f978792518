import type { z } from 'zod'
import type { Calendar, Period } from '../core/calendar.ts'
import { ForetideError } from '../core/errors.ts'
import type { Panel } from '../core/panel.ts'
import type { SeriesView } from './series-view.ts'

/** One column of the feature matrix. */
export interface Feature {
  readonly name: string
  /** The family that made it. */
  readonly family: string
  /** Whether it needs nothing that was not known before the cutoff, at every step of the horizon. */
  readonly knownAhead: boolean
  /**
   * How many periods before its row the newest value that it reads lies: legal up to that step of the horizon, NaN beyond.
   *
   * Infinity for a feature known ahead.
   */
  readonly lag: number
}

/** What is done with a feature whose lag is shorter than the horizon. */
export const BEYOND = ['shift', 'missing', 'refuse'] as const
export type Beyond = (typeof BEYOND)[number]

/** What a family may know of a column before it sees values. */
export interface ColumnInfo {
  readonly knownAhead: boolean
  readonly categories?: readonly string[]
}

/** What a family plans its columns with. */
export interface PlanContext {
  readonly calendar: Calendar
  readonly horizon: number
  /** The smallest lag that a past-only feature needs to be there at every step asked for. */
  readonly leastLag: number
  readonly beyond: Beyond
  /** Bits of the panel's mask whose cells count as gaps of the target. */
  readonly hidden: number
  readonly columns: ReadonlyMap<string, ColumnInfo>
  readonly statics: ReadonlyMap<string, ColumnInfo>
  /** What the family's learner found in all blocks, or undefined where it has none. */
  readonly learned: Learned | undefined
}

/** What a family learns across series, as plain data that passes to worker threads. */
export type Learned = Readonly<Record<string, unknown>>

/** Gathers what a family learns across series, block by block. */
export interface Learner {
  add(past: Panel, known: Panel): void
  done(): Learned
}

/** The periods of a table of period-wise values: `starts[p]` … `starts[p + 1]` are wall-clock milliseconds. */
export interface Timeline {
  readonly calendar: Calendar
  readonly first: Period
  readonly count: number
  /** One more than `count`. */
  readonly starts: Float64Array
}

/** Columns worked out for one series at a time; `lines[f]` reaches over past and horizon, and is filled wholly. */
export interface SeriesTask {
  readonly kind: 'series'
  readonly features: readonly Feature[]
  /** How far past the row that it belongs to a kernel may write; the largest lag unless given. */
  readonly reach?: number
  write(view: SeriesView, lines: readonly Float32Array[]): void
}

/** Columns that are the same for all series, worked out once a period. */
interface PeriodTask {
  readonly kind: 'period'
  readonly features: readonly Feature[]
  fill(timeline: Timeline, lines: readonly Float32Array[]): void
}

export type Task = SeriesTask | PeriodTask

interface Decides<Options> {
  decide(options: Options, context: PlanContext): boolean
}

/**
 * A way to make feature columns: a name, options as plain data, and a plan of tasks.
 *
 * `plan` runs on every thread and must be cheap and depend on its arguments alone. What it can read is what a
 * {@link SeriesView} shows: the past of any column, and the future of those known ahead.
 */
export interface FeatureFamily<Options extends object = object> {
  readonly name: string
  /** Whether its features are known at every step of the horizon. */
  readonly knownAhead: boolean | Decides<Options>['decide']
  readonly schema: z.ZodType<Options>
  plan(options: Options, context: PlanContext): readonly Task[]
  learner?(options: Options, context: PlanContext): Learner
}

/** Whether a family's features are known ahead under the given options. */
export function isKnownAhead<Options extends object>(
  family: FeatureFamily<Options>,
  options: Options,
  context: PlanContext,
): boolean {
  return typeof family.knownAhead === 'boolean' ? family.knownAhead : family.knownAhead(options, context)
}

/** The lag that a statistic gets instead of the one wished for, after the context's rule for what reaches beyond it. */
export function legalLag(context: PlanContext, wished = 1): number {
  return context.beyond === 'shift' ? Math.max(wished, context.leastLag) : wished
}

/** A column that only the past shows. */
export function pastFeature(family: string, name: string, lag: number): Feature {
  return { name: `${name}_lag_${lag}`, family, knownAhead: false, lag }
}

/** A column that is known at every step. */
export function knownFeature(family: string, name: string): Feature {
  return { name, family, knownAhead: true, lag: Number.POSITIVE_INFINITY }
}

/** Columns that every panel has beside its own: the target, and 1 where it was censored. */
const BUILT_IN = ['target', 'censored'] as const

/** Whether a column is known ahead; refuses one that the panel does not have. */
export function columnKnownAhead(context: PlanContext, family: string, column: string): boolean {
  if ((BUILT_IN as readonly string[]).includes(column)) return false
  const info = context.columns.get(column)
  if (!info)
    throw new ForetideError(
      'features.column',
      { family, column, columns: [...BUILT_IN, ...context.columns.keys()].join(', ') },
      { fault: 'usage' },
    )
  return info.knownAhead
}

/** Refuses a column that is not known ahead, for families that look into its future. */
export function requireKnownAhead(context: PlanContext, family: string, column: string): void {
  if (!columnKnownAhead(context, family, column))
    throw new ForetideError('features.notKnownAhead', { family, column }, { fault: 'usage' })
}

/** Refuses a static column that the panel does not have. */
export function requireStatic(context: PlanContext, family: string, column: string): ColumnInfo {
  const info = context.statics.get(column)
  if (!info)
    throw new ForetideError(
      'features.column',
      { family, column, columns: [...context.statics.keys()].join(', ') },
      { fault: 'usage' },
    )
  return info
}
