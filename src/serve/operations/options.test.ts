import { expect, test } from 'vitest'
import { z } from 'zod'
import { READING, readingOf } from './options.ts'

const reading = z.strictObject(READING)

test('numbered periods, tabs and kinds of dates are read from words', () => {
  const given = readingOf(reading.parse({ periods: '1989-09-14,week,40', delimiter: 'tab', excelDates: true }))
  expect(given).toEqual({
    periods: { origin: '1989-09-14', unit: 'week', first: 40 },
    delimiter: '\t',
    excelDates: true,
  })
  for (const periods of ['1989-09-14', 'soon,week', '1989-09-14,fortnight', '1989-09-14,week,x'])
    expect(reading.safeParse({ periods }).error?.issues[0]?.message).toContain('1989-09-14,week,1')
})
