import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, expect, test } from 'vitest'
import { runOf } from '../core/run.ts'
import type { SimulateOptions } from './options.ts'
import { simulate } from './simulate.ts'

const root = mkdtempSync(join(tmpdir(), 'foretide-simulate-'))
const database = await DuckDBInstance.create(':memory:')
const sql = await database.connect()
afterAll(() => {
  sql.closeSync()
  database.closeSync()
  rmSync(root, { recursive: true })
})

const rowsOf = async (query: string) => (await sql.runAndReadAll(query)).getRowObjectsJS()
const oneOf = async (query: string) => Number(Object.values((await rowsOf(query))[0] ?? {})[0])
const hashes = (dir: string) =>
  Object.fromEntries(
    globSync('**/*.*', { cwd: dir })
      .sort()
      .map((file) => [
        file,
        createHash('sha256')
          .update(readFileSync(join(dir, file)))
          .digest('hex'),
      ]),
  )
const made = (name: string, options: SimulateOptions, threads = 1) =>
  simulate(options, join(root, name), runOf({ seed: 4, threads }))

const clean = await made('clean', { preset: 'tiny', items: 20, stores: 4, dirtRate: 0, horizon: 28 })
const from = (table: string) => `'${join(clean.dir, `${table}.csv`)}'`

test('the same seed writes the same bytes, whatever the threads and the folder; another seed others', async () => {
  const options = { preset: 'tiny', dirtRate: 0.01 } as const
  const first = hashes((await made('a', options, 1)).dir)
  expect(Object.keys(first).length).toBeGreaterThan(15)
  expect(hashes((await made('b', options, 4)).dir)).toEqual(first)
  expect(hashes((await made('c', { ...options, seed: 5 })).dir)['sales.csv']).not.toBe(first['sales.csv'])
})

test('Parquet holds what CSV holds, byte for byte the same in a second run, and replaces the CSV files', async () => {
  const options = { preset: 'tiny', dirtRate: 0.01 } as const
  const csv = await made('format', options)
  for (const { path, table } of csv.tables)
    await sql.run(`CREATE TABLE "${table}" AS FROM read_csv('${path}', all_varchar = true)`)
  const parquet = await made('format', { ...options, format: 'parquet' })
  expect(globSync('**/*.csv', { cwd: parquet.dir })).toEqual([])
  for (const { path, table, rows } of parquet.tables) {
    expect(await oneOf(`SELECT count(*) FROM '${path}'`)).toBe(rows)
    if (table === 'sales')
      expect(
        await oneOf(`SELECT count(*) FROM (SELECT date, store, item, units FROM '${path}' EXCEPT ALL
        SELECT date, store, item, units FROM sales)`),
      ).toBe(0)
  }
  const again = await made('format-again', { ...options, format: 'parquet' })
  expect(hashes(again.dir)).toEqual(hashes(parquet.dir))
})

test('the row counts are those of the files, and every open day has a row of sales', async () => {
  for (const { path, rows } of [...clean.tables, ...clean.truth])
    expect(await oneOf(`SELECT count(*) FROM read_csv('${path}', all_varchar = true)`)).toBe(rows)
  expect(await oneOf(`SELECT count(*) FROM ${from('truth/demand')} WHERE closed = 0`)).toBe(
    await oneOf(`SELECT count(*) FROM ${from('sales')}`),
  )
  const onClosedDays = `SELECT count(*) FROM ${from('sales')} JOIN ${from('calendar')} USING (date, store) WHERE closed = 1`
  expect(await oneOf(onClosedDays)).toBe(0)
  expect(await oneOf(`SELECT count(*) FROM ${from('calendar')} WHERE closed = 1`)).toBeGreaterThan(0)
})

test('sales are the demand up to the stock, and the stock adds up from day to day', async () => {
  const wrong = `SELECT count(*) FILTER (sales > demand OR sales + hidden <> demand)
    + count(*) FILTER (on_hand > 0 AND hidden > 0) + count(*) FILTER (on_hand < 0)
    + count(*) FILTER (on_hand <> before + received - sales) FROM (
      SELECT *, coalesce(lag(on_hand) OVER (PARTITION BY store, item ORDER BY date), 0) AS before
      FROM ${from('truth/demand')} JOIN ${from('stock')} USING (date, store, item))`
  expect(await oneOf(wrong)).toBe(0)
  const different = `SELECT count(*) FROM ${from('sales')} JOIN ${from('truth/demand')} USING (date, store, item) WHERE units <> sales`
  expect(await oneOf(different)).toBe(0)
})

test('the mean in the truth is the product of its factors', async () => {
  for (const table of ['truth/demand', 'truth/future'])
    expect(
      await oneOf(`SELECT max(abs(mean - level * trend * season * festival * price * promotion * pull_forward * "cross" * ads
        * signals) / (0.01 + mean)) FROM ${from(table)} WHERE closed = 0`),
    ).toBeLessThan(2e-3)
})

test('what is known ahead runs past the last sale to the end of the plan, what is not does not', async () => {
  const last = async (table: string, column = 'date') =>
    String((await rowsOf(`SELECT max(${column})::VARCHAR AS d FROM ${from(table)}`))[0]?.d)
  for (const table of ['sales', 'stock', 'ads', 'signals', 'signals-market', 'truth/demand'])
    expect(await last(table)).toBe(clean.lastDay)
  for (const table of ['prices', 'calendar', 'truth/future']) expect(await last(table)).toBe(clean.planEnd)
  expect((await last('promotions', 'end_date')) > clean.lastDay).toBe(true)
  expect((await last('events', 'timestamp')) <= `${clean.lastDay} 24`).toBe(true)
})

test('the price paid is the list price less the planned promotion', async () => {
  const wrong = `SELECT count(*) FROM ${from('prices')} p LEFT JOIN ${from('promotions')} q
    ON p.item = q.item AND p.date BETWEEN q.start_date AND q.end_date
    WHERE abs(price - round(list_price * (1 - coalesce(discount, 0)), 2)) > 0.0101`
  expect(await oneOf(wrong)).toBe(0)
  expect(await oneOf(`SELECT count(*) FROM ${from('prices')}`)).toBe(
    await oneOf(`SELECT count(DISTINCT (date, item)) FROM ${from('prices')}`),
  )
})

test('purchases in the events are a share of what was sold, and each follows a view and a cart of its customer', async () => {
  const seen = await oneOf(`SELECT count(*) FROM ${from('events')} WHERE event = 'purchase'`)
  const sold = await oneOf(`SELECT sum(units) FROM ${from('sales')}`)
  expect(seen / sold / clean.settings.eventRate).toBeGreaterThan(0.9)
  expect(seen / sold / clean.settings.eventRate).toBeLessThan(1.1)
  const alone = `SELECT count(*) FROM ${from('events')} p WHERE event = 'purchase' AND NOT EXISTS (
    SELECT 1 FROM ${from('events')} c WHERE c.customer_id = p.customer_id AND c.item = p.item AND c.event = 'cart' AND
    c.timestamp BETWEEN p.timestamp - INTERVAL 10 MINUTE AND p.timestamp)`
  expect(await oneOf(alone)).toBe(0)
})

test('every piece of dirt is in the truth, and only there', async () => {
  const { dir, dirt } = await made('dirty', { preset: 'tiny', items: 20, stores: 4, dirtRate: 0.03 })
  const path = (table: string) => `read_csv('${join(dir, `${table}.csv`)}', all_varchar = true)`
  await sql.run(`CREATE TABLE dirty AS SELECT row_number() OVER () AS row, * FROM ${path('sales')}`)
  await sql.run(`CREATE TABLE notes AS SELECT * FROM ${path('truth/dirt')}`)
  for (const [kind, count] of Object.entries(dirt)) {
    expect(count).toBeGreaterThan(20)
    expect(await oneOf(`SELECT count(*) FROM notes WHERE kind = '${kind}'`)).toBe(count)
  }
  expect(await oneOf('SELECT count(*) FROM dirty WHERE try_cast(units AS BIGINT) IS NULL')).toBe(dirt.badUnits)
  expect(await oneOf('SELECT count(*) FROM dirty WHERE try_cast(date AS DATE) IS NULL')).toBe(dirt.badDate)
  const misplaced = `SELECT count(*) FROM notes n JOIN dirty d ON n.row::BIGINT = d.row
    WHERE n.item <> d.item OR n.store <> d.store OR (kind = 'badUnits' AND written <> d.units)
    OR (kind <> 'badUnits' AND n.units <> d.units) OR (kind <> 'badDate' AND n.date <> d.date)`
  expect(await oneOf(misplaced)).toBe(0)
  const twice =
    'SELECT count(*) FROM (FROM dirty SELECT date, store, item WHERE try_cast(date AS DATE) IS NOT NULL GROUP BY ALL HAVING count(*) > 1)'
  expect(await oneOf(twice)).toBe(dirt.duplicate)
  const open = await oneOf(`SELECT count(*) FROM ${path('truth/demand')} WHERE closed = '0'`)
  expect(await oneOf('SELECT count(*) FROM dirty')).toBe(open - dirt.missing + dirt.duplicate)
})

test('an interrupt leaves the files of before and none of its own', async () => {
  const stop = new AbortController()
  const dir = join(root, 'stopped')
  await simulate({ preset: 'tiny' }, dir, runOf({ seed: 1 }))
  const before = hashes(dir)
  const interrupted = simulate(
    { preset: 'tiny' },
    dir,
    runOf({ seed: 2, signal: stop.signal, progress: () => stop.abort() }),
  )
  await expect(interrupted).rejects.toMatchObject({ code: 'run.interrupted' })
  expect(hashes(dir)).toEqual(before)
})

test('files of an earlier simulation that the new one does not have are removed', async () => {
  const dir = join(root, 'less')
  await simulate({ preset: 'tiny', dirtRate: 0.05 }, dir, runOf())
  expect(existsSync(join(dir, 'truth/dirt.csv'))).toBe(true)
  await simulate({ preset: 'tiny', dirtRate: 0, truth: false, eventRate: 0 }, dir, runOf())
  expect(globSync('truth/*', { cwd: dir })).toEqual(['truth/simulation.json'])
  expect(existsSync(join(dir, 'events.csv'))).toBe(false)
})

test('memory does not grow with the number of products', async () => {
  const peaks: number[] = []
  const held = () => {
    const { heapUsed, external } = process.memoryUsage()
    return (heapUsed + external) / 2 ** 20
  }
  const options = {
    preset: 'large',
    items: 300,
    stores: 8,
    days: 300,
    eventRate: 0,
    format: 'csv',
    truth: false,
  } as const
  const { tables } = await simulate(options, join(root, 'long'), runOf({ progress: () => peaks.push(held()) }))
  expect(tables.find((t) => t.table === 'sales')?.rows).toBeGreaterThan(500_000)
  const early = Math.max(...peaks.slice(0, 20))
  expect(Math.max(...peaks.slice(40)) - early).toBeLessThan(64)
})

test.each([
  [{ preset: 'huge' }, 'preset'],
  [{ items: 0 }, 'items'],
  [{ start: '2024-02-30' }, 'start'],
  [{ stockoutShare: 2 }, 'stockoutShare'],
  [{ intermittentShare: 0.7, burstyShare: 0.7 }, 'burstyShare'],
  [{ colour: 'red' }, 'colour'],
])('%o is refused, naming the option', async (options, option) => {
  await expect(simulate(options as SimulateOptions, join(root, 'refused'), runOf())).rejects.toMatchObject({
    code: 'simulate.option',
    fault: 'usage',
    details: { option },
  })
  expect(existsSync(join(root, 'refused'))).toBe(false)
})
