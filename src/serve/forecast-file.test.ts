import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Calendar } from '../core/calendar.ts'
import { askOf, blankForecast } from '../core/forecast.ts'
import { panelOf, seriesId } from '../core/panel.ts'
import { memorySource } from '../store/source.ts'
import { checkEnding, writeForecast } from './forecast-file.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'foretide-file-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const calendar = new Calendar({ unit: 'day' })
const start = calendar.parse('2026-03-01')
const ids = [
  ['S/1', '=SUM(A1)'],
  ['S2', 'tea, "green"'],
  ['-1', '乌龙'],
].map(seriesId)
const source = memorySource(
  panelOf(
    ids.map((id) => ({ id, start: start - 2, values: [1, 2] })),
    { calendar, keys: ['store', 'item'] },
  ),
)
const provenance = { model: 'test', window: 'w', version: '0' }
const forecast = blankForecast({ calendar, ids, start, horizon: 2, provenance }, askOf({ levels: [0.1, 0.5, 0.9] }))
for (const i of [0, 1])
  for (let h = 0; h < 2; h++) {
    forecast.answeredBy[i] = 'naive'
    forecast.mean[2 * i + h] = 10 * i + h + 1 / 3
    forecast.quantiles.set([i, 10 * i + h, 20], (2 * i + h) * 3)
  }

test('CSV holds a row a series and period, formulas made harmless, missing numbers empty', async () => {
  const path = join(folder, 'out.csv')
  await writeForecast(path, forecast, source, undefined)
  expect(readFileSync(path, 'utf8')).toBe(`store,item,date,mean,q0.1,q0.5,q0.9,model
S/1,'=SUM(A1),2026-03-01,0.333333333,0,0,20,naive
S/1,'=SUM(A1),2026-03-02,1.33333333,0,1,20,naive
S2,"tea, ""green""",2026-03-01,10.3333333,1,10,20,naive
S2,"tea, ""green""",2026-03-02,11.3333333,1,11,20,naive
-1,乌龙,2026-03-01,,,,,
-1,乌龙,2026-03-02,,,,,
`)
  expect(readdirSync(folder)).toEqual(['out.csv'])
})

test('JSON and Parquet hold the same rows, names as they are, numbers as numbers and dates as dates', async () => {
  const [json, parquet] = [join(folder, 'out.json'), join(folder, 'out.parquet')]
  for (const path of [json, parquet]) await writeForecast(path, forecast, source, [0.9])
  const rows = JSON.parse(readFileSync(json, 'utf8'))
  expect(rows).toHaveLength(6)
  expect(rows[0]).toEqual({
    store: 'S/1',
    item: '=SUM(A1)',
    date: '2026-03-01',
    mean: 0.333333333,
    'q0.9': 20,
    model: 'naive',
  })
  expect(rows[5]).toMatchObject({ store: '-1', item: '乌龙', mean: null, model: null })
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  const read = await connection.runAndReadAll(`FROM '${parquet}'`)
  expect(read.columnTypes().map(String)).toEqual([
    'VARCHAR',
    'VARCHAR',
    'DATE',
    'DOUBLE',
    expect.stringMatching(/DOUBLE|BIGINT/),
    'VARCHAR',
  ])
  const cells = read
    .getRowObjectsJson()
    .map((row) => ({ ...row, 'q0.9': row['q0.9'] === null ? null : Number(row['q0.9']) }))
  expect(cells).toEqual(rows)
  connection.closeSync()
})

test('an ending that does not say how to write is refused before any work', () => {
  expect(() => checkEnding('out.xlsx', 'run')).toThrow(/--out: 'out.xlsx'.*\.csv \| \.parquet \| \.json/)
  for (const fine of [undefined, 'a.csv', 'A.CSV', 'b.parquet', 'c.json'])
    expect(() => checkEnding(fine, 'run')).not.toThrow()
})
