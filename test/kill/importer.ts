import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { runOf } from '../../src/core/run.ts'
import type { Staged, StagedColumn } from '../../src/ingest/staged.ts'
import { importInto } from '../../src/store/import.ts'
import { openDuckDb, Workspace } from '../../src/store/workspace.ts'

/** Series and days of the table that is imported over and over. */
export const SERIES = 60
export const DAYS = 50
/** What is kept beside each import: many bytes of one value, so that a torn file shows. */
export const keptOf = (value: number) => new Uint8Array(100_000).fill(value % 251)

const column = (name: string, role: StagedColumn['role'], type: StagedColumn['type']): StagedColumn => ({
  name,
  source: name,
  role,
  type,
  guessed: false,
})

/** A program that imports tables full of 1, 2, 3 … until it is killed, and says on standard output what it begins and has ended. */
async function importUntilKilled(folder: string, from: number): Promise<void> {
  const workspace = Workspace.open(join(folder, 'workspace'))
  const duckdb = await openDuckDb(join(folder, 'spill'), 1)
  const connection = await duckdb.connect()
  for (let value = from; ; value++) {
    await connection.run(`CREATE OR REPLACE TEMP TABLE staged AS SELECT 'item' || i AS item,
      TIMESTAMP '2026-01-01' + to_days(d::INTEGER) AS __at, ${value}::DOUBLE AS __target FROM range(${SERIES}) AS a(i), range(${DAYS}) AS b(d)`)
    const staged: Staged = {
      kind: 'sales',
      relation: 'staged',
      columns: [
        column('item', 'key', 'category'),
        column('__at', 'date', 'time'),
        column('__target', 'target', 'number'),
      ],
      keys: ['item'],
      files: ['sales.csv'],
      rows: SERIES * DAYS,
      rejected: { count: 0, byCode: {} },
      hasOrigin: false,
      transactions: false,
      notices: [],
    }
    writeSync(1, `begin ${value}\n`)
    await importInto(workspace, [staged], connection, {}, runOf({ threads: 1 }))
    await workspace.keep.put(`result of ${value}`, keptOf(value))
    writeSync(1, `end ${value}\n`)
  }
}

if (import.meta.main) {
  const [folder = '', from = '1'] = process.argv.slice(2)
  await importUntilKilled(folder, Number(from))
}
