import type { Feature } from '../../features/family.ts'
import { type PlanFrame, planOf } from '../../features/plan.ts'
import type { FeatureSpec } from '../../features/spec.ts'
import type { TableFeature } from '../table.ts'
import type { DerivedFeature } from './derived.ts'
import type { GlobalSettings } from './options.ts'

type FamilySpec = FeatureSpec['families'][number]

/**
 * Where a table column is read for a row of origin o and period t: as it stands right after the origin, in the row's own period
 * (known ahead), or in the row's own period with the least lag of whole seasons that reaches back to the origin.
 */
type Place = 'origin' | 'own' | 'phase'

/** Which column of which feature block a table column is, and whether it is in units of the target. */
interface Source {
  readonly place: Place
  readonly column: number
  readonly unit: boolean
  /** Its column in what {@link Layout.fed} makes, where it is of the newest targets. */
  readonly fed?: number
}

/** Columns of a row's own making. */
const EXTRAS = { step: 'horizon_step', level: 'recent_level', baseline: 'simple_forecast' } as const
export type Extra = keyof typeof EXTRAS

/** Steps up to `to` whose seasonal features share their lags, and the specification that makes them. */
interface Phase {
  readonly to: number
  readonly spec: FeatureSpec
}

/** How the columns of feature blocks become the columns of a table. */
export interface Layout {
  /** Makes what is read at the origin or in the row's own period. */
  readonly main: FeatureSpec
  /** Makes what keeps its place in the season; empty where nothing does. */
  readonly phases: readonly Phase[]
  /** Makes anew, one step after the other, what depends on the newest targets alone; what else only the past shows stays as at the cutoff. */
  readonly fed: FeatureSpec
  readonly sources: readonly Source[]
  readonly derived: readonly DerivedFeature[]
  readonly extras: readonly Extra[]
  /** Sources first, then what is derived, extras last. */
  readonly features: readonly TableFeature[]
}

/** Families whose features are in units of the column that they are of. */
const IN_UNITS: ReadonlySet<string> = new Set([
  'lags',
  'rolling',
  'seasonal',
  'exponential',
  'expanding',
  'smoothing',
  'difference',
])
/** Families that depend on the newest values of the target alone. */
const FED: ReadonlySet<string> = new Set([
  'lags',
  'rolling',
  'seasonal',
  'exponential',
  'smoothing',
  'difference',
  'recency',
])
const UNITLESS = /_active(Share)?_/

/** Lays out a table: splits a specification by where its columns are read, and plans both parts. */
export function layoutOf(
  spec: FeatureSpec,
  frame: PlanFrame,
  settings: GlobalSettings,
  derived: readonly DerivedFeature[],
): Layout {
  const { strategy, extras, without, categorical } = settings
  const families = spec.families.flatMap(apart)
  const pastOnly = (family: FamilySpec) =>
    planOf({ ...spec, beyond: 'missing', families: [family] }, frame, []).features.every((f) => !f.knownAhead)
  const phased = families.filter((family) => isSeasonal(family) && pastOnly(family))
  const rest = families.filter((family) => !phased.includes(family))
  const phases = phased.length > 0 ? phasesOf(spec, phased, frame, strategy) : []
  const kept = new Set<string>(without)
  const sources: Source[] = []
  const features: TableFeature[] = []
  const fed: FamilySpec[] = []
  let fedColumns = 0
  const add = (part: readonly FamilySpec[], from: FeatureSpec, place: (f: Feature) => Place) => {
    let column = 0
    for (const family of part) {
      const feeds = FED.has(family.family) && family.of === 'target'
      if (feeds) fed.push(family)
      for (const feature of planOf({ ...from, families: [family] }, frame, []).features) {
        if (!kept.has(feature.name)) {
          kept.add(feature.name)
          const unit = inUnits(family, feature, settings.units)
          sources.push({ place: place(feature), column, unit, ...(feeds ? { fed: fedColumns } : {}) })
          features.push({
            name: feature.name,
            categorical: categorical.includes(feature.name) || isCategory(family, feature, frame),
          })
        }
        column++
        if (feeds) fedColumns++
      }
    }
  }
  const main: FeatureSpec = { ...spec, beyond: 'missing', leastLag: 1, families: rest }
  add(rest, main, (feature) => (feature.knownAhead ? 'own' : 'origin'))
  const [first] = phases
  if (first) add(phased, first.spec, () => 'phase')
  const own = extras.filter((extra) => extra !== 'step' || strategy === 'multi-horizon' || strategy === 'direct')
  return {
    main,
    phases,
    fed: { ...spec, beyond: 'shift', leastLag: 1, families: fed },
    sources,
    derived,
    extras: own,
    features: [
      ...features,
      ...derived.map(({ name }) => ({ name, categorical: false })),
      ...own.map((extra) => ({ name: EXTRAS[extra], categorical: false })),
    ],
  }
}

/** Lags by periods and lags by seasons as families of their own, for they are read in different places. */
function apart(family: FamilySpec): FamilySpec[] {
  const { lags, seasons } = family as { lags?: readonly number[]; seasons?: readonly number[] }
  if (family.family !== 'lags' || !lags?.length || !seasons?.length) return [family]
  return [
    { ...family, seasons: [] },
    { ...family, lags: [] },
  ]
}

const isSeasonal = ({ family, seasons }: FamilySpec) =>
  family === 'seasonal' || (family === 'lags' && (seasons as readonly number[]).length > 0)

/** Runs of steps with the same whole seasons back; for `shift` all rows look back a horizon, for `recursive` one period. */
function phasesOf(
  spec: FeatureSpec,
  families: readonly FamilySpec[],
  frame: PlanFrame,
  strategy: GlobalSettings['strategy'],
): Phase[] {
  const of = (leastLag: number): FeatureSpec => ({ ...spec, beyond: 'shift', leastLag, families })
  if (strategy === 'shift') return [{ to: frame.horizon, spec: of(frame.horizon) }]
  if (strategy === 'recursive') return [{ to: 1, spec: of(1) }]
  const phases: Phase[] = []
  let signature = ''
  for (let step = 1; step <= frame.horizon; step++) {
    const phase = { to: step, spec: of(step) }
    const here = planOf(phase.spec, frame, [])
      .features.map((f) => f.lag)
      .join()
    if (here === signature) phases[phases.length - 1] = phase
    else phases.push(phase)
    signature = here
  }
  return phases
}

function inUnits(family: FamilySpec, feature: Feature, columns: readonly string[]): boolean {
  if (family.family === 'targetEncoding') return true
  return (
    IN_UNITS.has(family.family) &&
    (family.of === 'target' || columns.includes(String(family.of))) &&
    !UNITLESS.test(feature.name)
  )
}

function isCategory(family: FamilySpec, feature: Feature, frame: PlanFrame): boolean {
  if (family.family === 'column') return frame.columns.get(feature.name)?.categories !== undefined
  if (family.family !== 'category' || family.encoding !== 'ordinal') return false
  const name = feature.name.replace(/_code$/, '')
  return (frame.statics.get(name) ?? frame.columns.get(name))?.categories !== undefined
}
