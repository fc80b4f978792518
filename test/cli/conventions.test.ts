import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { latestWindow } from '../../src/store/window.ts'
import { Workspace } from '../../src/store/workspace.ts'
import { gb18030 } from '../bad-input/encode.ts'
import { csv, day, foretide, inFolder, QUICK, rowsOf, units } from './foretide.ts'

const ITEMS = ['A1', 'B2', 'C3']
const DAYS = 70
const HORIZON = 7

/** Files as the world writes them; each holds the same three series of seventy days, but where it says otherwise. */
const CONVENTIONS: Readonly<
  Record<
    string,
    { file: string; content: string | Uint8Array; keys: string[]; ids: string[]; args?: string[]; target?: string }
  >
> = {
  Nixtla: {
    file: 'nixtla.csv',
    content: csv('unique_id,ds,y', ITEMS, DAYS, (id, ds, y) => `${id},${ds},${y}`),
    keys: ['unique_id'],
    ids: ITEMS,
    target: 'y',
  },
  GluonTS: {
    file: 'gluonts.csv',
    content: csv('item_id,timestamp,target', ITEMS, DAYS, (id, ds, y) => `${id},${ds} 00:00:00,${y}`),
    keys: ['item_id'],
    ids: ITEMS,
    target: 'target',
  },
  Prophet: {
    file: 'prophet.csv',
    content: csv('ds,y', ['only'], DAYS, (_, ds, y) => `${ds},${y}`),
    keys: ['series'],
    ids: ['all'],
    target: 'y',
  },
  'Chinese headers in GBK': {
    file: '销售.csv',
    content: gb18030(
      csv(
        '日期,商品,门店,销量,价格',
        ['乌龙茶', '龙井'],
        DAYS,
        (id, ds, y, t) => `${ds},${id},上海店,${y},${t % 9 === 0 ? 8.5 : 10}`,
      ),
    ),
    keys: ['门店', '商品'],
    ids: ['上海店/乌龙茶', '上海店/龙井'],
    target: '销量',
  },
  'a column a series': {
    file: 'wide.csv',
    content: `date,${ITEMS.join(',')}\n${Array.from({ length: DAYS }, (_, t) => [day(t), ...ITEMS.map((_i, i) => units(i, t))].join(',')).join('\n')}\n`,
    keys: ['item'],
    ids: ITEMS,
    args: ['--wide'],
  },
  'transactions with returns': {
    file: 'orders.csv',
    content: csv(
      'InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice',
      ITEMS,
      DAYS,
      (id, ds, y, t) =>
        `${t}-1,${id},${y},${ds} 09:30:00,2.5${t % 10 === 9 ? `\nC${t}-2,${id},-1,${ds} 17:05:00,2.5` : ''}`,
    ),
    keys: ['StockCode'],
    ids: ITEMS,
    target: 'Quantity',
  },
}

test.each(Object.entries(CONVENTIONS))('%s is understood, forecast and reported', async (_, told) => {
  await inFolder({ [told.file]: told.content }, async (folder) => {
    const args = ['run', told.file, '--horizon', String(HORIZON), ...QUICK, ...(told.args ?? [])]
    const { code, stdout, stderr } = await foretide(folder, [...args, '--json'])
    expect(stderr).not.toMatch(/error/i)
    expect(code).toBe(0)
    const result = JSON.parse(stdout)
    expect(result).toMatchObject({ series: told.ids.length, horizon: HORIZON, unit: 'day', unanswered: 0 })
    expect(result.backtest.leaderboard.map((row: { model: string }) => row.model).sort()).toEqual([
      'naive',
      'seasonal-naive',
    ])

    const rows = rowsOf(readFileSync(join(folder, '.foretide', 'forecast.csv'), 'utf8'))
    expect(rows).toHaveLength(told.ids.length * HORIZON)
    const names = Object.keys(rows[0] as object)
    expect(names.slice(0, told.keys.length + 2)).toEqual([...told.keys, 'date', 'mean'])
    const levels = names.filter((name) => /^q0\./.test(name))
    expect(levels.map((name) => Number(name.slice(1)))).toEqual([
      0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.975, 0.99,
    ])
    for (const row of rows) {
      const quantiles = levels.map((name) => Number(row[name]))
      expect(quantiles).toEqual([...quantiles].sort((a, b) => a - b))
      expect(Number(row.mean)).toBeGreaterThan(0)
    }
    expect([...new Set(rows.map((row) => told.keys.map((key) => row[key]).join('/')))].sort()).toEqual(
      [...told.ids].sort(),
    )
    const expected = Array.from({ length: HORIZON }, (_x, h) => day(DAYS + h))
    expect(rows.slice(0, HORIZON).map((row) => row.date)).toEqual(expected)

    const report = readFileSync(join(folder, '.foretide', 'report.html'), 'utf8')
    expect(report).toMatch(/^<!doctype html>/)
    expect(report.endsWith('</html>\n')).toBe(true)
    for (const id of told.ids) expect(report).toContain(JSON.stringify(id).slice(1, -1))
    // The guess is told, unless nothing had to be guessed.
    if (told.target) expect(stderr).toContain(told.target)
  })
})

test('returns are netted on the day they came back, and kept as a column of their own', async () => {
  const told = CONVENTIONS['transactions with returns'] as { file: string; content: string }
  await inFolder({ [told.file]: told.content }, async (folder) => {
    const facts = JSON.parse((await foretide(folder, ['import', told.file, '--json'])).stdout)
    expect(facts.tables[0]).toMatchObject({ transactions: true, rows: 3 * (DAYS + 7), rejected: { count: 0 } })
    expect(facts.columns).toContainEqual(expect.objectContaining({ name: 'returns', knownAhead: false }))
    // The last day had a return, and the last value is what the naive forecast says.
    const { stdout } = await foretide(folder, ['forecast', '--models', 'naive', '--horizon', '1', '--json'])
    const means = JSON.parse(stdout).series.map((s: { mean: number[] }) => s.mean[0])
    expect(means).toEqual(ITEMS.map((_i, i) => units(i, DAYS - 1) - 1))
  })
})

test('prices and promotions known ahead reach the window that is forecast, what is known afterwards does not', async () => {
  const planned = (t: number) => [t % 9 === 0 ? 8.5 : 10, t % 9 === 0 ? 1 : 0] as const
  const rows = ITEMS.flatMap((id, i) =>
    Array.from({ length: DAYS + HORIZON }, (_, t) => {
      const sold = t < DAYS
      return `${id},${day(t)},${sold ? units(i, t) : ''},${planned(t).join(',')},${sold ? 5 * t : ''}`
    }),
  )
  const content = `item,date,units,price,promo,clicks\n${rows.join('\n')}\n`
  await inFolder({ 'plan.csv': content }, async (folder) => {
    const args = ['import', 'plan.csv', '--known', 'price,promo', '--past', 'clicks', '--json']
    const facts = JSON.parse((await foretide(folder, args)).stdout)
    expect(facts).toMatchObject({ to: day(DAYS - 1), knownTo: day(DAYS + HORIZON - 1), series: 3 })
    const window = latestWindow(Workspace.open(join(folder, '.foretide')).source(), HORIZON)
    for await (const block of window.known()) {
      expect([...block.columns.keys()].sort()).toEqual(['price', 'promo'])
      const ahead = Array.from({ length: HORIZON }, (_, h) => planned(DAYS + h))
      for (const [k, name] of (['price', 'promo'] as const).entries())
        expect([...(block.columns.get(name)?.values ?? [])]).toEqual(ITEMS.flatMap(() => ahead.map((pair) => pair[k])))
    }
    const { stdout } = await foretide(folder, ['forecast', '--models', 'naive', '--horizon', '7', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ cutoff: day(DAYS - 1), horizon: 7 })
  })
})

test('a name that a spreadsheet would run as a formula is written as text', async () => {
  const ids = ['=1+1', '@SUM(A1)', '+cmd', '-cmd', 'plain, "quoted"']
  const cell = (id: string) => (/[",]/.test(id) ? `"${id.replaceAll('"', '""')}"` : id)
  const content = csv('item,date,units', ids, 30, (id, date, y) => `${cell(id)},${date},${y}`)
  await inFolder({ 'sales.csv': content }, async (folder) => {
    expect((await foretide(folder, ['import', 'sales.csv'])).code).toBe(0)
    for (const out of ['forecast.csv', 'forecast.json'])
      expect((await foretide(folder, ['forecast', '--models', 'naive', '--horizon', '1', '--out', out])).code).toBe(0)
    const rows = rowsOf(readFileSync(join(folder, 'forecast.csv'), 'utf8'))
    expect(rows.map((row) => row.item).sort()).toEqual(["'+cmd", "'-cmd", "'=1+1", "'@SUM(A1)", 'plain, "quoted"'])
    // JSON runs nothing, so there names stay as they are.
    const plain = JSON.parse(readFileSync(join(folder, 'forecast.json'), 'utf8')) as { item: string }[]
    expect(plain.map((row) => row.item).sort()).toEqual([...ids].sort())
  })
})

test('importing the same file twice gives the same data', async () => {
  const content = csv('item,date,units', ITEMS, 60, (id, date, y) => `${id},${date},${y}`)
  await inFolder({ 'sales.csv': content }, async (folder) => {
    const once = async () => {
      expect((await foretide(folder, ['import', 'sales.csv'])).code).toBe(0)
      return Workspace.open(join(folder, '.foretide')).source().digest
    }
    const first = await once()
    expect(await once()).toBe(first)
  })
})
