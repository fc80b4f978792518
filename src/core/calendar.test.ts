import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Calendar, UNITS, wallClock } from './calendar.ts'

describe('Calendar', () => {
  test('round-trips every period of every unit and week start', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...UNITS),
        fc.integer({ min: 0, max: 6 }),
        fc.integer({ min: -300, max: 600 }),
        (unit, weekStart, p) => {
          const calendar = new Calendar({ unit, weekStart })
          expect(calendar.of(calendar.startOf(p))).toBe(p)
          expect(calendar.of(calendar.startOf(p + 1) - 1)).toBe(p)
          expect(calendar.parse(calendar.format(p))).toBe(p)
        },
      ),
    )
  })

  test('weeks begin on the chosen day', () => {
    for (let weekStart = 0; weekStart < 7; weekStart++) {
      const weeks = new Calendar({ unit: 'week', weekStart })
      const day = new Date(weeks.startOf(weeks.parse('2026-11-22'))).getUTCDay()
      expect((day + 6) % 7).toBe(weekStart)
    }
  })

  test('knows months, quarters and years, before 1970 too', () => {
    expect(new Calendar({ unit: 'month' }).parse('1970-02-28')).toBe(1)
    expect(new Calendar({ unit: 'month' }).format(-1)).toBe('1969-12-01')
    expect(new Calendar({ unit: 'quarter' }).format(new Calendar({ unit: 'quarter' }).parse('2026-11-22'))).toBe(
      '2026-10-01',
    )
    expect(new Calendar({ unit: 'year' }).parse('2026-11-22')).toBe(56)
  })

  test('counts on the wall clock of its zone', () => {
    const shanghai = new Calendar({ unit: 'day', zone: 'Asia/Shanghai' })
    expect(shanghai.format(shanghai.parse('2026-11-22T17:30:00Z'))).toBe('2026-11-23')
    expect(shanghai.format(shanghai.parse('2026-11-22T17:30:00+08:00'))).toBe('2026-11-22')
    expect(shanghai.format(shanghai.parse('2026-11-22 17:30'))).toBe('2026-11-22')
    const berlin = new Calendar({ unit: 'hour', zone: 'Europe/Berlin' })
    // Clocks go from 02:00 to 03:00 on 2026-03-29: the instant an hour later is two wall-clock hours later.
    const before = berlin.ofInstant(new Date('2026-03-29T00:30:00Z'))
    expect(berlin.ofInstant(new Date('2026-03-29T01:30:00Z')) - before).toBe(2)
    // They go back on 2026-10-25: both hours fall into the same one.
    expect(berlin.ofInstant(new Date('2026-10-25T00:30:00Z'))).toBe(berlin.ofInstant(new Date('2026-10-25T01:30:00Z')))
    expect(wallClock(new Date('2026-06-01T00:00:00.250Z'), 'Asia/Tokyo')).toBe(Date.UTC(2026, 5, 1, 9, 0, 0, 250))
  })

  test('refuses what is no date, zone, unit or week start, naming it', () => {
    const days = new Calendar({ unit: 'day' })
    for (const value of ['2026-02-30', '31/31/2026', '', '2026-13-01', 'tomorrow', '2026-1-1'])
      expect(() => days.parse(value)).toThrow(value)
    expect(() => new Calendar({ unit: 'fortnight' as 'day' })).toThrow('fortnight')
    expect(() => new Calendar({ unit: 'day', zone: 'Mars/Olympus' })).toThrow('Mars/Olympus')
    expect(() => new Calendar({ unit: 'week', weekStart: 7 })).toThrow('7')
  })
})
