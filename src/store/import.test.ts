import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { at, Mask, type Panel, valuesOf } from '../core/panel.ts'
import { runOf } from '../core/run.ts'
import type { ColumnRole, Staged, StagedColumn, TableKind } from '../ingest/staged.ts'
import { type ImportOptions, importInto } from './import.ts'
import { latestWindow } from './window.ts'
import { Workspace } from './workspace.ts'

let folder: string
let instance: DuckDBInstance
let connection: DuckDBConnection
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'foretide-store-'))
  instance = await DuckDBInstance.create(':memory:')
  connection = await instance.connect()
})
afterEach(() => {
  connection.closeSync()
  instance.closeSync()
  rmSync(folder, { recursive: true, force: true })
})

let tables = 0
/** Stages rows given as SQL values; columns as `name role type`. */
async function stage(
  kind: TableKind,
  columns: readonly string[],
  values: string,
  more: Partial<Staged> = {},
): Promise<Staged> {
  const parsed = columns.map((c): StagedColumn => {
    const [name = '', role = '', type = ''] = c.split(' ')
    return { name, source: name, role: role as ColumnRole, type: type as StagedColumn['type'], guessed: false }
  })
  const relation = `staged_${kind}_${++tables}`
  const types = { number: 'DOUBLE', category: 'VARCHAR', text: 'VARCHAR', time: 'TIMESTAMP' } as const
  await connection.run(`CREATE TABLE ${relation} (${parsed.map((c) => `"${c.name}" ${types[c.type]}`).join(', ')})`)
  await connection.run(`INSERT INTO ${relation} VALUES ${values}`)
  const keys = parsed.filter((c) => c.role === 'key').map((c) => c.name)
  return {
    kind,
    relation,
    columns: parsed,
    keys,
    files: [`${kind}.csv`],
    rows: 0,
    rejected: { count: 0, byCode: {} },
    hasOrigin: false,
    transactions: false,
    notices: [],
    ...more,
  }
}
const SALES = ['store key category', 'item key category', '__at date time', '__target target number']

async function imported(
  staged: readonly Staged[],
  options: ImportOptions = {},
): Promise<{ panel: Panel; facts: Awaited<ReturnType<typeof importInto>>; workspace: Workspace }> {
  const workspace = Workspace.open(join(folder, 'w'))
  const facts = await importInto(workspace, staged, connection, options, runOf())
  const [panel] = await Array.fromAsync(workspace.source().blocks())
  return { panel: panel as Panel, facts, workspace }
}
const days = (from: string, values: readonly (number | string)[], key = `'S', 'tea'`) =>
  values.map((v, k) => `(${key}, TIMESTAMP '${from}' + to_days(${k}), ${v})`).join(', ')

describe('importInto', () => {
  test('lays out series by day with gaps missing, and says so', async () => {
    const rows = `${days('2026-01-01', [1, 2, 3, 4, 5])}, ('S', 'tea', '2026-01-08', 8), ('S', 'mate', '2026-01-07', 7), ('S', 'mate', '2026-01-08', NULL), ('S', 'mate', '2026-01-09', 1)`
    const { panel, facts } = await imported([await stage('sales', SALES, rows)])
    expect(panel.ids).toEqual(['S/mate', 'S/tea'])
    expect([...valuesOf(panel, 1)]).toEqual([1, 2, 3, 4, 5, Number.NaN, Number.NaN, 8])
    expect([...valuesOf(panel, 0)]).toEqual([7, Number.NaN, 1])
    expect(panel.calendar.format(at(panel.start, 0))).toBe('2026-01-07')
    expect(panel.calendar.unit).toBe('day')
    expect(facts.to).toBe('2026-01-09')
    const found = Object.fromEntries(facts.findings.map((f) => [f.finding, f.count]))
    expect(found.gapsMissing).toBe(2)
    expect(found.missingValues).toBe(1)
    expect(facts.findings.find((f) => f.finding === 'gapsMissing')?.examples[0]).toBe('S tea 2026-01-06')
  })

  test('sums transactions with returns netted, and days without any are zero', async () => {
    const rows = `('S','tea','2026-01-01 09:10',2), ('S','tea','2026-01-01 17:00',3), ('S','tea','2026-01-01 18:00',-1), ('S','tea','2026-01-04 10:00',1), ('S','mate','2026-01-02 10:00',5)`
    const { panel } = await imported([await stage('sales', SALES, rows, { transactions: true })])
    expect([...valuesOf(panel, 1)]).toEqual([4, 0, 0, 1])
    expect([...valuesOf(panel, 0)]).toEqual([5, 0, 0])
    expect([...(panel.columns.get('returns')?.values ?? [])].filter((v) => v > 0)).toEqual([1])
  })

  test('reads identical rows once, adds up differing ones, and reports both', async () => {
    const rows = `${days('2026-01-01', [1, 2, 3])}, ('S','tea','2026-01-01',1), ('S','tea','2026-01-02',5)`
    const { panel, facts } = await imported([await stage('sales', SALES, rows)])
    expect([...valuesOf(panel, 0)]).toEqual([1, 7, 3])
    expect(facts.findings.find((f) => f.finding === 'identicalRows')).toMatchObject({
      count: 1,
      examples: ['S tea 2026-01-01'],
    })
    expect(facts.findings.find((f) => f.finding === 'severalRows')).toMatchObject({
      count: 2,
      examples: ['S tea 2026-01-02'],
    })
  })

  test.each([
    ['hour', 'to_hours(k)', '2026-01-01 00:00'],
    ['day', 'to_days(k)', '2026-01-01'],
    ['week', 'to_days(7 * k)', '2025-12-28'],
    ['month', 'to_months(k)', '2025-03-01'],
    ['quarter', 'to_months(3 * k)', '2020-04-01'],
    ['year', 'to_months(12 * k)', '2001-01-01'],
  ])('finds that values come by the %s', async (unit, step, from) => {
    const staged = await stage('sales', SALES, `('S', 'x', '2000-01-01', 0)`)
    await connection.run(`DELETE FROM ${staged.relation}`)
    await connection.run(
      `INSERT INTO ${staged.relation} SELECT 'S', 'tea', TIMESTAMP '${from}' + ${step.replace('k', 'k::INTEGER')}, k FROM range(12) AS r(k)`,
    )
    const { panel, facts } = await imported([staged])
    expect(facts.calendar.unit).toBe(unit)
    expect([...valuesOf(panel, 0)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    expect(facts.from).toBe(from)
    if (unit === 'week') expect(facts.calendar.weekStart).toBe(6)
  })

  test('joins prices, promotions, stock, events, ads, signals and items; plans reach into the future', async () => {
    const sales = await stage(
      'sales',
      SALES,
      `${days('2026-01-01', [1, 2, 3, 4])}, ${days('2026-01-02', [5, 6, 7], `'S','mate'`)}`,
    )
    const prices = await stage(
      'prices',
      ['item key category', '__at date time', 'price past number'],
      `('tea','2026-01-01',10), ('tea','2026-01-03',8), ('tea','2026-01-06',9), ('mate','2025-12-01',4)`,
    )
    const promotions = await stage(
      'promotions',
      ['item key category', '__at date time', 'end past time', 'discount past number'],
      `('tea','2026-01-02','2026-01-03',0.2), ('mate','2026-01-05','2026-01-06',0.5)`,
    )
    const stock = await stage(
      'stock',
      ['store key category', 'item key category', '__at date time', 'on_hand past number'],
      `('S','tea','2026-01-02',0), ('S','tea','2026-01-03',5)`,
    )
    const events = await stage(
      'events',
      ['item key category', '__at date time', 'event past category'],
      `('tea','2026-01-01 10:00','view'), ('tea','2026-01-01 11:00','view'), ('tea','2026-01-01 12:00','add_to_cart')`,
    )
    const ads = await stage(
      'ads',
      ['item key category', '__at date time', 'spend past number'],
      `('mate','2026-01-02',3), ('mate','2026-01-02',4)`,
    )
    const signals = await stage(
      'signals',
      ['__at date time', 'temperature past number'],
      `('2026-01-01', -3), ('2026-01-04', 5)`,
    )
    const items = await stage(
      'items',
      ['item key category', 'brand static category', 'weight static number'],
      `('tea','Tide',0.2)`,
    )
    const { panel, facts, workspace } = await imported([sales, prices, promotions, stock, events, ads, signals, items])
    const column = (name: string, i: number) => [
      ...(panel.columns.get(name)?.values.subarray(panel.offsets[i], panel.offsets[i + 1]) ?? []),
    ]
    expect(panel.ids).toEqual(['S/mate', 'S/tea'])
    expect(column('price', 1)).toEqual([10, 10, 8, 8, 8, 9])
    expect(column('price', 0)).toEqual([4, 4, 4, 4, 4])
    expect(column('promotion', 1)).toEqual([0, 1, 1, 0, 0, 0])
    expect(column('discount', 0)).toEqual([0, 0, 0, 0.5, 0.5])
    expect(column('views', 1)).toEqual([2, 0, 0, 0, 0, 0])
    expect(column('carts', 1)[0]).toBe(1)
    expect(column('spend', 0)[0]).toBe(7)
    expect(column('temperature', 1)).toEqual([-3, Number.NaN, Number.NaN, 5, Number.NaN, Number.NaN])
    expect([...panel.mask.subarray(panel.offsets[1], panel.offsets[2])]).toEqual([0, Mask.censored, 0, 0, 0, 0])
    const brand = panel.statics.get('brand')
    expect(brand?.categories).toEqual(['Tide'])
    expect([...(brand?.values ?? [])]).toEqual([Number.NaN, 0])
    expect([...(panel.statics.get('weight')?.values ?? [])]).toEqual([Number.NaN, 0.2])
    expect(facts.to).toBe('2026-01-04')
    expect(facts.knownTo).toBe('2026-01-06')
    const [known] = await Array.fromAsync(latestWindow(workspace.source(), 2).known())
    expect([...(known?.columns.get('price')?.values ?? [])]).toEqual([4, 4, 8, 9])
    expect(known?.columns.has('temperature')).toBe(false)
    expect(known?.columns.has('on_hand')).toBe(false)
  })

  test('tables of one kind by different keys join by their own, plan closures, and come again one by one', async () => {
    const sales = await stage('sales', SALES, days('2026-01-01', [1, 2, 3]))
    const items = await stage('items', ['item key category', 'brand static category'], `('tea','Tide')`)
    const stores = await stage('items', ['store key category', 'region static category'], `('S','North')`)
    const weather = await stage(
      'signals',
      ['store key category', '__at date time', 'rain past number'],
      `('S','2026-01-02',4)`,
    )
    const calendar = await stage(
      'signals',
      ['store key category', '__at date time', 'closed known number'],
      `('S','2026-01-01',0), ('S','2026-01-04',1), ('S','2026-01-05',0)`,
    )
    const { panel, workspace } = await imported([sales, items, stores, weather, calendar])
    expect(panel.statics.get('brand')?.categories).toEqual(['Tide'])
    expect(panel.statics.get('region')?.categories).toEqual(['North'])
    const [known] = await Array.fromAsync(latestWindow(workspace.source(), 2).known())
    expect([...(known?.mask ?? [])]).toEqual([Mask.closed, 0])
    expect(known?.columns.has('rain')).toBe(false)
    const digest = workspace.source().digest
    expect((await imported([stores])).workspace.source().digest).toBe(digest)
    const moved = await stage('items', ['store key category', 'region static category'], `('S','South')`)
    const after = await imported([moved])
    expect(after.panel.statics.get('region')?.categories).toEqual(['South'])
    expect(after.panel.statics.get('brand')?.categories).toEqual(['Tide'])
  })

  test('a day on which a whole store sold nothing is masked as closed, judged by the days before it alone', async () => {
    const items = ['a', 'b', 'c', 'd', 'e']
    const rows = items
      .map((i) =>
        days(
          '2026-01-01',
          Array.from({ length: 40 }, (_, t) => (t === 30 ? 0 : 3)),
          `'S','${i}'`,
        ),
      )
      .join(', ')
    const { panel, facts } = await imported([await stage('sales', SALES, rows)])
    expect(valuesOf(panel, 2)[30]).toBeNaN()
    expect(panel.mask.filter((m) => m === Mask.closed).length).toBe(5)
    expect(facts.findings.find((f) => f.finding === 'closedDetected')?.examples).toEqual(['S 2026-01-31'])
  })

  test('importing again changes nothing, later sales replace and add, and other tables stay', async () => {
    const sales = await stage('sales', SALES, days('2026-01-01', [1, 2, 3]))
    const items = await stage('items', ['item key category', 'brand static category'], `('tea','Tide')`)
    const first = await imported([sales, items])
    const digest = first.workspace.source().digest
    const again = await imported([sales])
    expect(again.workspace.source().digest).toBe(digest)
    const more = await imported([await stage('sales', SALES, days('2026-01-03', [30, 40]))])
    expect([...valuesOf(more.panel, 0)]).toEqual([1, 2, 30, 40])
    expect(more.panel.statics.get('brand')?.categories).toEqual(['Tide'])
    expect(more.workspace.source().digest).not.toBe(digest)
    const weekly = await stage(
      'sales',
      SALES,
      `('S','tea','2026-01-05',1), ('S','tea','2026-01-12',1), ('S','tea','2026-01-19',1)`,
    )
    await expect(imported([weekly], { freq: 'week' })).rejects.toMatchObject({ code: 'import.frequencyChanged' })
    const other = await stage(
      'sales',
      ['sku key category', '__at date time', '__target target number'],
      `('x','2026-01-05',1)`,
    )
    await expect(imported([other])).rejects.toMatchObject({ code: 'import.keys' })
    expect([...valuesOf((await imported([sales])).panel, 0)]).toEqual([1, 2, 3, 40])
  })

  test('refuses what has no sales, leaving the workspace as it was', async () => {
    const items = await stage('items', ['item key category'], `('tea')`)
    await expect(imported([items])).rejects.toMatchObject({ code: 'import.noSales' })
    await expect(imported([await stage('sales', SALES, `('S','tea','2026-01-05',NULL)`)])).rejects.toMatchObject({
      code: 'import.noRows',
    })
    expect(() => Workspace.open(join(folder, 'w')).source()).toThrow('holds no sales')
  })
})
