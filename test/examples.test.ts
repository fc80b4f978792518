import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const examples = fileURLToPath(new URL('../examples/', import.meta.url))

/** The printed lines of an example, cut into words. */
async function linesOf(name: string, ...args: string[]): Promise<string[][]> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    '--conditions=source',
    `${examples}${name}.ts`,
    ...args,
  ])
  expect(stderr).toBe('')
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' '))
}

const numbers = (words: readonly string[], from: number) => words.slice(from).map(Number)
const ascending = (values: readonly number[]) => values.every((v, i) => i === 0 || (values[i - 1] as number) <= v)

test('csv-to-forecast: a week of both items, quantiles in order, Saturdays above Mondays', async () => {
  const [head, ...rows] = await linesOf('csv-to-forecast')
  expect(head?.join(' ')).toContain('2 series from 2026-03-02 to 2026-05-10')
  expect(rows).toHaveLength(14)
  for (const row of rows) expect(ascending(numbers(row, 3))).toBe(true)
  const median = (item: string, date: string) => Number(rows.find((r) => r[0] === item && r[2] === date)?.[4])
  for (const item of ['green', 'rice']) expect(median(item, '2026-05-16')).toBeGreaterThan(median(item, '2026-05-11'))
})

test('panel-in-memory: half a year of months near the wave and trend that made the values', async () => {
  const rows = await linesOf('panel-in-memory')
  expect(rows.map(([date]) => date)).toEqual([1, 2, 3, 4, 5, 6].map((m) => `2026-0${m}-01`))
  rows.forEach((row, h) => {
    const t = 48 + h
    const made = 100 + t + 30 * Math.sin((2 * Math.PI * t) / 12) + 2
    const [mean, low, , high] = numbers(row, 1) as [number, number, number, number]
    expect(Math.abs(mean - made)).toBeLessThan(5)
    expect(low).toBeLessThan(mean)
    expect(high).toBeGreaterThan(mean)
  })
})

test('backtest-models: three models, best quantile loss first, a learned one above a naive one', async () => {
  const [head, ...rows] = await linesOf('backtest-models')
  expect(head?.slice(0, 4)).toEqual(['model', 'WAPE', 'MASE', 'WQL'])
  const board = rows.slice(0, 3)
  expect(new Set(board.map(([model]) => model))).toEqual(new Set(['naive', 'seasonal-naive', 'auto-ets']))
  expect(ascending(board.map((row) => Number(row[3])))).toBe(true)
  expect(board[0]?.[0]).toBe('auto-ets')
  expect(rows[3]?.join(' ')).toBe('best by WQL: auto-ets')
})

test('known-ahead: the planned promotion lifts exactly its own steps, by the lift that was planted', async () => {
  const rows = await linesOf('known-ahead')
  expect(rows).toHaveLength(7)
  for (const [, on, mean] of rows) expect(Math.abs(Number(mean) - (40 + 25 * Number(on)))).toBeLessThan(3)
  expect(rows.map(([, on]) => Number(on))).toEqual([0, 1, 0, 0, 1, 0, 0])
})

test('own-model: a method of six weeks beats the one that looks back a single one', async () => {
  const rows = await linesOf('own-model')
  expect(rows.map(([model]) => model)).toEqual(['weekday-mean', 'seasonal-naive'])
  for (const column of [1, 2]) expect(ascending(rows.map((row) => Number(row[column])))).toBe(true)
})

test('simulate: a model that learns seasons is nearer to the planted mean than the last value', async () => {
  const rows = await linesOf('simulate')
  const error = (model: string) => Number(/mean: ([\d.]+)/.exec(rows.find(([m]) => m === model)?.join(' ') ?? '')?.[1])
  expect(error('auto-ets')).toBeLessThan(error('naive'))
  expect(error('auto-ets')).toBeGreaterThan(0)
  for (const row of rows) expect(Number(row.at(-1))).toBeGreaterThan(0.7)
})

test('features: lags are never nearer than the horizon, and read the values that they name', async () => {
  const rows = await linesOf('features')
  const of = (name: string) => rows.find(([first]) => first === name)
  // The value of day t is t, and the first step is day 60.
  expect(numbers(of('target_lag_3') as string[], 3)).toEqual([57, 58, 59])
  expect(numbers(of('target_lag_7') as string[], 3)).toEqual([53, 54, 55])
  expect(numbers(of('target_mean_7_lag_3') as string[], 3)).toEqual([54, 55, 56])
  expect(numbers(of('dayOfWeek') as string[], 2)).toEqual([0, 1, 2])
})

test('tune: finds the weight that theory says, and it holds on days that the search never saw', async () => {
  const rows = await linesOf('tune')
  expect(rows[0]?.slice(0, 3)).toEqual(['0', 'default', '-'])
  const chosen = Number(/"alpha":([\d.]+)/.exec(rows.find(([first]) => first === 'chosen')?.join(' ') ?? '')?.[1])
  // A level that moves by 5 a day under Poisson noise of 10: q = 25 / 100, α = (√(q² + 4q) − q) / 2.
  expect(Math.abs(chosen - 0.39)).toBeLessThan(0.1)
  const score = (name: string) => Number(rows.find(([first]) => first === name)?.[1])
  expect(score('tuned')).toBeLessThan(0.95 * score('default'))
})

test('boosting: predictions near the planted demand, parts that multiply to them', async () => {
  const lines = await linesOf('boosting')
  const truth = [25, 35, 105]
  truth.forEach((expected, i) => {
    const words = lines[i] as string[]
    const predicted = Number(words[0])
    expect(Math.abs(predicted / expected - 1)).toBeLessThan(0.15)
    const product = numbers(words, 2)
      .filter((_, k) => k === 0 || k % 3 === 0)
      .reduce((a, b) => a * b, 1)
    expect(Math.abs(product / predicted - 1)).toBeLessThan(0.03)
  })
  expect(lines[4]).toEqual(['ONNX', 'written'])
})

test('train-your-own: goes on where it was cut off, keeps its promises on later days, and is the same from a file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'foretide-example-'))
  try {
    const [resumed, loss, later, apart, slopes] = (await linesOf('train-your-own', folder)) as string[][]
    expect(resumed).toEqual(['resumed', 'true'])
    expect(Number(loss?.[3])).toBeLessThan(0.5 * Number(loss?.[1]))
    // A tenth of chance, 80 % of truths inside; Saturdays bring half as many again.
    expect(Math.abs(Number(later?.[1]) - 0.8)).toBeLessThan(0.06)
    expect(Math.abs(Number(later?.[3]) - 1.5)).toBeLessThan(0.1)
    expect(Number(apart?.[1])).toBeLessThan(1e-5)
    const [before, own, after] = numbers(slopes as string[], 1) as [number, number, number]
    expect(own).toBeGreaterThan(0.1)
    expect(Math.max(Math.abs(before), Math.abs(after))).toBeLessThan(0.4 * own)
    expect(readdirSync(join(folder, 'runs/highway')).join()).toContain('tfevents')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test.each(['train-your-own', 'train-your-own.zh-CN'])('the code of docs/%s.md stands in its example', (page) => {
  const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
  const example = read('examples/train-your-own.ts')
  const blocks = [...read(`docs/${page}.md`).matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code as string)
  expect(blocks.length).toBeGreaterThan(4)
  // Comments of the page may be in its own language; the code may not be another.
  const bare = (code: string) => code.replace(/^\s*(\/\/|\/\*\*).*\n/gm, '').trim()
  expect(blocks.filter((code) => !bare(example).includes(bare(code)))).toEqual([])
})

test('pretrained: three steps with quantiles in order, neighbours, a stage, and a loss that learning on does not raise', async () => {
  const rows = await linesOf('pretrained')
  expect(rows.map(([word]) => word)).toEqual(['step', 'step', 'step', 'like', 'like', 'stage', 'loss'])
  for (const row of rows.slice(0, 3)) expect(ascending(numbers(row, 3))).toBe(true)
  const [near, next] = [Number(rows[3]?.[2]), Number(rows[4]?.[2])]
  expect(near).toBeGreaterThanOrEqual(next)
  expect(['launch', 'growth', 'maturity', 'decline', 'end']).toContain(rows[5]?.[1])
  expect(Number(rows[6]?.[2])).toBeLessThanOrEqual(Number(rows[6]?.[1]))
})
