import { at } from '../../core/panel.ts'
import { updateDays } from './days.ts'
import { type Drivers, openDrivers, updateDrivers, usualDrivers } from './drivers.ts'
import { type Grouping, groupingOf, usualGroups } from './grouping.ts'
import type { Ledger } from './ledger.ts'
import { openPaces, type Paces, updateLevels } from './level.ts'
import type { HiddenDemandSettings } from './options.ts'
import { updatePhases } from './phase.ts'

/** What is usual of a cell, as factors: level, weekday, days of the series alike, and what moves demand. */
export interface Usual {
  readonly phase: Float64Array
  readonly phaseGroup: Grouping
  readonly groups: readonly { readonly grouping: Grouping; readonly factors: Float64Array }[]
  readonly drivers: Drivers
  readonly paces: Paces
  readonly unit: number
}

/** Begins with one level for each series and no more. */
export function openUsual(ledger: Ledger, settings: HiddenDemandSettings, unit: number): Usual {
  const { panel, usual, demand, weight } = ledger
  const cells = usual.length
  const ones = () => new Float64Array(cells).fill(1)
  for (let i = 0; i < panel.ids.length; i++) {
    let [had, days] = [0, 0]
    const [from, to] = [at(panel.offsets, i), at(panel.offsets, i + 1)]
    for (let k = from; k < to; k++) {
      had += at(weight, k) * at(demand, k)
      days += at(weight, k)
    }
    usual.fill(days > 0 ? had / days : Number.NaN, from, to)
  }
  const names = settings.groups ?? usualGroups(panel)
  const [first = []] = names.filter((group) => group.length > 0)
  return {
    phase: ones(),
    phaseGroup: groupingOf(panel, first),
    groups: names.map((group) => ({ grouping: groupingOf(panel, group), factors: ones() })),
    drivers: openDrivers(ledger, settings.drivers ?? usualDrivers(panel)),
    paces: openPaces(panel.ids.length),
    unit,
  }
}

/** One turn through all factors, each fitted to demand given the others. */
export function updateUsual(ledger: Ledger, parts: Usual): void {
  const { phase, phaseGroup, groups, drivers, paces, unit } = parts
  updatePhases(ledger, phase, phaseGroup, unit)
  updateDrivers(ledger, drivers, unit)
  for (const { grouping, factors } of groups) updateDays(ledger, factors, grouping)
  updateLevels(ledger, shapeOf(ledger, parts), paces, unit)
}

/** What is usual at level 1: all factors but the level, relative to the mean of the series. */
function shapeOf({ panel, known }: Ledger, { phase, groups, drivers }: Usual): Float64Array {
  const shape = phase.slice()
  for (const { factors } of groups) for (let k = 0; k < shape.length; k++) shape[k] = at(shape, k) * at(factors, k)
  for (let i = 0; i < panel.ids.length; i++)
    for (let k = at(panel.offsets, i); k < at(panel.offsets, i + 1); k++) {
      if (at(known, k) === 0) {
        shape[k] = 0
        continue
      }
      let log = 0
      drivers.columns.forEach((z, c) => {
        log += at(z, k) * at(drivers.effects[c] as Float64Array, i)
      })
      if (log !== 0) shape[k] = at(shape, k) * Math.exp(Math.max(-3, Math.min(3, log)))
    }
  return shape
}
