import { expect, test } from 'vitest'
import { Calendar } from '../../core/calendar.ts'
import { at, Mask, type Panel, panelOf } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { memorySource } from '../../store/source.ts'
import { windowAt } from '../../store/window.ts'
import type { Derived } from './derived.ts'
import { GroupTable } from './group-features.ts'
import { Rows } from './rows.ts'
import { similar } from './similar.ts'

const HORIZON = 4
const CUTOFF = 39
const calendar = new Calendar({ unit: 'day' })

const panel = panelOf(
  Array.from({ length: 5 }, (_, i) => {
    const random = Random.of(1, `derived ${i}`)
    const length = CUTOFF + 1 + HORIZON
    const values = Array.from({ length }, (_, t) => (t % 13 === 5 ? Number.NaN : 10 * random.uniform()))
    return {
      id: `s${i}`,
      start: 0,
      values,
      mask: values.map((_, t) => ((t + i) % 9 === 0 ? Mask.closed : (t + i) % 4 === 0 ? Mask.censored : 0)),
      columns: {
        price: values.map(() => random.uniform()),
        asked: values.map((y) => 2 * y),
        deal: values.map(() => (random.uniform() < 0.3 ? 1 : 0)),
      },
    }
  }),
  { calendar, knownAhead: ['price', 'deal'], statics: { kind: [0, 1, 0, 1, 0] }, categories: { kind: ['a', 'b'] } },
)

async function split(): Promise<{ past: Panel; known: Panel }> {
  const window = windowAt(memorySource(panel), CUTOFF, HORIZON)
  const [past] = await Array.fromAsync(window.past())
  const [known] = await Array.fromAsync(window.known())
  return { past: past as Panel, known: known as Panel }
}

/** The columns of one row. */
async function valuesOf(
  derived: Derived,
  series: number,
  origin: number,
  own: number,
): Promise<Record<string, number>> {
  const rows = new Rows(1)
  rows.count = 1
  rows.local[0] = series
  rows.origin[0] = origin
  rows.own[0] = own
  const columns = derived.features.map(() => new Float32Array(1))
  derived.fill(await split(), rows, columns)
  return Object.fromEntries(derived.features.map(({ name }, f) => [name, at(columns[f] as Float32Array, 0)]))
}

const cell = (series: number, t: number) => series * (CUTOFF + 1 + HORIZON) + t
const demand = (series: number, t: number) =>
  (at(panel.mask, cell(series, t)) & Mask.closed) !== 0 ? Number.NaN : at(panel.target, cell(series, t))
const column = (name: string, series: number, t: number) => at(panel.columns.get(name)?.values ?? [], cell(series, t))
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length
const seen = (values: readonly number[]) => values.filter((x) => !Number.isNaN(x))
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, k) => from + k)

test.each([
  [0, 30, 33],
  [3, 20, 21],
  [4, CUTOFF, CUTOFF + 3],
  [2, CUTOFF, CUTOFF + 1],
])('similar days of series %i from %i to %i are weighed as the formula says', async (series, origin, own) => {
  const widths = [0.2, 0.5]
  const options = { columns: ['price', 'deal'], widths, window: 20, halfLife: 5, season: 7, phase: 2 }
  const found = await valuesOf(similar(options), series, origin, own)
  const days = range(origin - 19, origin).filter((t) => !Number.isNaN(demand(series, t)))
  const plain = mean(days.map((t) => demand(series, t)))
  const likeness = (c: number, t: number) => {
    const name = options.columns[c] as string
    return Math.exp(-Math.abs(column(name, series, own) - column(name, series, t)) / at(widths, c))
  }
  const expected = (weight: (t: number) => number) => {
    const total = days.reduce((sum, t) => sum + weight(t), 0.05)
    return days.reduce((sum, t) => sum + weight(t) * demand(series, t), 0.05 * plain) / total
  }
  const recent = (t: number) => 0.5 ** ((origin - t) / 5)
  const phase = (t: number) => ((own - t) % 7 === 0 ? 3 : 1)
  expect(found.similar_days).toBeCloseTo(
    expected((t) => recent(t) * phase(t) * likeness(0, t) * likeness(1, t)),
    4,
  )
  expect(found.similar_price).toBeCloseTo(
    expected((t) => recent(t) * likeness(0, t)),
    4,
  )
  expect(found.similar_deal).toBeCloseTo(
    expected((t) => recent(t) * likeness(1, t)),
    4,
  )
})

test.each([
  [0, 30, 33],
  [3, 20, 29],
  [4, CUTOFF, CUTOFF + 3],
])('the doings of the group of series %i from %i to %i are means over its members', async (series, origin, own) => {
  const table = new GroupTable({
    columns: ['kind'],
    known: ['price'],
    of: ['asked'],
    widths: [0.3],
    season: 7,
    window: 21,
  })
  const { past, known } = await split()
  table.add(past, known)
  const found = await valuesOf(table.done(), series, origin, own)
  const members = range(0, 4).filter((i) => i % 2 === series % 2)
  const ofDay = (t: number) => {
    const values = seen(members.map((i) => demand(i, t)))
    return values.length > 0 ? mean(values) : Number.NaN
  }
  // A day on which nobody was seen counts as nothing within a mean over days.
  const over = (from: number, to: number, of: (t: number) => number) => mean(range(from, to).map((t) => of(t) || 0))
  const usual = over(origin - 20, origin, ofDay)
  const newest = over(origin - 6, origin, ofDay)
  const last = own - 7 * Math.ceil((own - origin) / 7)
  const price = (t: number) => mean(members.map((i) => column('price', i, t)))
  expect(found.group_kind_trend).toBeCloseTo(newest / usual, 4)
  expect(found.group_kind_last).toBeCloseTo(ofDay(origin) / newest, 4)
  expect(found.group_kind_season).toBeCloseTo(
    mean(seen([0, 7, 14, 21].map((k) => (last >= k ? ofDay(last - k) : Number.NaN)))) / usual,
    4,
  )
  expect(found.group_kind_season_last).toBeCloseTo(ofDay(last) / newest, 4)
  // Days without sales were asked for, too.
  const asked = (t: number) => mean(seen(members.map((i) => column('asked', i, t))))
  const askedUsually = over(origin - 20, origin, asked)
  expect(found.group_kind_asked_trend).toBeCloseTo(over(origin - 6, origin, asked) / askedUsually, 4)
  expect(found.group_kind_asked_season).toBeCloseTo(
    mean(seen([0, 7, 14, 21].map((k) => (last >= k ? asked(last - k) : Number.NaN)))) / askedUsually,
    4,
  )
  const short = (t: number) => mean(members.map((i) => ((at(panel.mask, cell(i, t)) & Mask.censored) !== 0 ? 1 : 0)))
  expect(found.group_kind_censored).toBeCloseTo(over(origin - 6, origin, short), 4)
  expect(found.group_kind_price_shift).toBeCloseTo(price(own) - over(origin - 20, origin, price), 4)
  expect(found.group_kind_price_gap).toBeCloseTo(column('price', series, own) - price(own), 4)
  const days = range(origin - 20, origin).filter((t) => !Number.isNaN(ofDay(t)))
  const weight = (t: number) => Math.exp(-Math.abs(price(t) - price(own)) / 0.3)
  const alike = days.reduce((s, t) => s + weight(t) * ofDay(t), 0) / days.reduce((s, t) => s + weight(t), 0)
  expect(found.group_kind_price_similar).toBeCloseTo(alike / usual, 4)
})
