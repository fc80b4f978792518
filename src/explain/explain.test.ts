import { expect, test } from 'vitest'
import { Calendar } from '../core/calendar.ts'
import { at, panelOf } from '../core/panel.ts'
import { Random } from '../core/random.ts'
import { runOf } from '../core/run.ts'
import { modelNamed } from '../models/registry.ts'
import { memorySource } from '../store/source.ts'
import { windowAt } from '../store/window.ts'
import { explainForecast, PARTS } from './explain.ts'
import { changeOf, changeSentence, sentenceOf } from './sentence.ts'

const run = runOf({ threads: 1 })
const calendar = new Calendar({ unit: 'day' })
const LENGTH = 91
/** Days of the horizon on which a promotion is planned. */
const PLANNED = new Set([85, 86])

/** Twelve products that sell double under a promotion, more on weekends; the last week is the horizon. */
const panel = panelOf(
  Array.from({ length: 12 }, (_, i) => {
    const random = Random.of(i, 'explain')
    const promo = Array.from({ length: LENGTH }, (_, t) =>
      t < 84 ? ((t + 3 * i) % 11 < 2 ? 1 : 0) : PLANNED.has(t) ? 1 : 0,
    )
    const level = 30 + 5 * i
    const values = promo.map((p, t) => random.poisson(level * (t % 7 >= 5 ? 1.5 : 0.8) * (p ? 2 : 1)))
    return { id: `item ${i}`, start: 0, values, columns: { promo, price: promo.map(() => 9.9) } }
  }),
  { calendar, keys: ['item'], knownAhead: ['promo', 'price'] },
)
const window = windowAt(memorySource(panel), 83, 7)

test('parts add up to the forecast, a planned promotion is where it is planned, and nothing else is blamed on it', async () => {
  const fitted = await modelNamed('boosting-fast').fit(window, run)
  const [one] = await explainForecast(fitted, window, { ids: ['item 4'] }, run)
  if (!one) throw new Error('nothing explained')
  for (let h = 0; h < 7; h++) {
    const sum = PARTS.reduce((total, part) => total + (one.parts[part]?.[h] ?? 0), 0)
    expect(sum).toBeCloseTo(one.mean[h] as number, 9)
  }
  const promotion = one.parts.promotion as readonly number[]
  const calm = [0, 3, 4, 5, 6].map((h) => Math.abs(promotion[h] as number))
  for (const h of [1, 2]) {
    expect(promotion[h]).toBeGreaterThan(0.25 * (one.mean[h] as number))
    expect(promotion[h]).toBeLessThan(0.65 * (one.mean[h] as number))
  }
  expect(Math.max(...calm)).toBeLessThan(0.3 * Math.min(promotion[1] as number, promotion[2] as number))
  expect(Math.max(...(one.parts.price as readonly number[]).map(Math.abs))).toBeLessThan(1e-9)
  // Day 89 and 90 of a calendar whose phase 5 and 6 are busy.
  const season = one.parts.season as readonly number[]
  const busy = Array.from({ length: 7 }, (_, h) => h).filter((h) => (84 + h) % 7 >= 5)
  expect(Math.min(...busy.map((h) => season[h] as number))).toBeGreaterThan(0)
})

test('a model that sees nothing but the series has nothing but level, trend, season and rest', async () => {
  const fitted = await modelNamed('profile-average').fit(window, run)
  const explained = await explainForecast(fitted, window, { ids: ['item 0', 'item 7'] }, run)
  for (const { parts, mean } of explained) {
    for (const part of ['promotion', 'price', 'neighbours'] as const)
      expect(Math.max(...(parts[part] ?? []).map(Math.abs))).toBe(0)
    expect((parts.level ?? [])[0]).toBeGreaterThan(0.5 * at(mean, 0))
  }
  expect(explained.map(({ id }) => id)).toEqual(['item 0', 'item 7'])
})

test('it is said in both languages, and what changed since the last forecast, too', async () => {
  const earlier = windowAt(memorySource(panel), 80, 7)
  const model = modelNamed('boosting-fast')
  const explain = async (w: typeof window) =>
    (await explainForecast(await model.fit(w, run), w, { ids: ['item 4'] }, run))[0] as Awaited<
      ReturnType<typeof explainForecast>
    >[number]
  const [before, after] = [await explain(earlier), await explain(window)]
  expect(sentenceOf(after, 'en')).toMatch(
    /^item 4: [\d,.]+ units expected from 1970-03-26 to 1970-04-01; .* by the recent level, .*promotions \+/,
  )
  expect(sentenceOf(after, 'zh')).toMatch(/^item 4：1970-03-26 至 1970-04-01 预计 .*促销 \+/)
  const change = changeOf(before, after)
  if (!change) throw new Error('nothing in common')
  expect(change.dates).toHaveLength(4)
  const total = Object.values(change.parts).reduce((sum, x) => sum + (x ?? 0), 0)
  expect(total).toBeCloseTo(change.after - change.before, 8)
  expect(changeSentence(change, 'en')).toMatch(/went from [\d,.]+ to [\d,.]+ units/)
  expect(changeOf(before, { ...after, dates: after.dates.map(() => '2030-01-01') })).toBeUndefined()
})

test('a series that there is not is refused by name', async () => {
  const fitted = await modelNamed('naive').fit(window, run)
  await expect(explainForecast(fitted, window, { ids: ['tea'] }, run)).rejects.toThrow(/no series 'tea'.*item 0/)
})
