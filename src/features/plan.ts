import { Calendar, type CalendarOptions } from '../core/calendar.ts'
import { ForetideError } from '../core/errors.ts'
import { Mask, type Panel } from '../core/panel.ts'
import { familyOf } from './families.ts'
import type { ColumnInfo, Feature, FeatureFamily, Learned, PlanContext, Task } from './family.ts'
import type { FeatureSpec } from './spec.ts'

/** What a plan depends on beside the specification, as plain data. */
export interface PlanFrame {
  readonly calendar: CalendarOptions
  readonly horizon: number
  readonly columns: ReadonlyMap<string, ColumnInfo>
  readonly statics: ReadonlyMap<string, ColumnInfo>
}

/** A task and where its columns stand in the matrix. */
interface Planned {
  readonly task: Task
  readonly first: number
}

/** All columns of a specification, in its order. */
export interface FeaturePlan {
  readonly features: readonly Feature[]
  readonly planned: readonly Planned[]
  /** Bits of the mask whose cells count as gaps of the target. */
  readonly hidden: number
}

/** The frame of a block: its calendar, horizon and columns, and which of them are known ahead. */
export function frameOf(past: Panel, known: Panel): PlanFrame {
  const horizon = known.ids.length > 0 ? (known.offsets[1] as number) - (known.offsets[0] as number) : 0
  const info = (knownAhead: boolean, categories?: readonly string[]): ColumnInfo =>
    categories ? { knownAhead, categories } : { knownAhead }
  return {
    calendar: past.calendar.toJSON(),
    horizon,
    columns: new Map(
      [...past.columns].map(([name, c]) => [name, info(c.knownAhead && known.columns.has(name), c.categories)]),
    ),
    statics: new Map([...past.statics].map(([name, c]) => [name, info(true, c.categories)])),
  }
}

/** What the families of a specification are told. */
export function contextOf(spec: FeatureSpec, frame: PlanFrame, learned?: Learned): PlanContext {
  return {
    calendar: new Calendar(frame.calendar),
    horizon: frame.horizon,
    leastLag: spec.leastLag ?? Math.max(1, frame.horizon),
    beyond: spec.beyond,
    hidden: Mask.closed | (spec.censored === 'missing' ? Mask.censored : 0),
    columns: frame.columns,
    statics: frame.statics,
    learned,
  }
}

/** Plans all columns; refuses two of one name and, under `refuse`, lags that the horizon outruns. */
export function planOf(spec: FeatureSpec, frame: PlanFrame, learned: readonly (Learned | undefined)[]): FeaturePlan {
  const features: Feature[] = []
  const planned: Planned[] = []
  const context = contextOf(spec, frame)
  spec.families.forEach(({ family, ...options }, i) => {
    for (const task of familyOf(family).plan(options, { ...context, learned: learned[i] })) {
      planned.push({ task, first: features.length })
      features.push(...task.features)
    }
  })
  const names = new Set<string>()
  for (const { name, lag } of features) {
    if (names.has(name)) throw new ForetideError('features.duplicate', { feature: name }, { fault: 'usage' })
    names.add(name)
    if (spec.beyond === 'refuse' && lag < context.leastLag)
      throw new ForetideError('features.lag', { feature: name, lag, step: context.leastLag }, { fault: 'usage' })
  }
  return { features, planned, hidden: context.hidden }
}

/** Learns what the families need to know across series, from all blocks of a window, each with its known future. */
export async function learn(
  spec: FeatureSpec,
  blocks: AsyncIterable<readonly [past: Panel, known: Panel]> | Iterable<readonly [past: Panel, known: Panel]>,
): Promise<readonly (Learned | undefined)[]> {
  let learners: (ReturnType<NonNullable<FeatureFamily['learner']>> | undefined)[] | undefined
  for await (const [past, known] of blocks) {
    if (!learners) {
      const context = contextOf(spec, frameOf(past, known))
      learners = spec.families.map(({ family, ...options }) => familyOf(family).learner?.(options, context))
    }
    for (const learner of learners) learner?.add(past, known)
  }
  return (learners ?? []).map((learner) => learner?.done())
}

/** Whether a specification has families that {@link learn}. */
export function learns(spec: FeatureSpec): boolean {
  return spec.families.some(({ family }) => familyOf(family).learner !== undefined)
}
