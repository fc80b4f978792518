import { at } from '../../core/panel.ts'
import type { Grouping } from './grouping.ts'
import type { Ledger } from './ledger.ts'

/**
 * Divides what is usual by the present factors of a group's days and multiplies it by new ones: what the group's other series sold
 * that day over what was usual for them.
 *
 * The factors are shrunk towards 1 by how much days scatter beyond what sums of independent series do (a moment estimate of the
 * variance that series share, Efron and Morris, 1975), so a grouping that says nothing does nothing.
 */
export function updateDays(ledger: Ledger, factors: Float64Array, { of, count }: Grouping): void {
  const { panel, known, demand, usual, weight } = ledger
  const { start, offsets } = panel
  const n = panel.ids.length
  const [first, last] = spanOf(ledger)
  const days = Math.max(0, last - first)
  const rows = count * days
  const had = new Float64Array(rows)
  const due = new Float64Array(rows)
  const squares = new Float64Array(rows)
  const dueSquares = new Float64Array(rows)
  for (let i = 0; i < n; i++) {
    let row = at(of, i) * days + at(start, i) - first
    for (let k = at(offsets, i); k < at(offsets, i + 1); k++, row++) {
      const w = at(weight, k)
      if (!(w > 0)) continue
      const plain = (w * at(usual, k)) / at(factors, k)
      const sold = w * bounded(at(demand, k), plain / w)
      had[row] = at(had, row) + sold
      due[row] = at(due, row) + plain
      squares[row] = at(squares, row) + (sold - plain) ** 2
      dueSquares[row] = at(dueSquares, row) + plain * plain
    }
  }
  const prior = priorOf(had, due, squares, dueSquares)
  for (let i = 0; i < n; i++) {
    let row = at(of, i) * days + at(start, i) - first
    for (let k = at(offsets, i); k < at(offsets, i + 1); k++, row++) {
      if (at(known, k) === 0) continue
      const w = at(weight, k)
      const plain = at(usual, k) / at(factors, k)
      const own = w > 0 ? w * bounded(at(demand, k), plain) : 0
      const factor =
        prior === Number.POSITIVE_INFINITY
          ? 1
          : (Math.max(0, at(had, row) - own) + prior) / (Math.max(0, at(due, row) - w * plain) + prior)
      factors[k] = factor
      usual[k] = plain * factor
    }
  }
}

/** A single order of many times the usual says nothing of a whole group's day. */
const MOST_TIMES = 8

function bounded(demand: number, usual: number): number {
  return Math.min(demand, MOST_TIMES * usual)
}

/** Expected units that the belief in an ordinary day counts for; infinite where days of a group have nothing in common. */
function priorOf(had: Float64Array, due: Float64Array, squares: Float64Array, dueSquares: Float64Array): number {
  let shared = 0
  let pairs = 0
  let scatter = 0
  let total = 0
  for (let row = 0; row < had.length; row++) {
    shared += (at(had, row) - at(due, row)) ** 2 - at(squares, row)
    pairs += at(due, row) ** 2 - at(dueSquares, row)
    scatter += at(squares, row)
    total += at(due, row)
  }
  if (!(shared > 0) || !(pairs > 0) || !(total > 0)) return Number.POSITIVE_INFINITY
  return scatter / total / (shared / pairs)
}

function spanOf({ panel: { ids, start, offsets } }: Ledger): readonly [number, number] {
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for (let i = 0; i < ids.length; i++) {
    const length = at(offsets, i + 1) - at(offsets, i)
    if (length === 0) continue
    first = Math.min(first, at(start, i))
    last = Math.max(last, at(start, i) + length)
  }
  return [first, last]
}
