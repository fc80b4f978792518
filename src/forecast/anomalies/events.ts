import { at, type Column } from '../../core/panel.ts'

/** A known column as one series sees it: how far it is from its usual value. */
export interface Event {
  /** The column, and for a category its text too. */
  readonly key: string
  readonly column: string
  /** One number a cell: 0 where the column is as usual, within −1 … 1 or a logarithm of prices elsewhere. */
  readonly x: Float64Array
  /** Cells at which the column is out of the ordinary; they alone have an effect. */
  readonly active: Int32Array
}

/** A column is as usual at its commonest value, if at least so many cells have it. */
const USUAL_SHARE = 0.4
/** A category has an effect for each of so many unusual values. */
const MOST_CATEGORIES = 6

/** The events of one series in columns cut to it; a column without a usual value cannot be out of the ordinary, and is left out. */
export function eventsOf(columns: readonly Pick<Column, 'name' | 'values' | 'categories'>[]): Event[] {
  const found: Event[] = []
  for (const { name, values, categories } of columns) {
    const tally = tallyOf(values)
    if (tally.size < 2) continue
    const [usual, count] = commonest(tally)
    if (count < USUAL_SHARE * values.length) continue
    if (categories) found.push(...categoryEvents(name, values, tally, usual, categories))
    else found.push(numberEvent(name, values, usual))
  }
  return found
}

function tallyOf(values: Float64Array): Map<number, number> {
  const tally = new Map<number, number>()
  for (let t = 0; t < values.length; t++) {
    const v = at(values, t)
    if (!Number.isNaN(v)) tally.set(v, (tally.get(v) ?? 0) + 1)
  }
  return tally
}

function commonest(tally: Map<number, number>): readonly [value: number, count: number] {
  let best: readonly [number, number] = [Number.NaN, 0]
  for (const [value, count] of tally)
    if (count > best[1] || (count === best[1] && value < best[0])) best = [value, count]
  return best
}

function numberEvent(name: string, values: Float64Array, usual: number): Event {
  const x = new Float64Array(values.length)
  const priced = usual > 0 && values.every((v) => Number.isNaN(v) || v > 0)
  let most = 0
  for (let t = 0; t < values.length; t++) {
    const v = at(values, t)
    if (Number.isNaN(v) || v === usual) continue
    x[t] = priced ? Math.log(v / usual) : v - usual
    most = Math.max(most, Math.abs(at(x, t)))
  }
  if (!priced) for (let t = 0; t < x.length; t++) x[t] = at(x, t) / most
  return eventOf(name, name, x)
}

function categoryEvents(
  name: string,
  values: Float64Array,
  tally: Map<number, number>,
  usual: number,
  texts: readonly string[],
): Event[] {
  const unusual = [...tally].filter(([value]) => value !== usual).sort((a, b) => b[1] - a[1] || a[0] - b[0])
  return unusual.slice(0, MOST_CATEGORIES).map(([value]) =>
    eventOf(
      `${name}=${texts[value] ?? value}`,
      name,
      Float64Array.from(values, (v) => (v === value ? 1 : 0)),
    ),
  )
}

function eventOf(key: string, column: string, x: Float64Array): Event {
  let count = 0
  for (let t = 0; t < x.length; t++) if (x[t] !== 0) count++
  const active = new Int32Array(count)
  let k = 0
  for (let t = 0; t < x.length; t++) if (x[t] !== 0) active[k++] = t
  return { key, column, x, active }
}

/** Waves of a long cycle, such as the year of days, as events of every cell, for series of at least two cycles; they explain nothing. */
export function wavesOf(start: number, length: number, cycle: number): Event[] {
  if (cycle < 8 || length < 2 * cycle) return []
  const waves: Event[] = []
  for (const k of [1, 2, 3])
    for (const turn of [Math.sin, Math.cos]) {
      const x = Float64Array.from({ length }, (_, t) => turn((2 * Math.PI * k * (start + t)) / cycle))
      waves.push({ ...eventOf(`wave ${k} ${turn.name}`, '', x) })
    }
  return waves
}
