import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RecordReader } from './records.ts'

const read = (pieces: readonly string[], columns: number) => {
  const reader = new RecordReader({ delimiter: ',', quote: '"' }, columns)
  const records = []
  for (const piece of pieces) {
    reader.push(piece)
    records.push(...reader.take(false))
  }
  records.push(...reader.take(true))
  return records
}
const quoted = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)
const cell = fc.string({ unit: fc.constantFrom('a', 'b', '1', ' ', ',', '"', '茶', '.'), maxLength: 6 })
const table = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 20 })

test('what a CSV writer writes is read back, however the text is cut into pieces', () => {
  fc.assert(
    fc.property(table, fc.constantFrom('\n', '\r\n', '\r'), fc.integer({ min: 1, max: 9 }), (rows, end, size) => {
      const text = rows.map((row) => row.map(quoted).join(',') + end).join('')
      const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []
      const want = rows.map((row) => [...row])
      expect(read(pieces, 3).map((record) => record.cells)).toEqual(want)
    }),
  )
})

test('one bad line among good ones costs itself only', () => {
  const bad = fc.constantFrom('1,"2,3', 'a', '1,2,3,4', '"x"y,2,3', '"')
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constant('7,8,9'), bad), { maxLength: 30 }), (rows) => {
      const records = read([rows.map((row) => `${row}\n`).join('')], 3)
      expect(records.filter((record) => !record.fault).length).toBe(rows.filter((row) => row === '7,8,9').length)
      expect(records.length).toBe(rows.length)
    }),
  )
})

test('a quoted cell may run over lines', () => {
  expect(read(['1,"two\nlines",3\n4,5,6\n'], 3).map((record) => record.cells)).toEqual([
    ['1', 'two\nlines', '3'],
    ['4', '5', '6'],
  ])
})
