import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bar, number, percent, sparkline, table, widthOf } from './print.ts'

test('Chinese characters take two places, so that columns stand under each other', () => {
  expect(['abc', '乌龙茶', 'é', '（中）', ''].map(widthOf)).toEqual([3, 6, 1, 6, 0])
  expect(
    table(
      ['模型', 'n'],
      [
        ['乌龙茶', '1'],
        ['tea', '1,000'],
      ],
    ),
  ).toBe(['模型        n', '──────  ─────', '乌龙茶      1', 'tea     1,000'].join('\n'))
})

test('every line of a table is as wide as its columns, whatever is in them', () => {
  const cell = fc.stringMatching(/^[a-z0-9乌龙茶 ]{0,8}[a-z茶]$/)
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 6 }), (rows) => {
      const lines = table(['a', 'b', 'c'], rows).split('\n')
      expect(lines).toHaveLength(rows.length + 2)
      // All columns but the first are set to the right, so each line ends at the same place.
      expect(new Set(lines.map(widthOf)).size).toBe(1)
      rows.forEach((row, k) => {
        for (const text of row) expect(lines[k + 2]).toContain(text)
      })
    }),
  )
})

test('numbers are grouped, and what is no number is a dash', () => {
  expect([number(1234567.891, 1), number(0.5), number(-1234, 0, 'zh')]).toEqual(['1,234,567.9', '1', '-1,234'])
  expect([number(null), number(undefined), number(Number.NaN), number(Number.POSITIVE_INFINITY)]).toEqual([
    '–',
    '–',
    '–',
    '–',
  ])
  expect([percent(0.1234), percent(1, 0), percent(null)]).toEqual(['12.3 %', '100 %', '–'])
})

test('a bar is as long as its share, to an eighth of a place, and never longer than its width', () => {
  expect([bar(0, 8), bar(0.5, 8), bar(1, 8), bar(7, 8), bar(-1, 8)]).toEqual(['', '████', '████████', '████████', ''])
  expect(bar(1 / 16, 8)).toBe('▌')
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (share) => {
      expect(Math.abs([...bar(share, 20)].length - 20 * share)).toBeLessThanOrEqual(1)
    }),
  )
})

test('a line of values goes from low to high, with gaps where values are missing', () => {
  expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7])).toBe('▁▂▃▄▅▆▇█')
  expect(sparkline([5, null, 5])).toBe('▁ ▁')
  expect(sparkline([])).toBe('')
})
