import { at } from '../../core/panel.ts'
import { logLikelihood } from './kernel.ts'
import { Known, type Ledger } from './ledger.ts'

/** How a level follows demand: slowly, and by how a few days about it depart from that, which counts for as many usual days. */
interface Pace {
  readonly slow: number
  readonly fast?: number
  readonly prior?: number
}

/** Half-lives in periods; a series takes the pace that foretells its days in stock best from those on both sides. */
const PACES: readonly Pace[] = [
  { slow: 120 },
  { slow: 30 },
  { slow: 12 },
  { slow: 60, fast: 5, prior: 8 },
  { slow: 60, fast: 5, prior: 3 },
  { slow: 60, fast: 3, prior: 2 },
]

/** A level is at most this multiple of the slow one, lest one large order speak for the days about it. */
const MOST_TIMES = 8
/** Scatter at which paces are compared: near 2 so that large orders decide little. */
const SCATTER = 2
/** Days of the whole panel that count beside a series' own when its pace is chosen. */
const PRIOR_DAYS = 20

/** What paces scored in the round before, a series' scores one after the other. */
export interface Paces {
  readonly scores: Float64Array
  readonly days: Float64Array
}

export const openPaces = (series: number): Paces => ({
  scores: new Float64Array(series * PACES.length),
  days: new Float64Array(series),
})

/**
 * Replaces the level within what is usual by one smoothed over the days on both sides of each, its own left out: exponentially weighted demand
 * over exponentially weighted expectation (`shape`, what is usual at level 1).
 */
export function updateLevels(ledger: Ledger, shape: Float64Array, paces: Paces, unit: number): void {
  const { panel, usual } = ledger
  const n = panel.ids.length
  let longest = 0
  for (let i = 0; i < n; i++) longest = Math.max(longest, at(panel.offsets, i + 1) - at(panel.offsets, i))
  const room = roomOf(longest)
  paces.scores.fill(0)
  paces.days.fill(0)
  const pooled = new Float64Array(PACES.length)
  let days = 0
  const levelled = PACES.map(() => new Float64Array(usual.length))
  for (let i = 0; i < n; i++) {
    const from = at(panel.offsets, i)
    const to = at(panel.offsets, i + 1)
    for (let c = 0; c < PACES.length; c++) {
      const level = levelled[c] as Float64Array
      smooth(ledger, shape, from, to, PACES[c] as Pace, room, level)
      const [score, seen] = scoreOf(ledger, level, from, to, unit)
      paces.scores[i * PACES.length + c] = score
      paces.days[i] = seen
      pooled[c] = at(pooled, c) + score
    }
    days += at(paces.days, i)
  }
  for (let i = 0; i < n; i++) {
    let best = 0
    let most = Number.NEGATIVE_INFINITY
    for (let c = 0; c < PACES.length; c++) {
      const score = at(paces.scores, i * PACES.length + c) + (PRIOR_DAYS * at(pooled, c)) / Math.max(1, days)
      if (score > most) [best, most] = [c, score]
    }
    usual.set(
      (levelled[best] as Float64Array).subarray(at(panel.offsets, i), at(panel.offsets, i + 1)),
      at(panel.offsets, i),
    )
  }
}

/** How well a level foretells the days in stock. */
function scoreOf(
  { known, sales }: Ledger,
  level: Float64Array,
  from: number,
  to: number,
  unit: number,
): [number, number] {
  let score = 0
  let days = 0
  for (let k = from; k < to; k++) {
    if (at(known, k) !== Known.sales || !(at(level, k) > 0)) continue
    score += logLikelihood(at(sales, k) / unit, at(level, k) / unit, SCATTER)
    days++
  }
  return [score, days]
}

interface Room {
  readonly had: Float64Array
  readonly due: Float64Array
  readonly slow: Float64Array
}

const roomOf = (length: number): Room => ({
  had: new Float64Array(length),
  due: new Float64Array(length),
  slow: new Float64Array(length),
})

function smooth(
  { demand, weight }: Ledger,
  shape: Float64Array,
  from: number,
  to: number,
  { slow, fast, prior = 0 }: Pace,
  room: Room,
  level: Float64Array,
): void {
  const length = to - from
  let had = 0
  let due = 0
  let cells = 0
  for (let k = from; k < to; k++) {
    const w = at(weight, k)
    had += w * at(demand, k)
    due += w * at(shape, k)
    cells += w
  }
  if (!(due > 0)) {
    level.fill(Number.NaN, from, to)
    return
  }
  const ratio = had / due
  const mean = due / cells
  bothSides(
    length,
    slow,
    room,
    (k) => at(weight, from + k) * at(demand, from + k),
    (k) => at(weight, from + k) * at(shape, from + k),
  )
  // Half a day of the whole past, where all days about are without stock.
  for (let k = 0; k < length; k++)
    room.slow[k] = (at(room.had, k) + 0.5 * mean * ratio) / (at(room.due, k) + 0.5 * mean)
  if (fast === undefined) {
    for (let k = 0; k < length; k++) level[from + k] = at(room.slow, k) * at(shape, from + k)
    return
  }
  const due1 = (k: number) => at(weight, from + k) * at(shape, from + k) * at(room.slow, k)
  bothSides(
    length,
    fast,
    room,
    (k) => Math.min(at(weight, from + k) * at(demand, from + k), MOST_TIMES * due1(k)),
    due1,
  )
  for (let k = 0; k < length; k++) {
    const belief = prior * mean * ratio
    const mood = belief > 0 ? (at(room.had, k) + belief) / (at(room.due, k) + belief) : 1
    level[from + k] = at(room.slow, k) * mood * at(shape, from + k)
  }
}

/** Exponentially weighted sums of two things over the days before and after each. */
function bothSides(
  length: number,
  halfLife: number,
  room: Room,
  hadAt: (k: number) => number,
  dueAt: (k: number) => number,
): void {
  const keep = 0.5 ** (1 / halfLife)
  let had = 0
  let due = 0
  for (let k = 0; k < length; k++) {
    room.had[k] = had
    room.due[k] = due
    had = keep * (had + hadAt(k))
    due = keep * (due + dueAt(k))
  }
  had = 0
  due = 0
  for (let k = length - 1; k >= 0; k--) {
    room.had[k] = at(room.had, k) + had
    room.due[k] = at(room.due, k) + due
    had = keep * (had + hadAt(k))
    due = keep * (due + dueAt(k))
  }
}
