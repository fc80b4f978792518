import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { expect, test } from 'vitest'
import { runOf } from '../../core/run.ts'
import type { ColumnRole, Staged, StagedColumn, TableKind } from '../../ingest/staged.ts'
import { importInto } from '../import.ts'
import { ident } from '../sql.ts'
import { Workspace } from '../workspace.ts'

const column = (name: string, role: ColumnRole, type: StagedColumn['type']): StagedColumn => ({
  name,
  source: name,
  role,
  type,
  guessed: false,
})

test('columns may be called what the panel calls its own parts, in any case of letters', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'foretide-names-'))
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  let tables = 0
  const stage = async (kind: TableKind, columns: StagedColumn[], rows: string): Promise<Staged> => {
    const relation = `staged_${++tables}`
    const types = { number: 'DOUBLE', category: 'VARCHAR', text: 'VARCHAR', time: 'TIMESTAMP' }
    await connection.run(
      `CREATE TABLE ${relation} (${columns.map((c) => `${ident(c.name)} ${types[c.type]}`).join(', ')})`,
    )
    await connection.run(`INSERT INTO ${relation} VALUES ${rows}`)
    const keys = columns.filter((c) => c.role === 'key').map((c) => c.name)
    const rejected = { count: 0, byCode: {} }
    return {
      kind,
      relation,
      columns,
      keys,
      files: [],
      rows: 0,
      rejected,
      hasOrigin: false,
      transactions: false,
      notices: [],
    }
  }
  const dated = [column('__at', 'date', 'time'), column('__target', 'target', 'number')]
  const NAMES = [
    's',
    'period',
    'target',
    'mask',
    'start',
    'length',
    'series',
    'n',
    'kinds',
    'place',
    'v',
    'c0',
    'a"b',
    '价格',
  ]
  for (const [k, key] of NAMES.entries()) {
    const other = NAMES[(k + 1) % NAMES.length] as string
    const attribute = NAMES[(k + 2) % NAMES.length] as string
    const workspace = Workspace.open(join(folder, String(k)))
    const sales = await stage(
      'sales',
      [
        column(key, 'key', 'category'),
        ...dated,
        column(other, 'past', 'number'),
        column('Brand', 'static', 'category'),
      ],
      `('x', '2026-01-01', 1, 7, 'A'), ('x', '2026-01-02', 2, 8, 'A'), ('y', '2026-01-02', 3, 9, 'B')`,
    )
    const items = await stage(
      'items',
      [column(key, 'key', 'category'), column(attribute, 'static', 'number'), column('brand', 'static', 'category')],
      `('x', 40, 'C'), ('y', 50, 'D')`,
    )
    await importInto(workspace, [sales, items], connection, {}, runOf())
    const [panel] = await Array.fromAsync(workspace.source().blocks())
    expect(panel?.keys).toEqual([key])
    expect(panel?.ids).toEqual(['x', 'y'])
    expect([...(panel?.target ?? [])]).toEqual([1, 2, 3])
    expect([...(panel?.columns.values() ?? [])].map((c) => [...c.values])).toEqual([[7, 8, 9]])
    const statics = new Map(
      [...(panel?.statics ?? [])].map(([name, c]) => [name, [...c.values].map((v) => c.categories?.[v] ?? v)]),
    )
    expect(statics.get(attribute)).toEqual([40, 50])
    expect(statics.get('Brand')).toEqual(['A', 'B'])
    expect(statics.get('items_brand')).toEqual(['C', 'D'])
  }
  connection.closeSync()
  instance.closeSync()
  rmSync(folder, { recursive: true, force: true })
})
