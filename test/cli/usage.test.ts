import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { csv, foretide, inFolder, type Outcome, QUICK } from './foretide.ts'

const SALES = csv('item,date,units', ['A', 'B'], 60, (id, date, y) => `${id},${date},${y}`)
const FILES = { 'sales.csv': SALES, 'names.csv': 'item,brand\nA,x\nB,y\n', 'empty.csv': '', 'file.txt': 'no folder' }
const CHINESE = /[\u4e00-\u9fff]/
const ESCAPE = String.fromCharCode(27)

/** One workspace for every question that changes nothing in it. */
let ask: (args: readonly string[], env?: NodeJS.ProcessEnv) => Promise<Outcome>
let close: () => void
beforeAll(async () => {
  await new Promise<void>((ready, failed) => {
    inFolder(FILES, async (folder) => {
      ask = (args, env) => foretide(folder, args, env)
      mkdirSync(join(folder, 'void'))
      await ask(['import', 'sales.csv'])
      ready()
      await new Promise<void>((resolve) => {
        close = resolve
      })
    }).catch(failed)
  })
})
afterAll(() => close())

/** What is typed, the exit code it gives, and what must be said. */
const REFUSED: readonly (readonly [args: string, code: number, said: RegExp])[] = [
  ['', 2, /^$/],
  ['bactest', 2, /Unknown command 'bactest'. Did you mean 'backtest'\?/],
  ['run', 2, /needs FILES/],
  ['backtest --horizn 3', 2, /Unknown option '--horizn'. Did you mean '--horizon'\?/],
  ['backtest --horizon', 2, /'--horizon'/],
  ['backtest --horizon x', 2, /--horizon: 'x'/],
  ['backtest --horizon 0', 2, /≥ 1/],
  ['backtest --metric best', 2, /wape \| mae/],
  ['backtest --models naive,nope', 2, /Unknown model 'nope'.*seasonal-naive/],
  ['backtest --locale fr', 2, /en \| zh/],
  ['backtest --seed=-1', 2, /--seed: '-1'/],
  ['backtest sales.csv', 2, /Unexpected 'sales.csv'/],
  ['backtest --workspace file.txt', 2, /cannot be a workspace/],
  ['backtest --workspace void', 2, /holds no sales yet/],
  ['forecast --out table.xlsx', 2, /\.csv \| \.parquet \| \.json/],
  ['forecast --levels 0.5,2', 2, /< 1/],
  ['run missing.csv', 3, /no file 'missing.csv'/],
  ['run *.parquet', 3, /No file matches/],
  ['import empty.csv --workspace void', 3, /'empty.csv' is empty/],
  ['import names.csv --workspace void', 3, /None of the files is a table of sales/],
  ['import sales.csv --target price --workspace void', 2, /no column 'price'/],
  ['tune', 2, /needs --model window-average\|/],
  ['tune --model naive', 2, /'naive' has nothing to tune. These have: .*ses/],
  ['tune --model ses --minutes 0', 2, /> 0/],
  ['tune --model ses --horizon 40', 3, /spans 60 periods: too few to tune/],
  ['tune --model ses --horizon 7 --minutes 0.000001', 1, /Only the default of 'ses' could be tried/],
  ['forecast --models ses@tuned', 2, /has not been tuned in this workspace/],
  ['backtest --horizon 50', 3, /too few to hold back 50/],
  ['forecast --models naive --horizon 3 --out sales.csv/x.csv', 1, /sales.csv/],
]

test.concurrent.each(REFUSED)('foretide %s ends with %i', { timeout: 30_000 }, async (line, code, said) => {
  const outcome = await ask(line.split(' ').filter(Boolean))
  // The last line says what is wrong and what to do; remarks on what was read may go before it.
  expect(outcome.stderr.trimEnd().split('\n').at(-1)).toMatch(said)
  expect(outcome.code).toBe(code)
  expect(outcome.stderr).not.toMatch(/Internal error|\n +at /)
  if (line !== '') expect(outcome.stdout).toBe('')
})

test('--json prints one document and nothing else', async () => {
  const document = async (...args: string[]) => {
    const { stdout, stderr, code } = await ask([...args, '--json'])
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('{')])
    return JSON.parse(stdout)
  }
  const models = await document('models')
  expect(models).toContainEqual({
    name: 'naive',
    family: 'simple',
    about: { en: expect.any(String), zh: expect.any(String) },
  })

  const facts = await document('import', 'sales.csv')
  expect(facts).toMatchObject({ series: 2, cells: 120, keys: ['item'], from: '2025-03-01', to: '2025-04-29' })

  const check = await document('check')
  expect(check).toMatchObject({ series: 2, unit: 'day', quality: { rowsRead: 120, rowsLoaded: 120, rowsRejected: 0 } })
  expect(check.page).toMatch(/check\.html$/)

  const tested = await document('backtest', '--horizon', '5', '--windows', '2', '--models', 'naive,seasonal-naive')
  expect(tested.protocol).toMatchObject({ horizon: 5, unit: 'day', series: 2 })
  expect(tested.protocol.windows).toHaveLength(2)
  expect(tested.leaderboard[0].model).toBe('seasonal-naive')
  for (const row of tested.leaderboard) {
    for (const name of [
      'wape',
      'mae',
      'rmse',
      'mape',
      'smape',
      'mase',
      'rmsse',
      'r2',
      'bias',
      'wql',
      'fitSeconds',
      'forecastSeconds',
    ])
      expect([name, row[name]]).toEqual([name, expect.any(Number)])
    expect(row.coverage).toMatchObject({ 80: expect.any(Number), 90: expect.any(Number) })
    expect(row.failed).toBeNull()
  }
  expect(tested.answeredBy).toBeTypeOf('object')

  const forecast = await document('forecast', '--models', 'naive', '--horizon', '2', '--levels', '0.9,0.5,0.9')
  expect(forecast).toMatchObject({
    chosen: 'naive',
    horizon: 2,
    levels: [0.5, 0.9],
    dates: ['2025-04-30', '2025-05-01'],
  })
  for (const series of forecast.series) {
    expect(series).toMatchObject({ answeredBy: 'naive', refused: [] })
    const [middle, high] = series.quantiles
    for (let h = 0; h < 2; h++) expect(middle[h]).toBeLessThanOrEqual(high[h])
  }
})

test('--quiet leaves the results and nothing else', async () => {
  for (const args of [['import', 'sales.csv'], ['check'], ['backtest', '--horizon', '5', ...QUICK]]) {
    const { code, stdout, stderr } = await ask([...args, '--quiet'])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout.length).toBeGreaterThan(50)
  }
})

test('Chinese is spoken when asked for, be it by --locale or by LANG', async () => {
  const line = (text: string) => text.split('\n').filter((l) => /[a-z]{4}/i.test(l) && !CHINESE.test(l))
  const byOption = await ask(['import', 'sales.csv', '--locale', 'zh'])
  const byLang = await ask(['import', 'sales.csv'], { LANG: 'zh_CN.UTF-8' })
  expect(byOption.code).toBe(0)
  expect(byLang).toEqual(byOption)
  // Every remark is Chinese; names of files, columns and options may stand in it.
  expect(line(byOption.stderr)).toEqual([])
  for (const wrong of [
    ['bactest'],
    ['backtest', '--horizn'],
    ['backtest', '--horizon', 'x'],
    ['run'],
    ['run', 'missing.csv'],
  ]) {
    const { stderr } = await ask([...wrong, '--locale', 'zh'])
    expect(line(stderr)).toEqual([])
    expect(stderr).not.toMatch(/Invalid|expected|Unknown|See foretide/)
  }
  const help = await ask(['help', 'run', '--locale', 'zh'])
  expect(help.stdout.split('\n').filter((l) => l.startsWith('  --') && !CHINESE.test(l))).toEqual([])
  // LC_ALL goes before LANG, and --locale before both.
  expect((await ask(['models'], { LANG: 'zh_CN.UTF-8', LC_ALL: 'en_GB.UTF-8' })).stdout).toContain('the last value')
  expect((await ask(['models', '--locale', 'en'], { LANG: 'zh_CN.UTF-8' })).stdout).toContain('the last value')
})

test('what is not a terminal gets no escape codes', async () => {
  for (const env of [{ NO_COLOR: '1' }, { FORCE_COLOR: '1' }]) {
    const { stdout, stderr } = await ask(['backtest', '--horizon', '5', ...QUICK], env)
    expect(stdout + stderr).not.toContain(ESCAPE)
  }
})

test('the password of an address is never printed', async () => {
  const secret = 'hush/hush@hush'
  const lines = [
    [`postgres://shop:${secret}@127.0.0.1:1/db?table=sales`],
    ['backtest', `postgres://shop:${secret}@127.0.0.1:1/db?table=sales`],
    ['import', `postgres://shop:${secret}@127.0.0.1:1/db?table=sales`],
    ['import', `postgres://shop:hush@127.0.0.1:1/db?table=sales&sslpassword=hush`],
    ['import', `postgres://shop:hush@127.0.0.1:1/db`],
    ['import', `mysql://shop:hush@127.0.0.1:1/db?table=sales`],
    ['import', `redis://shop:hush@127.0.0.1:1/db`],
  ]
  for (const { code, stdout, stderr } of await Promise.all(lines.map((args) => ask(args)))) {
    expect(code).toBeGreaterThan(0)
    expect(stdout + stderr).not.toContain('hush')
    expect(stderr).toMatch(/\S/)
  }
})
