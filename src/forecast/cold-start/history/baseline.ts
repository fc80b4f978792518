import { at } from '../../../core/panel.ts'
import type { Catalogue } from './catalogue.ts'
import { effectAt, usualOf } from './effects.ts'
import { type Factors, groupIndex } from './factors.ts'
import type { History } from './gather.ts'
import { type Phases, phasesOf } from './phases.ts'

/** What the factors say of a series at any period, level and age apart. */
export interface Baseline {
  readonly phases: Phases
  readonly curve: readonly number[]
  /** The product of all factors at a cell of the past, given by its place in the history's arrays. */
  past(series: number, place: number): number
  /** The same at a step of the horizon, from 0. */
  future(series: number, step: number): number
}

/** Reads factors for the series of a history; groups, places and columns that the factors do not know count as 1. */
export function baselineOf(history: History, catalogue: Catalogue, factors: Factors): Baseline {
  const phases = phasesOf(history.calendar.toJSON())
  const group = groupIndex(catalogue, factors.groups)
  const places = new Map(factors.locations.map((name, k) => [name, k]))
  const location = catalogue.locations.map((name) => places.get(name) ?? -1)
  const columns = factors.effects.map(({ name }) => history.known.find((column) => column.name === name))
  const usual = columns.map((column, a) =>
    column && factors.effects[a]?.relative ? usualOf(history, column) : undefined,
  )
  const years = new Map<number, number>()
  const { week } = phases
  const calm = (i: number, period: number): number => {
    let year = years.get(period)
    if (year === undefined) {
      year = phases.yearOf(period)
      years.set(period, year)
    }
    const w = phases.weekOf(period)
    const g = at(group, at(catalogue.productOf, i))
    const l = location[at(catalogue.locationOf, i)] as number
    return (
      (factors.week[w] ?? 1) *
      ((l >= 0 ? factors.weekAt[l * week + w] : undefined) ?? 1) *
      ((g >= 0 ? factors.weekOf[g * week + w] : undefined) ?? 1) *
      (factors.year[year] ?? 1) *
      ((g >= 0 ? factors.yearOf[g * phases.year + year] : undefined) ?? 1)
    )
  }
  const told = (i: number, values: (column: History['known'][number]) => number) =>
    effectAt(
      factors.effects,
      columns.map((column) => (column ? values(column) : Number.NaN)),
      usual.map((logs) => (logs ? at(logs, i) : Number.NaN)),
    )
  return {
    phases,
    curve: factors.curve,
    past: (i, k) =>
      calm(i, at(history.start, i) + k - at(history.offsets, i)) * told(i, (column) => at(column.past, k)),
    future: (i, h) => calm(i, history.cutoff + 1 + h) * told(i, (column) => at(column.future, i * history.horizon + h)),
  }
}
