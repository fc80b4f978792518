import { expect, test } from 'vitest'
import { Calendar } from '../../core/calendar.ts'
import { at, panelOf } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { runOf } from '../../core/run.ts'
import { memorySource } from '../../store/source.ts'
import { windowAt } from '../../store/window.ts'
import { clustersOf } from './clusters.ts'
import { embedSeries, similarTo } from './embed.ts'
import { pretrain } from './pretrain.ts'
import { PATCH } from './shape.ts'
import { textVector } from './texts.ts'

const run = runOf({ seed: 1, threads: 1 })

/** Series that sell at weekends, in spells or in ever larger amounts, at sizes a thousandfold apart. */
function shop() {
  const kinds = [
    (t: number, random: Random) => (random.poisson(80) / 80) * (t % 7 >= 5 ? 3 : 0.6),
    (_: number, random: Random) => (random.uniform() < 0.12 ? random.poisson(5) : 0),
    (t: number, random: Random) => Math.exp(t / 30) * (0.9 + 0.2 * random.uniform()),
  ]
  const series = Array.from({ length: 30 }, (_, i) => {
    const random = Random.of(i, 'kinds')
    const kind = kinds[i % 3] as (typeof kinds)[number]
    const values = Array.from({ length: 120 }, (_, t) => 10 ** (i % 4) * kind(t, random))
    return { id: `${i % 3}:${i}`, start: 0, values }
  })
  return windowAt(memorySource(panelOf(series, { calendar: new Calendar({ unit: 'day' }) })), 112, 7)
}

test('series that sell alike lie closest, whatever their size, and words count as much as they are told to', async () => {
  const network = { width: 32, layers: 1, heads: 2, hidden: 64 }
  const sizes = { context: 2 * PATCH, horizon: PATCH }
  const { kept } = await pretrain({ name: 'swell', network, batch: 64, steps: 150, rate: 3e-3, ...sizes }, run)
  const all = await embedSeries(kept, shop(), run)
  let alike = 0
  for (const id of all.ids) for (const other of similarTo(all, id, 3)) if (other.id[0] === id[0]) alike++
  expect(alike / 90).toBeGreaterThan(0.9)
  // Groups are the kinds, but for few.
  const { of } = clustersOf(all, 3)
  const pure = [0, 1, 2].map((g) => {
    const kinds = all.ids.filter((_, i) => of[i] === g).map((id) => id[0])
    return Math.max(...['0', '1', '2'].map((kind) => kinds.filter((k) => k === kind).length))
  })
  expect(pure.reduce((a, b) => a + b, 0)).toBeGreaterThanOrEqual(27)
  for (let i = 0; i < 30; i++)
    expect(Math.hypot(...all.vectors.subarray(i * all.width, (i + 1) * all.width))).toBeCloseTo(1, 4)
  // Words alone: the kind is not in them.
  const word = (id: string) => (Number(id.slice(2)) % 2 === 0 ? 'green tea' : 'garden chair')
  const told = await embedSeries(kept, shop(), run, { textOf: word, weight: 1 })
  for (const id of told.ids) for (const other of similarTo(told, id, 3)) expect(word(other.id)).toBe(word(id))
})

test('titles that share words or signs lie close', () => {
  const cosine = (a: string, b: string) => {
    const other = textVector(b)
    return textVector(a).reduce((sum, x, k) => sum + x * at(other, k), 0)
  }
  expect(cosine('Green Tea 100 g', 'green tea, 250 g')).toBeGreaterThan(0.6)
  expect(cosine('green teas', 'green tea')).toBeGreaterThan(0.6)
  expect(Math.abs(cosine('green tea', 'garden chair'))).toBeLessThan(0.35)
  expect(cosine('有机绿茶100克', '有机绿茶 250克')).toBeGreaterThan(0.5)
  expect(cosine('有机绿茶', '绿茶')).toBeGreaterThan(cosine('有机绿茶', '红酒') + 0.3)
  expect(cosine('', 'x')).toBe(0)
})
