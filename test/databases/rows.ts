import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { runOf } from '../../src/core/run.ts'
import { ingest } from '../../src/ingest/ingest.ts'
import type { IngestOptions } from '../../src/ingest/options.ts'
import type { Staged } from '../../src/ingest/staged.ts'

/** Reads inputs into a fresh DuckDB and hands the staged tables, and a way to query them, to a function. */
export async function withIngested<T>(
  inputs: readonly string[],
  options: IngestOptions,
  use: (staged: readonly Staged[], query: (sql: string) => Promise<unknown[][]>) => Promise<T>,
): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'foretide-test-'))
  const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '1GB' })
  const connection = await instance.connect()
  try {
    const staged = await ingest(connection, inputs, { quarantineDir: join(dir, 'quarantine'), ...options }, runOf())
    return await use(staged, async (sql) => (await connection.runAndReadAll(sql)).getRowsJson() as unknown[][])
  } finally {
    connection.closeSync()
    instance.closeSync()
    rmSync(dir, { recursive: true, force: true })
  }
}
