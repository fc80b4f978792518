import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runOf } from '../core/run.ts'
import { ingest } from './ingest.ts'
import type { IngestOptions, Input } from './options.ts'

const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '2GB' })
const connection = await instance.connect()
let dir = ''
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'foretide-test-'))
})
afterAll(() => {
  connection.closeSync()
  instance.closeSync()
  rmSync(dir, { recursive: true, force: true })
})

const rows = async (sql: string) => (await connection.runAndReadAll(sql)).getRowsJson() as unknown[][]
const read = (inputs: readonly (string | Input)[], options: IngestOptions = {}) =>
  ingest(connection, inputs, { quarantineDir: join(dir, 'quarantine'), ...options }, runOf())
function file(name: string, text: string): string {
  const path = join(dir, name)
  writeFileSync(path, text)
  return path
}
const dates = async (values: readonly string[], options: IngestOptions = {}) => {
  const [staged] = await read(
    [file('dates.csv', `date,item,units\n${values.map((v, i) => `"${v}",A,${i}\n`).join('')}`)],
    { as: 'sales', ...options },
  )
  return (await rows(`SELECT strftime(__at, '%Y-%m-%d %H:%M') FROM ${staged?.relation} ORDER BY __target`)).map(
    ([at]) => String(at).replace(' 00:00', ''),
  )
}

test('dates are read in every usual way of writing', async () => {
  expect(await dates(['2026/11/22', '2026-1-5'])).toEqual(['2026-11-22', '2026-01-05'])
  expect(await dates(['22.11.2026', '01.02.2026'])).toEqual(['2026-11-22', '2026-02-01'])
  expect(await dates(['11/22/2026', '01/02/2026'])).toEqual(['2026-11-22', '2026-01-02'])
  expect(await dates(['01/02/2026'], { dayFirst: false })).toEqual(['2026-01-02'])
  expect(await dates(['20261122', '2026年11月22日', '2026-11'])).toEqual(['2026-11-22', '2026-11-22', '2026-11-01'])
  expect(await dates(['2026W47', '2026-W01', '2026Q3', '2020-W53'])).toEqual([
    '2026-11-16',
    '2025-12-29',
    '2026-07-01',
    '2020-12-28',
  ])
  expect(await dates(['1763769600', '1763769600000'])).toEqual(['2025-11-22', '2025-11-22'])
  expect(await dates(['45983', '45983.5'], { excelDates: true })).toEqual(['2025-11-22', '2025-11-22 12:00'])
  expect(await dates(['12/31/2026 8:05 PM', '12/30/2026 12:10 AM'])).toEqual(['2026-12-31 20:05', '2026-12-30 00:10'])
  expect(await dates(['2026-11-22 14时30分', '2026-11-22 9时05分08秒'])).toEqual([
    '2026-11-22 14:30',
    '2026-11-22 09:05',
  ])
  expect(await dates(['40', '41'], { periods: { origin: '1989-09-14', unit: 'week' } })).toEqual([
    '1990-06-14',
    '1990-06-21',
  ])
})

test('offsets are moved to the wall clock of the zone, over the change of clocks too', async () => {
  const stamps = ['2026-03-29T00:30:00Z', '2026-03-29T01:30:00Z', '2026-06-01T10:00:00+08:00']
  expect(await dates(stamps, { zone: 'Europe/Berlin' })).toEqual([
    '2026-03-29 01:30',
    '2026-03-29 03:30',
    '2026-06-01 04:00',
  ])
  expect(await dates(['2026-06-01T10:00:00+08:00'])).toEqual(['2026-06-01 10:00'])
})

test('every row is loaded or rejected, and the sum of what loads is right', async () => {
  const good = fc
    .integer({ min: -99, max: 9999 })
    .map((n) => ({ text: `2026-01-02,A,${n}`, value: n as number | undefined }))
  const bad = fc
    .constantFrom(
      '2026-02-30,A,1',
      'x,A,1',
      '2026-01-01,,1',
      '2026-01-01,A,one',
      '2026-01-01,A',
      '2026-01-01,A,1,2',
      '2026-01-01,"A,1',
      ',A,1',
    )
    .map((text) => ({ text, value: undefined }))
  let n = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof({ arbitrary: good, weight: 3 }, bad), { minLength: 1, maxLength: 25 }),
      async (lines) => {
        // A first good row, since a file without one is refused as a whole.
        const all = [{ text: '2026-01-01,B,1', value: 1 }, ...lines]
        const [staged] = await read(
          [file(`p${n++}.csv`, `date,item,units\n${all.map((l) => `${l.text}\n`).join('')}`)],
          { as: 'sales' },
        )
        const values = all.map((l) => l.value).filter((v) => v !== undefined)
        expect(staged?.rows).toBe(values.length)
        expect((staged?.rows ?? 0) + (staged?.rejected.count ?? 0)).toBe(all.length)
        expect((await rows(`SELECT sum(__target) FROM ${staged?.relation}`))[0]?.[0]).toBe(
          values.reduce((a, b) => a + b, 0),
        )
        if (staged?.rejected.path)
          expect(
            await rows(
              `SELECT count(*)::INTEGER FROM read_csv('${staged.rejected.path}', all_varchar = true, quote = '"', escape = '"', delim = ',')`,
            ),
          ).toEqual([[staged.rejected.count]])
      },
    ),
    { numRuns: 25 },
  )
})

test('files of one kind are united by name, and other tables are keyed like the sales', async () => {
  const inputs = [
    file('sales_a.csv', 'date,store,sku,units\n2026-01-01,S1,A,1\n2026-01-02,S1,A,2\n'),
    file('sales_b.csv', 'units;date;sku;store;price\n3;2026-01-03;A;S1;1,5\n'),
    file('products.csv', 'Product ID,brand\nA,Acme\n'),
    file('weather.json', '[{"date":"2026-01-01","temperature":3.5}]'),
  ]
  const staged = await read(inputs, { known: ['price'], past: ['temperature'] })
  expect(staged.map((s) => [s.kind, s.rows, s.keys])).toEqual([
    ['sales', 3, ['store', 'sku']],
    ['items', 1, ['sku']],
    ['signals', 1, []],
  ])
  expect(staged[0]?.columns.find((c) => c.name === 'price')).toMatchObject({
    role: 'known',
    type: 'number',
    guessed: false,
  })
  expect(await rows(`SELECT __target, price FROM ${staged[0]?.relation} ORDER BY 1`)).toEqual([
    [1, null],
    [2, null],
    [3, 1.5],
  ])
})

test('a stated column that no table has is refused, naming the columns there are', async () => {
  const path = file('refused.csv', 'date,item,units\n2026-01-01,A,1\n')
  await expect(read([path], { target: 'sold' })).rejects.toMatchObject({
    code: 'ingest.noColumn',
    fault: 'usage',
    details: { column: 'sold', columns: 'date, item, units' },
  })
  await expect(read([path], { known: ['promo'] })).rejects.toMatchObject({ code: 'ingest.noColumn' })
})

test('wide files become long both ways', async () => {
  const [series] = await read([file('wide1.csv', 'month,A,B,C\n1998-01-01,0,NA,2\n1998-02-01,1,3,4\n')])
  expect(await rows(`SELECT item, __at::DATE::VARCHAR, __target FROM ${series?.relation} ORDER BY 1, 2`)).toEqual([
    ['A', '1998-01-01', 0],
    ['A', '1998-02-01', 1],
    ['B', '1998-01-01', null],
    ['B', '1998-02-01', 3],
    ['C', '1998-01-01', 2],
    ['C', '1998-02-01', 4],
  ])
  const [dated] = await read([
    file('wide2.csv', 'item_id,dept_id,store_id,2026-01-01,2026-01-02,2026-01-03\nA,D,S1,1,2,3\nB,D,S1,4,5,\n'),
  ])
  expect(dated?.keys).toEqual(['store_id', 'item_id'])
  expect(dated?.columns.find((c) => c.name === 'dept_id')?.role).toBe('static')
  expect(await rows(`SELECT count(*)::INTEGER, sum(__target) FROM ${dated?.relation}`)).toEqual([[6, 15]])
  const [m5] = await read([file('m5.csv', 'item_id,store_id,d_1,d_2\nA,S1,1,2\n')], {
    wide: true,
    periods: { origin: '2011-01-29', unit: 'day' },
  })
  expect(await rows(`SELECT __at::DATE::VARCHAR, __target FROM ${m5?.relation} ORDER BY 1`)).toEqual([
    ['2011-01-29', 1],
    ['2011-01-30', 2],
  ])
})

test('the conventions of Prophet, Nixtla and AutoGluon need no options', async () => {
  const [prophet] = await read([file('a.csv', 'ds,y\n2026-01-01,1\n2026-01-02,2\n')])
  expect(prophet).toMatchObject({ kind: 'sales', keys: [], rows: 2 })
  const [nixtla] = await read([file('b.csv', 'unique_id,ds,y\nA,2026-01-01,1\n')])
  expect(nixtla?.keys).toEqual(['unique_id'])
  const [gluon] = await read([file('c.csv', 'item_id,timestamp,target\nA,2026-01-01 05:00:00,1\n')])
  expect(gluon?.keys).toEqual(['item_id'])
})

const data = process.env.FORETIDE_DATA ?? fileURLToPath(new URL('../../../shared/data', import.meta.url))
const absent = !existsSync(data)
const why = absent ? ' (skipped: the real data sets are not there; set FORETIDE_DATA)' : ''

test.skipIf(absent)(`real data stages as documented${why}`, async () => {
  const [fresh] = await read([join(data, 'freshretail_daily.parquet')])
  expect(fresh).toMatchObject({
    kind: 'sales',
    rows: 3_223_996,
    keys: ['store_id', 'product_id'],
    transactions: false,
    rejected: { count: 0 },
  })
  expect(fresh?.columns.filter((c) => c.role === 'static').map((c) => c.name)).toContain('city_id')
  const [retail] = await read([join(data, 'online_retail.parquet')], { id: ['StockCode'] })
  expect(retail).toMatchObject({ rows: 541_909, transactions: true, rejected: { count: 0 } })
  expect((await rows(`SELECT sum(__target)::INTEGER FROM ${retail?.relation}`))[0]?.[0]).toBe(5_176_450)
  const [parts] = await read([join(data, 'carparts.csv')])
  expect(parts).toMatchObject({ rows: 2674 * 51, keys: ['item'], rejected: { count: 0 } })
})

test('sales over the holidays are no calendar: what was seen in them is not known ahead', async () => {
  const [sales] = await read([
    file('holiday_sales.csv', 'date,item,units,clicks\n2026-11-01,A,3,40\n2026-11-02,A,4,50\n'),
  ])
  expect(sales?.kind).toBe('sales')
  expect(sales?.columns.find((c) => c.source === 'clicks')?.role).toBe('past')
})

test('files of one kind by different keys stay apart, and a calendar is known ahead', async () => {
  const staged = await read([
    file('sales.csv', 'date,store,item,units\n2026-11-01,S1,A,3\n2026-11-02,S1,A,4\n'),
    file('items.csv', 'item,brand,launch_date\nA,Tide,2020-01-01\n'),
    file('stores.csv', 'store,region\nS1,North\n'),
    file('signals.csv', 'date,store,temperature\n2026-11-01,S1,7\n'),
    file('signals-market.csv', 'date,item,search_index\n2026-11-01,A,55\n'),
    file('calendar.csv', 'date,store,closed,holiday\n2026-11-01,S1,0,\n2026-11-03,S1,1,Feast\n'),
  ])
  const about = staged.map((s) => [s.kind, s.keys.join('+'), s.rows, s.rejected.count])
  expect(about).toEqual([
    ['sales', 'store+item', 2, 0],
    ['items', 'item', 1, 0],
    ['items', 'store', 1, 0],
    ['signals', 'store', 1, 0],
    ['signals', 'item', 1, 0],
    ['signals', 'store', 2, 0],
  ])
  const roles = (k: number) => Object.fromEntries((staged[k]?.columns ?? []).map((c) => [c.source, c.role]))
  expect(roles(3).temperature).toBe('past')
  expect(roles(5)).toMatchObject({ closed: 'known', holiday: 'known' })
  expect(roles(1).launch_date).not.toBe('date')
})
