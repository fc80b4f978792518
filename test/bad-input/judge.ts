import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { ForetideError, LOCALES } from '../../src/core/errors.ts'
import { runOf } from '../../src/core/run.ts'
import { ingest } from '../../src/ingest/ingest.ts'
import { type BadInput, writeCase } from './corpus.ts'

/** What became of one malformed file. */
export interface Verdict {
  readonly name: string
  /** What is wrong, in words; empty where all is as expected. */
  readonly faults: readonly string[]
  readonly crashed: boolean
  /** Whether whatever was said names the file and exists in every language. */
  readonly clear: boolean
  readonly goodRowsLost: number
  readonly milliseconds: number
}

/** Reads one malformed file and compares what happens with what should. */
export async function judge(input: BadInput): Promise<Verdict> {
  const dir = mkdtempSync(join(tmpdir(), 'foretide-bad-'))
  const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '1GB' })
  const connection = await instance.connect()
  const began = performance.now()
  const done = (faults: string[], rest: Partial<Verdict> = {}): Verdict => ({
    name: input.name,
    faults,
    crashed: false,
    clear: true,
    goodRowsLost: 0,
    milliseconds: performance.now() - began,
    ...rest,
  })
  const { expect } = input
  const wanted = 'loaded' in expect ? Math.max(0, expect.loaded) : 0
  try {
    const path = writeCase(dir, input)
    const options = { as: 'sales' as const, quarantineDir: join(dir, 'quarantine'), ...input.options }
    const [staged] = await ingest(connection, [path], options, runOf())
    if (!staged) return done(['nothing was staged'], { goodRowsLost: wanted })
    if ('error' in expect) return done([`${staged.rows} rows loaded instead of ${expect.error}`])
    const faults: string[] = []
    const check = (what: string, got: unknown, want: unknown) => {
      if (JSON.stringify(got) !== JSON.stringify(want))
        faults.push(`${what}: ${JSON.stringify(got)}, not ${JSON.stringify(want)}`)
    }
    const query = async (sql: string) => (await connection.runAndReadAll(sql)).getRows()[0] ?? []
    if (expect.loaded >= 0) check('rows', staged.rows, expect.loaded)
    else if (staged.rows === 0) faults.push('no row before the damage was kept')
    if (expect.loaded >= 0) check('rejected', sortedKeys(staged.rejected.byCode), sortedKeys(expect.rejected ?? {}))
    if (expect.sum !== undefined)
      check('sum', (await query(`SELECT coalesce(sum(__target), 0) FROM ${staged.relation}`))[0], expect.sum)
    const key = staged.keys[0]
    for (const value of expect.keys ?? [])
      check(
        `key ${value}`,
        (await query(`SELECT count(*) > 0 FROM ${staged.relation} WHERE "${key}" = '${value}'`))[0],
        true,
      )
    if (expect.dates)
      check(
        'dates',
        await query(`SELECT min(__at)::DATE::VARCHAR, max(__at)::DATE::VARCHAR FROM ${staged.relation}`),
        expect.dates,
      )
    if (staged.rejected.count > 0) await checkQuarantine(staged.rejected.path, staged.rejected.count, faults, query)
    return done(faults, { goodRowsLost: Math.max(0, wanted - staged.rows) })
  } catch (error) {
    if (!(error instanceof ForetideError))
      return done([`crash: ${error}`], { crashed: true, clear: false, goodRowsLost: wanted })
    const texts = LOCALES.map((locale) => error.text(locale))
    const names = error.details.file !== undefined || error.details.column !== undefined
    const clear =
      names && texts.every((text) => text.length > 10 && !/undefined|\{\w+\}/.test(text)) && error.fault !== 'failed'
    if ('error' in expect && error.code === expect.error)
      return done(clear ? [] : [`unclear: ${error.message}`], { clear })
    return done([`${error.code}: ${error.message}`], { clear, goodRowsLost: wanted })
  } finally {
    connection.closeSync()
    instance.closeSync()
    rmSync(dir, { recursive: true, force: true })
  }
}

const sortedKeys = (record: Readonly<Record<string, number>>) =>
  Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))

/** The quarantine file has a line for each rejected row, and no cell that a spreadsheet would run. */
async function checkQuarantine(
  path: string | undefined,
  count: number,
  faults: string[],
  query: (sql: string) => Promise<readonly unknown[]>,
) {
  if (path === undefined || !existsSync(path)) {
    faults.push('no quarantine file')
    return
  }
  const [rows, formulas] = await query(
    `SELECT count(*)::INTEGER, count(*) FILTER (WHERE regexp_matches(concat_ws('\n', value, raw), '(?m)^[=+@-]') AND NOT starts_with(value, '''') AND NOT starts_with(raw, ''''))::INTEGER
     FROM read_csv('${path}', all_varchar = true, delim = ',', quote = '"', escape = '"', header = true, max_line_size = 40000000)`,
  )
  if (rows !== count) faults.push(`quarantine holds ${rows} rows, not ${count}`)
  if (formulas !== 0) faults.push(`quarantine holds ${formulas} formulas`)
  if (!readFileSync(path, 'utf8').startsWith('"file","row","column","value","code","reason","raw"'))
    faults.push('quarantine lacks its header')
}
