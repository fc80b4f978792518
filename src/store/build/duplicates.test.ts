import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Calendar } from '../../core/calendar.ts'
import type { Staged } from '../../ingest/staged.ts'
import { rowsOf } from '../sql.ts'
import { sumSales } from './sales.ts'

const staged: Staged = {
  kind: 'sales',
  relation: 'staged',
  columns: [
    { name: 'item', source: 'item', role: 'key', type: 'category', guessed: false },
    { name: '__at', source: 'date', role: 'date', type: 'time', guessed: false },
    { name: '__target', source: 'units', role: 'target', type: 'number', guessed: false },
  ],
  keys: ['item'],
  files: [],
  rows: 0,
  rejected: { count: 0, byCode: {} },
  hasOrigin: false,
  transactions: false,
  notices: [],
}

const HOUR = 3_600_000

test('identical rows count once and differing ones add up, for every length of period, as counted by hand', async () => {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  const row = fc.record({
    item: fc.constantFrom('a', 'b'),
    // Some steps fall on whole hours, some between them, so that slots collide with and without equal time stamps.
    step: fc.constantFrom(0, 0.5, 1, 5, 24, 24.5, 30, 7 * 24, 40 * 24, 40.5 * 24, 100 * 24, 400 * 24),
    units: fc.constantFrom(1, 2, null),
  })
  const units = fc.constantFrom('hour', 'day', 'week', 'month', 'quarter', 'year')
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 25 }), units, async (rows, unit) => {
      const calendar = new Calendar({ unit, weekStart: 2 })
      const from = Date.UTC(2025, 11, 30)
      await connection.run('CREATE OR REPLACE TEMP TABLE staged (item VARCHAR, __at TIMESTAMP, __target DOUBLE)')
      const values = rows.map((r) => `('${r.item}', make_timestamp(${(from + r.step * HOUR) * 1000}), ${r.units})`)
      await connection.run(`INSERT INTO staged VALUES ${values.join(', ')}`)
      const { findings } = await sumSales(connection, staged, calendar)

      const distinct = new Map(rows.map((r) => [`${r.item} ${r.step} ${r.units}`, r]))
      const sums = new Map<string, number | null>()
      const stamps = new Map<string, number>()
      for (const r of distinct.values()) {
        const key = `${r.item} ${calendar.of(from + r.step * HOUR)}`
        const sum = sums.get(key) ?? null
        sums.set(key, r.units === null ? sum : (sum ?? 0) + r.units)
        stamps.set(`${r.item} ${r.step}`, (stamps.get(`${r.item} ${r.step}`) ?? 0) + 1)
      }
      const found = await rowsOf<{ item: string; period: number; __target: number | null }>(
        connection,
        'SELECT item, __period AS period, __target FROM sales_periods',
      )
      expect(new Map(found.map((f) => [`${f.item} ${f.period}`, f.__target]))).toEqual(sums)
      const count = (finding: string) => findings.find((f) => f.finding === finding)?.count ?? 0
      expect(count('identicalRows')).toBe(rows.length - distinct.size)
      expect(count('severalRows')).toBe([...stamps.values()].reduce((sum, n) => sum + (n > 1 ? n : 0), 0))
    }),
    { numRuns: 60 },
  )
  connection.closeSync()
  instance.closeSync()
})
