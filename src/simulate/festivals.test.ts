import { expect, test } from 'vitest'
import { daysOf } from './days.ts'
import { FESTIVALS, festivalEffect, moodCurves, occasionsOf } from './festivals.ts'
import type { Settings } from './options.ts'
import { DAYS } from './options.ts'

const dateOf = (locale: Settings['locale'], name: string, year: number) => {
  const festival = FESTIVALS[locale].find((f) => f.name === name)
  return DAYS.format(festival?.dateIn(year) ?? Number.NaN)
}

// Published by the State Council (CN) and the Office of Personnel Management (US).
test.each([
  [
    'CN',
    'Spring Festival',
    '2018-02-16 2019-02-05 2020-01-25 2021-02-12 2022-02-01 2023-01-22 2024-02-10 2025-01-29 2026-02-17',
  ],
  ['CN', 'Dragon Boat Festival', '2020-06-25 2021-06-14 2022-06-03 2023-06-22 2024-06-10 2025-05-31'],
  ['CN', 'Mid-Autumn Festival', '2021-09-21 2022-09-10 2023-09-29 2024-09-17 2025-10-06'],
  ['CN', '618', '2024-06-18'],
  ['CN', 'Double 11', '2025-11-11'],
  ['CN', 'Double 12', '2025-12-12'],
  ['US', 'Thanksgiving', '2022-11-24 2023-11-23 2024-11-28 2025-11-27'],
  ['US', 'Black Friday', '2022-11-25 2023-11-24 2024-11-29 2025-11-28'],
  ['US', 'Cyber Monday', '2022-11-28 2023-11-27 2024-12-02 2025-12-01'],
  ['US', 'Labor Day', '2023-09-04 2024-09-02 2025-09-01'],
  ['US', 'Memorial Day', '2021-05-31 2023-05-29 2024-05-27 2025-05-26'],
] as const)('%s: %s falls on its dates', (locale, name, dates) => {
  for (const date of dates.split(' ')) expect(dateOf(locale, name, Number(date.slice(0, 4)))).toBe(date)
})

test('a festival leads up, peaks, and leaves a hangover that fades', () => {
  const festival = FESTIVALS.CN.find((f) => f.name === '618')
  if (!festival) throw new Error('618 is missing')
  const effect = (offset: number) => festivalEffect(festival, offset)
  expect(effect(-festival.lead - 1)).toBe(0)
  expect(effect(-1)).toBeGreaterThan(effect(-4))
  expect(effect(-4)).toBeGreaterThan(0)
  expect(effect(0)).toBe(festival.during)
  expect(effect(1)).toBe(-festival.hangover)
  expect(effect(5)).toBeGreaterThan(effect(1))
  expect(effect(festival.length + festival.after)).toBe(0)
})

test('festivals of the years around reach into the days', () => {
  const days = daysOf('2024-01-20', 10, 0)
  const occasions = occasionsOf('CN', days)
  expect(occasions.map((o) => o.festival.name)).toContain('Spring Festival')
  const { gift } = moodCurves(occasions, days.total)
  expect(gift[9]).toBeGreaterThan(gift[0] as number)
})
