import type { Calendar, Unit } from '../../core/calendar.ts'
import { ForetideError } from '../../core/errors.ts'
import type { Panel } from '../../core/panel.ts'
import type { Window } from '../../core/window.ts'
import type { PlanFrame } from '../../features/plan.ts'
import { blocksOf } from '../local-model.ts'
import type { Derived, DerivedFeature } from './derived.ts'
import { GroupTable, groupFeatures } from './group-features.ts'
import type { GlobalSettings } from './options.ts'
import { type SimilarOptions, similar, similarFeatures } from './similar.ts'

/** Which columns are worked out row by row, as plain data. */
export interface DerivedPlan {
  readonly similar: Omit<SimilarOptions, 'widths'>
  /** Share of a column's deviation at which likeness falls to 1/e. */
  readonly width: number
  /** Static columns that together name the groups, for each kind of group. */
  readonly groups: readonly (readonly string[])[]
  readonly known: readonly string[]
  /** Past-only columns whose trend in a group is looked at, too. */
  readonly of: readonly string[]
  readonly season: number
  /** Periods of a group's usual level. */
  readonly window: number
}

/** Known-ahead columns that are looked at where nobody names any, and static columns. */
const MOST_KNOWN = 4
const MOST_GROUPS = 3
const SPANS: { readonly [U in Unit]: number } = { hour: 336, day: 28, week: 26, month: 24, quarter: 12, year: 6 }

/** Chooses what the settings leave open: numeric columns known ahead, and the static columns of most values that still group series. */
export function planDerived(
  name: string,
  frame: PlanFrame,
  settings: GlobalSettings,
  calendar: Calendar,
  series: number,
): DerivedPlan {
  refuseStrangers(name, frame, settings)
  const numbers = [...frame.columns].filter(([, info]) => info.knownAhead && !info.categories).map(([name]) => name)
  const span = SPANS[calendar.unit]
  const wanted = settings.similar
  const coarse = [...frame.statics]
    .map(([name, { categories }]) => ({ name, size: categories?.length ?? 0 }))
    .filter(({ size }) => size > 1 && size <= series / 3)
    .sort((a, b) => b.size - a.size)
    .map(({ name }) => [name])
  return {
    similar: {
      columns: wanted ? (wanted.columns ?? numbers.slice(0, MOST_KNOWN)) : [],
      window: wanted ? (wanted.window ?? span) : 1,
      halfLife: wanted ? (wanted.halfLife ?? span / 3) : 1,
      season: calendar.season,
      phase: wanted ? wanted.phase : 0,
    },
    width: wanted ? wanted.width : 1,
    groups: settings.groups === 'auto' ? coarse.slice(0, MOST_GROUPS) : settings.groups,
    known: settings.groupKnown ?? numbers.slice(0, 2),
    of: settings.groupOf,
    season: calendar.season,
    window: span,
  }
}

/** Refuses columns that the panel does not have, or not in the part that they are asked of. */
function refuseStrangers(model: string, { columns, statics }: PlanFrame, settings: GlobalSettings): void {
  const ahead = [...columns].filter(([, info]) => info.knownAhead && !info.categories).map(([name]) => name)
  const check = (option: string, asked: readonly string[], there: readonly string[]) => {
    const stranger = asked.find((name) => !there.includes(name))
    if (stranger === undefined) return
    const problem = `'${stranger}' ∉ {${there.join(', ')}}`
    throw new ForetideError('global.option', { model, option, problem }, { fault: 'usage' })
  }
  if (settings.similar) check('similar.columns', settings.similar.columns ?? [], ahead)
  check('groupKnown', settings.groupKnown ?? [], ahead)
  check('groupOf', settings.groupOf, [...columns.keys()])
  if (settings.groups !== 'auto') check('groups', settings.groups.flat(), [...statics.keys()])
}

/** The columns of a plan. */
export function derivedFeatures({ similar: { columns }, groups, known, of }: DerivedPlan): DerivedFeature[] {
  return [...similarFeatures(columns), ...groups.flatMap((group) => groupFeatures({ columns: group, known, of }))]
}

/** Gathers from a window what its rows are worked out from: spreads of columns, and what goes on in groups. */
export async function gatherDerived(window: Window, plan: DerivedPlan): Promise<Derived[]> {
  const { groups, known, of, season } = plan
  const { columns } = plan.similar
  const spreads = new Map([...columns, ...known].map((name) => [name, { count: 0, sum: 0, squares: 0 }]))
  if (spreads.size > 0)
    for await (const past of window.past()) for (const [name, spread] of spreads) addTo(spread, past, name)
  const widthOf = (name: string) => {
    const { count, sum, squares } = spreads.get(name) as Spread
    const variance = count > 0 ? squares / count - (sum / count) ** 2 : 0
    return plan.width * (variance > 1e-12 ? Math.sqrt(variance) : 1)
  }
  const tables = groups.map(
    (group) => new GroupTable({ columns: group, known, of, season, window: plan.window, widths: known.map(widthOf) }),
  )
  if (tables.length > 0)
    for await (const [past, ahead] of blocksOf(window)) for (const table of tables) table.add(past, ahead)
  return [similar({ ...plan.similar, widths: columns.map(widthOf) }), ...tables.map((table) => table.done())]
}

interface Spread {
  count: number
  sum: number
  squares: number
}

function addTo(spread: Spread, panel: Panel, name: string): void {
  const values = panel.columns.get(name)?.values
  if (!values) return
  for (let k = 0; k < values.length; k++) {
    const x = values[k] as number
    if (Number.isNaN(x)) continue
    spread.count++
    spread.sum += x
    spread.squares += x * x
  }
}
