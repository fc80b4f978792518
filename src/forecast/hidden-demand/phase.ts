import { at } from '../../core/panel.ts'
import type { Grouping } from './grouping.ts'
import type { Ledger } from './ledger.ts'

/** Units of demand that a profile of those alike counts for beside a series' own. */
const PRIOR_UNITS = 30

/** Phases longer than this have no profile: a year of weeks is seldom seen often enough. */
const LONGEST = 60

/**
 * Divides what is usual by its present profile over the season (days of the week) and multiplies it by a new one: sales over what was
 * expected on equal days, each series' shrunk towards that of its group, a cell's own sales left out.
 */
export function updatePhases(ledger: Ledger, profile: Float64Array, group: Grouping, unit: number): void {
  const { panel, season, demand, usual, weight } = ledger
  if (season < 2 || season > LONGEST) return
  const n = panel.ids.length
  const sums = (rows: number) => ({ had: new Float64Array(rows * season), due: new Float64Array(rows * season) })
  const own = sums(n)
  const pooled = sums(group.count)
  eachCell(ledger, (i, k, phase) => {
    const due = (at(weight, k) * at(usual, k)) / at(profile, k)
    const had = at(weight, k) * at(demand, k)
    if (!(due > 0)) return
    add(own, i * season + phase, had, due)
    add(pooled, at(group.of, i) * season + phase, had, due)
  })
  const prior = PRIOR_UNITS * unit
  eachCell(ledger, (i, k, phase) => {
    const plain = at(usual, k) / at(profile, k)
    const w = at(weight, k)
    const g = at(group.of, i) * season + phase
    const alike = (at(pooled.had, g) + unit) / (at(pooled.due, g) + unit)
    const s = i * season + phase
    const had = Math.max(0, at(own.had, s) - w * at(demand, k))
    const due = Math.max(0, at(own.due, s) - w * plain)
    const factor = (had + prior * alike) / (due + prior)
    profile[k] = factor
    usual[k] = plain * factor
  })
}

function add(sums: { had: Float64Array; due: Float64Array }, row: number, had: number, due: number): void {
  sums.had[row] = at(sums.had, row) + had
  sums.due[row] = at(sums.due, row) + due
}

/** Calls back for every cell that has demand, with its place in the season. */
function eachCell({ panel, season, known }: Ledger, call: (series: number, cell: number, phase: number) => void): void {
  const { offsets, start } = panel
  for (let i = 0; i < panel.ids.length; i++)
    for (let k = at(offsets, i), t = at(start, i); k < at(offsets, i + 1); k++, t++)
      if (at(known, k) !== 0) call(i, k, ((t % season) + season) % season)
}
