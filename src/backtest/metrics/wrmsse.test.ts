import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Calendar } from '../../core/calendar.ts'
import { panelOf } from '../../core/panel.ts'
import { memorySource } from '../../store/source.ts'
import { windowAt } from '../../store/window.ts'
import { evaluationAt } from '../evaluation.ts'
import { settingsOf } from '../options.ts'
import { weightedRmsse } from './wrmsse.ts'

const calendar = new Calendar({ unit: 'day' })
const PAST = 12
const HORIZON = 3
const LEVELS = [[], ['store'], ['family'], ['store', 'family'], ['series']]

interface Item {
  store: string
  family: string
  units: number[]
  price: number[]
  mean: number[]
}

/** M5's definition, word for word over plain arrays: levels, nodes, scales from the first demand on, dollar weights. */
function bruteForce(items: readonly Item[], recent: number): number {
  let total = 0
  for (const level of LEVELS) {
    const nodes = new Map<string, Item[]>()
    items.forEach((item, i) => {
      const key = level.map((name) => (name === 'series' ? i : item[name as 'store' | 'family'])).join('|')
      nodes.set(key, [...(nodes.get(key) ?? []), item])
    })
    let weights = 0
    let sum = 0
    for (const members of nodes.values()) {
      const units = Array.from({ length: PAST + HORIZON }, (_, t) => members.reduce((s, m) => s + (m.units[t] ?? 0), 0))
      const past = units.slice(0, PAST)
      const begun = past.slice(past.findIndex((u) => u > 0) < 0 ? PAST : past.findIndex((u) => u > 0))
      const steps = begun.slice(1).map((u, t) => (u - (begun[t] as number)) ** 2)
      const scale = steps.reduce((a, b) => a + b, 0) / steps.length
      if (!(scale > 0)) continue
      const errors = Array.from({ length: HORIZON }, (_, h) =>
        members.reduce((s, m) => s + (m.mean[h] as number) - (m.units[PAST + h] as number), 0),
      )
      const weight = members.reduce(
        (s, m) =>
          s + m.units.slice(PAST - recent, PAST).reduce((w, u, t) => w + u * (m.price[PAST - recent + t] as number), 0),
        0,
      )
      weights += weight
      sum += weight * Math.sqrt(errors.reduce((s, e) => s + e * e, 0) / HORIZON / scale)
    }
    total += sum / weights
  }
  return total / LEVELS.length
}

const whole = (max: number, length: number) => fc.array(fc.nat(max), { minLength: length, maxLength: length })
const itemOf = fc.record({
  store: fc.constantFrom('north', 'south'),
  family: fc.constantFrom('tea', 'milk', 'rice'),
  units: whole(6, PAST + HORIZON).map((u) => u.with(PAST - 2, 3).with(PAST - 1, 1)),
  price: whole(9, PAST + HORIZON).map((p) => p.map((v) => v + 1)),
  mean: whole(8, HORIZON),
})

test('weighted RMSSE is that of M5, computed by brute force', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(itemOf, { minLength: 1, maxLength: 9 }),
      fc.integer({ min: 2, max: 8 }),
      async (items, recent) => {
        const texts = { store: ['north', 'south'], family: ['tea', 'milk', 'rice'] }
        const panel = panelOf(
          items.map(({ units, price }, i) => ({ id: `i${i}`, start: 0, values: units, columns: { price } })),
          {
            calendar,
            categories: texts,
            statics: {
              store: items.map((i) => texts.store.indexOf(i.store)),
              family: items.map((i) => texts.family.indexOf(i.family)),
            },
          },
        )
        const source = memorySource(panel)
        const hierarchy = { levels: LEVELS, weights: { price: 'price' }, recent }
        const settings = settingsOf({ horizon: HORIZON, hierarchy }, 1)
        const evaluation = await evaluationAt(source, windowAt(source, PAST - 1, HORIZON), settings)
        const mean = Float64Array.from(items.flatMap((i) => i.mean))
        const ours = weightedRmsse(
          evaluation.hierarchy as NonNullable<typeof evaluation.hierarchy>,
          { mean, horizon: HORIZON },
          evaluation.truth,
        )
        expect(ours.total).toBeCloseTo(bruteForce(items, recent), 9)
        expect(ours.levels).toHaveLength(LEVELS.length)
      },
    ),
    { numRuns: 60 },
  )
})
