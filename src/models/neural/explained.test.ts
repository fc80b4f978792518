import { expect, test } from 'vitest'
import { Calendar } from '../../core/calendar.ts'
import { panelOf } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { runOf } from '../../core/run.ts'
import { memorySource } from '../../store/source.ts'
import { windowAt } from '../../store/window.ts'
import { shopPanel } from './examples/shop.case.ts'
import { explained } from './explained.ts'
import { learn } from './learned.ts'
import { neuralSettings } from './options.ts'

const run = runOf({ seed: 3, threads: 1 })
const settings = (examples: Record<string, unknown>, steps: number, dropout = 0) =>
  neuralSettings({
    name: 'tft',
    architecture: { name: 'tft', options: { width: 8, heads: 2, skip: false, dropout } },
    examples,
    training: { leastSteps: steps, mostSteps: steps, batch: 128, rate: 0.01 },
  })

const sum = (x: Iterable<number>) => [...x].reduce((a, b) => a + b, 0)

test('the column that matters is the one that is taken', async () => {
  // What sells depends on the promotion of the day and on nothing else; two other columns say nothing.
  const series = Array.from({ length: 20 }, (_, i) => {
    const random = Random.of(i, 'planted')
    const column = () => Array.from({ length: 60 }, () => (random.uniform() < 0.4 ? 1 : 0))
    const [promotion, noise, other] = [column(), column(), column()]
    return {
      id: `item ${i}`,
      start: 0,
      values: promotion.map((on) => 10 + 20 * on + random.normal()),
      columns: { noise, promotion, other },
    }
  })
  const panel = panelOf(series, {
    calendar: new Calendar({ unit: 'day' }),
    knownAhead: ['noise', 'promotion', 'other'],
  })
  const window = windowAt(memorySource(panel), 52, 5)
  const examples = { context: 10, calendar: false, age: false, size: false }
  const learned = await learn(window, settings(examples, 400, 0.2), run)
  const [first] = await explained(learned, window, run)
  const future = first?.future ?? {}
  expect(Object.keys(future).sort()).toEqual(['noise', 'other', 'promotion'])
  expect(sum(Object.values(future))).toBeCloseTo(1, 4)
  expect(future.promotion).toBeGreaterThan(1.3 * Math.max(future.noise as number, future.other as number))
})

test('shares are of the columns by name, and add up to 1', async () => {
  const window = windowAt(memorySource(shopPanel()), 79, 5)
  const examples = { context: 14, units: ['demand'], groups: [['store']], identity: true }
  const learned = await learn(window, settings(examples, 5), run)
  const all = await explained(learned, window, run)
  expect(all.map(({ id }) => id)).toEqual(shopPanel().ids)
  for (const { past, future, whole, attention } of all) {
    expect(Object.keys(past).sort()).toEqual(
      ['calendar', 'deal', 'demand', 'group: store', 'price', 'stock-out', 'target', 'views'].sort(),
    )
    expect(Object.keys(future).sort()).toEqual(['calendar', 'deal', 'price'])
    expect(Object.keys(whole).sort()).toEqual(['age', 'brand', 'identity', 'item', 'size', 'store', 'weight'])
    for (const shares of [past, future, whole]) expect(sum(Object.values(shares))).toBeCloseTo(1, 4)
    expect(attention).toHaveLength(5)
    for (const [h, row] of attention.entries()) {
      expect(sum(row)).toBeCloseTo(1, 4)
      // Nothing later than the step itself is looked at.
      expect(sum(row.subarray(14 + h + 1))).toBe(0)
    }
  }
})
