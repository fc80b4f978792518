import { expect, test } from 'vitest'
import { Calendar } from '../core/calendar.ts'
import { panelOf } from '../core/panel.ts'
import { runOf } from '../core/run.ts'
import { memorySource } from '../store/source.ts'
import { windowAt } from '../store/window.ts'
import { DAY, dayOfText } from './days.ts'
import { featureBlocks } from './features.ts'
import { holidaysOf } from './holidays.ts'
import { lunarDate, lunarFestival } from './lunar.ts'
import { SHOPPING } from './shopping.ts'
import { featureSpec } from './spec.ts'

/** The values of period-wise features on some dates, each date the first step after a cutoff. */
async function on(unit: 'hour' | 'day' | 'week' | 'month', families: object[], dates: readonly string[]) {
  const calendar = new Calendar({ unit })
  const first = calendar.parse(dates.toSorted()[0] as string)
  const last = calendar.parse(dates.toSorted().at(-1) as string)
  const panel = panelOf([{ id: 'x', start: first, values: new Float64Array(last - first + 1) }], { calendar })
  for await (const { block } of featureBlocks(
    windowAt(memorySource(panel), last, 1),
    featureSpec({ families }),
    runOf({ threads: 1 }),
  ))
    return dates.map((date) => {
      const row = calendar.parse(date) - first
      return Object.fromEntries(block.features.map(({ name }, f) => [name, block.past[f * block.rows + row]]))
    })
  throw new Error('no block')
}
const dateOf = (day: number) => new Date(day * DAY).toISOString().slice(0, 10)

test('calendar terms of days checked by hand', async () => {
  const terms = [
    'dayOfWeek',
    'dayOfMonth',
    'dayOfYear',
    'daysInMonth',
    'weekOfYear',
    'weekOfMonth',
    'month',
    'quarter',
    'year',
    'weekend',
    'monthStart',
    'monthEnd',
  ]
  const rows = await on(
    'day',
    [{ family: 'calendar', terms }],
    ['2026-11-22', '2024-02-29', '2027-01-01', '2024-12-30'],
  )
  const values = rows.map((row) => terms.map((term) => row[term]))
  // A Sunday; the leap day, a Thursday; a Friday of 2026's 53rd week; a Monday that already belongs to week 1 of 2025.
  expect(values).toEqual([
    [6, 22, 326, 30, 47, 4, 11, 4, 2026, 1, 0, 0],
    [3, 29, 60, 29, 9, 5, 2, 1, 2024, 0, 0, 1],
    [4, 1, 1, 31, 53, 1, 1, 1, 2027, 0, 1, 0],
    [0, 30, 365, 31, 1, 5, 12, 4, 2024, 0, 0, 0],
  ])
})

test('cycles meet their ends, and longer periods count their weekends', async () => {
  const terms = ['dayOfWeekSin', 'dayOfWeekCos', 'monthCos', 'weekend']
  const [monday, january] = await on('day', [{ family: 'calendar', terms }], ['2026-11-23', '2026-01-03'])
  expect([monday?.dayOfWeekSin, monday?.dayOfWeekCos]).toEqual([0, 1])
  expect([january?.monthCos, january?.weekend]).toEqual([1, 1])
  const [month] = await on('month', [{ family: 'calendar', terms: ['weekend', 'daysInMonth'] }], ['2026-11-01'])
  // November 2026 begins on a Sunday: 5 Sundays and 4 Saturdays.
  expect(month).toEqual({ weekend: 9, daysInMonth: 30 })
  const [hour] = await on('hour', [{ family: 'calendar', terms: ['hour', 'hourSin', 'weekend'] }], ['2026-11-22T06:00'])
  expect(hour).toEqual({ hour: 6, hourSin: 1, weekend: 1 })
})

test('Fourier terms repeat with their season and leave out what is too fast', async () => {
  const seasons = [{ period: 4, order: 5 }]
  const rows = await on('day', [{ family: 'fourier', seasons }], ['1970-01-05', '1970-01-06', '1970-01-09'])
  expect(Object.keys(rows[0] ?? {})).toEqual(['sin_4_1', 'cos_4_1', 'cos_4_2'])
  expect(rows[0]).toEqual({ sin_4_1: 0, cos_4_1: 1, cos_4_2: 1 })
  expect(rows[1]?.sin_4_1).toBe(1)
  expect(rows[1]?.cos_4_2).toBe(-1)
  expect(rows[2]).toEqual(rows[0])
})

test('lunar festivals fall on the days that almanacs give', () => {
  const days = (name: Parameters<typeof lunarFestival>[0], years: number[]) =>
    years.map((year) => dateOf(lunarFestival(name, year).from))
  expect(days('springFestival', [2023, 2024, 2025, 2026, 2027])).toEqual([
    '2023-01-22',
    '2024-02-10',
    '2025-01-29',
    '2026-02-17',
    '2027-02-06',
  ])
  expect(days('midAutumn', [2024, 2025, 2026])).toEqual(['2024-09-17', '2025-10-06', '2026-09-25'])
  expect(days('dragonBoat', [2024, 2025, 2026])).toEqual(['2024-06-10', '2025-05-31', '2026-06-19'])
  expect(days('qixi', [2024, 2025, 2026])).toEqual(['2024-08-10', '2025-08-29', '2026-08-19'])
  expect(lunarDate(dayOfText('2026-02-17'))).toEqual({ month: 1, day: 1, leap: false })
  // 2025 had a second sixth month.
  expect(lunarDate(dayOfText('2025-07-25'))).toEqual({ month: 6, day: 1, leap: true })
})

test('distances to a festival count down, are zero on it, and stop at the cap', async () => {
  const family = { family: 'lunar', dates: false, festivals: ['springFestival'], cap: 20 }
  const dates = ['2026-01-01', '2026-02-10', '2026-02-17', '2026-02-20', '2026-04-01']
  const rows = await on('day', [family], dates)
  expect(rows.map((r) => r.springFestival_until)).toEqual([20, 7, 0, 20, 20])
  expect(rows.map((r) => r.springFestival_since)).toEqual([20, 20, 0, 3, 20])
  expect(rows.map((r) => r.springFestival)).toEqual([0, 0, 1, 0, 0])
})

test('shopping festivals fall on their days', () => {
  const day = (name: keyof typeof SHOPPING, year: number) => dateOf(SHOPPING[name](year).from)
  expect([2024, 2025, 2026].map((year) => day('blackFriday', year))).toEqual(['2024-11-29', '2025-11-28', '2026-11-27'])
  expect([2024, 2025, 2026].map((year) => day('cyberMonday', year))).toEqual(['2024-12-02', '2025-12-01', '2026-11-30'])
  expect([day('singlesDay', 2026), day('double12', 2026)]).toEqual(['2026-11-11', '2026-12-12'])
  expect(dateOf(SHOPPING.midYear618(2026).to)).toBe('2026-06-18')
})

test("the shop's own events lead up, last and fade", async () => {
  const own = [
    { name: 'prime', from: '2026-07-08', to: '2026-07-09' },
    { name: 'prime', from: '2026-10-06', to: '2026-10-07' },
  ]
  const family = { family: 'shopping', festivals: [], own, before: 5, after: 6 }
  const dates = ['2026-07-01', '2026-07-05', '2026-07-08', '2026-07-09', '2026-07-11', '2026-07-30', '2026-10-05']
  const rows = await on('day', [family], dates)
  expect(rows.map((r) => r.prime_until)).toEqual([5, 3, 0, 0, 5, 5, 1])
  expect(rows.map((r) => r.prime)).toEqual([0, 0, 1, 1, 0, 0, 0])
  expect(rows.map((r) => r.prime_since)).toEqual([6, 6, 0, 0, 2, 6, 6])
  expect(rows.map((r) => r.prime_fading)).toEqual([0, 0, 1, 1, 0.5, 0, 0])
})

test('public holidays of countries, states and languages', async () => {
  const days = (country: string, state: string | undefined, name: string) =>
    holidaysOf({ country, ...(state ? { state } : {}), types: ['public'], names: [], cap: 30 }, [2026])
      .filter((span) => span.name.includes(name))
      .map(({ from }) => dateOf(from))
  expect(days('CN', undefined, '国庆节')).toEqual(['2026-10-01', '2026-10-02', '2026-10-03'])
  expect(days('CN', undefined, 'Spring Festival')).toContain('2026-02-17')
  expect(days('US', undefined, 'Thanksgiving')).toEqual(['2026-11-26'])
  expect(days('DE', 'BY', 'Heilige Drei Könige')).toEqual(['2026-01-06'])
  expect(days('DE', undefined, 'Heilige Drei Könige')).toEqual([])
  expect(days('GB', undefined, 'Christmas Day')).toContain('2026-12-25')
  const family = { family: 'holidays', country: 'US', names: ['Thanksgiving'], cap: 10 }
  const rows = await on('day', [family], ['2026-11-20', '2026-11-26', '2026-11-28', '2026-12-25'])
  expect(rows.map((r) => r.holiday_US_until)).toEqual([6, 0, 10, 0])
  expect(rows.map((r) => r.holiday_US_since)).toEqual([9, 0, 2, 0])
  expect(rows.map((r) => r.holiday_US_Thanksgiving)).toEqual([0, 1, 0, 0])
  // Christmas Day and the day after, a Friday and a Saturday.
  const [week] = await on('week', [{ family: 'holidays', country: 'DE' }], ['2026-12-21'])
  expect(week?.holiday_DE_days).toBe(2)
})
