import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { CsvWriter } from './csv.ts'

const dir = mkdtempSync(join(tmpdir(), 'foretide-csv-'))
afterAll(() => rmSync(dir, { recursive: true }))

/** What a writer makes of one cell. */
function cellOf(write: (out: CsvWriter) => void): string {
  const out = new CsvWriter(join(dir, 'cell.csv'), ['a'])
  write(out)
  out.end()
  out.close()
  return readFileSync(out.path, 'utf8').slice(2, -1)
}

test('a number is written to its decimals, without zeros at the end', () => {
  const written = (value: number, decimals: number) => cellOf((out) => out.number(value, decimals))
  expect(written(0, 2)).toBe('0')
  expect(written(12.5, 4)).toBe('12.5')
  expect(written(0.05, 2)).toBe('0.05')
  expect(written(-3.999, 2)).toBe('-4')
  expect(written(-0.001, 2)).toBe('0')
  expect(written(1234567890, 0)).toBe('1234567890')
  expect(written(Number.NaN, 2)).toBe('')
  fc.assert(
    fc.property(fc.double({ min: -1e7, max: 1e7, noNaN: true }), fc.integer({ min: 0, max: 6 }), (value, decimals) => {
      const text = written(value, decimals)
      expect(text).toMatch(/^-?\d+(\.\d*[1-9])?$/)
      expect(Math.abs(Number(text) - value)).toBeLessThanOrEqual(0.5 * 10 ** -decimals * (1 + 1e-6) + 1e-9)
    }),
    { numRuns: 200 },
  )
})

test('a text is quoted where it must be, and any text comes back', () => {
  const back = (cell: string) => (cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell)
  expect(cellOf((out) => out.text('绿茶, 100 g'))).toBe('"绿茶, 100 g"')
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(back(cellOf((out) => out.text(text)))).toBe(text)
    }),
    { numRuns: 100 },
  )
})

test('rows that fill the buffer many times are all there', () => {
  const out = new CsvWriter(join(dir, 'long.csv'), ['n', 'text'])
  const text = new TextEncoder().encode('x'.repeat(100))
  for (let n = 0; n < 30_000; n++) out.number(n).bytes(text).end()
  out.close()
  const lines = readFileSync(out.path, 'utf8').split('\n')
  expect(out.rows).toBe(30_000)
  expect(lines.length).toBe(30_002)
  expect(lines[29_999]).toBe(`29998,${'x'.repeat(100)}`)
})
