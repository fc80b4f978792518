import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { Calendar, type CalendarOptions, type Unit } from '../core/calendar.ts'
import { ForetideError } from '../core/errors.ts'
import { checkInterrupt, type Run } from '../core/run.ts'
import { type Staged, TABLE_KINDS } from '../ingest/staged.ts'
import { makeCells, makeSeries, maskClosures } from './build/cells.ts'
import { findingsOf, mixedFrequencies, sharesOf } from './build/findings.ts'
import { type Frequency, frequencyOf } from './build/frequency.ts'
import { type Joined, joinedOf, unmatchedOf } from './build/joins.ts'
import { type SalesColumn, sumSales } from './build/sales.ts'
import { writePanel } from './build/write.ts'
import type { FindingFacts, ImportFacts, TableFacts } from './facts.ts'
import { writeWhole } from './files.ts'
import { ident, rowOf, rowsOf, text } from './sql.ts'
import type { Workspace } from './workspace.ts'

/** How tables become a panel; what is left out is found in the data, and reported. */
export interface ImportOptions {
  readonly freq?: Unit
  /** First day of weeks, 0 for Monday. */
  readonly weekStart?: number
  readonly zone?: string
  /** What a period without a row means: nothing sold (the rule for transactions), or not known (for tables of one row a period). */
  readonly gaps?: 'zero' | 'missing'
}

/** What a generation remembers so that a later import can add to it. */
interface Memory {
  readonly keys: readonly string[]
  readonly calendar: Required<CalendarOptions>
  readonly gaps: 'zero' | 'missing'
  readonly columns: readonly SalesColumn[]
  readonly joined: readonly Joined[]
  readonly tables: readonly TableFacts[]
  readonly frequency: Frequency & { readonly stated: boolean }
  readonly findings: readonly FindingFacts[]
}
const MEMORY = 'memory.json'

/**
 * Brings staged tables into a workspace: sums sales into periods, joins the other tables, masks stock-outs and closures, and writes the
 * panel. Sales of a series and period that were imported before are replaced, so that importing a file twice changes nothing.
 */
export async function importInto(
  workspace: Workspace,
  staged: readonly Staged[],
  connection: DuckDBConnection,
  options: ImportOptions,
  run: Run,
): Promise<ImportFacts> {
  return await workspace.replace(async (folder, previous) => {
    const before =
      previous && existsSync(join(previous, MEMORY))
        ? (JSON.parse(readFileSync(join(previous, MEMORY), 'utf8')) as Memory)
        : undefined
    const step = stepsOf(run, 5)
    const sales = await salesOf(connection, staged, options, before, previous)
    step()
    const joined = await joinAll(connection, staged, sales, before, previous, run)
    step()
    const { keys, calendar, gaps } = sales
    const parts = { keys, columns: sales.columns, joined, gaps }
    const statics = await makeSeries(connection, parts)
    const { count } = await rowOf<{ count: number }>(connection, 'SELECT count(*) AS count FROM series')
    if (count === 0)
      throw new ForetideError(
        'import.noRows',
        {
          quarantine: staged
            .map((s) => s.rejected.path)
            .filter(Boolean)
            .join(', '),
        },
        { fault: 'badInput' },
      )
    const { columns, lastObserved, knownTo } = await makeCells(connection, parts)
    const closures = await maskClosures(connection, keys, lastObserved)
    checkInterrupt(run)
    step()
    const found = [
      ...sales.findings,
      ...mixedFrequencies(sales.frequency, calendar.unit),
      ...(await findingsOf(connection, keys, calendar, lastObserved, gaps)),
    ]
    if (closures)
      found.push({
        ...closures,
        examples: closures.examples.map((e) => e.replace(/-?\d+$/, (p) => calendar.format(Number(p)))),
      })
    for (const table of joined) {
      const loose = await unmatchedOf(connection, table)
      if (loose.rows > 0)
        found.push({
          finding: 'unmatchedRows',
          count: loose.rows,
          series: 0,
          examples: [table.kind, ...loose.examples],
        })
    }
    const shares = await sharesOf(connection, lastObserved)
    const meta = await writePanel(connection, folder, calendar, keys, columns, statics, lastObserved)
    step()
    await saveTables(connection, folder, joined)
    const tables = [
      ...(before?.tables ?? []).filter(
        (t) => !staged.some((s) => s.kind === t.kind && keysOf(s.columns) === keysOf(t.columns)),
      ),
      ...(await Promise.all(staged.map((table) => tableFacts(connection, table)))),
    ]
    const memory: Memory = {
      keys,
      calendar: calendar.toJSON(),
      gaps,
      columns: sales.columns,
      joined,
      tables,
      frequency: sales.frequency,
      findings: sales.findings,
    }
    writeWhole(join(folder, MEMORY), JSON.stringify(memory))
    const facts: ImportFacts = {
      tables,
      calendar: calendar.toJSON(),
      frequency: { stated: sales.frequency.stated, seriesByUnit: sales.frequency.seriesByUnit },
      keys,
      series: meta.count,
      cells: meta.cells,
      from: calendar.format(meta.first),
      to: calendar.format(lastObserved),
      knownTo: calendar.format(knownTo),
      shares,
      columns: meta.columns.map((c) => ({
        name: c.name,
        knownAhead: c.knownAhead,
        category: c.categories !== undefined,
      })),
      statics: meta.statics.map((c) => c.name),
      findings: found,
    }
    writeWhole(join(folder, 'facts.json'), JSON.stringify(facts, null, 2))
    checkInterrupt(run)
    step()
    return facts
  })
}

const stepsOf = (run: Run, total: number) => {
  let done = 0
  run.progress({ stage: 'import', done, total })
  return () => run.progress({ stage: 'import', done: ++done, total })
}

/** The keys of a table, by which it is known again. */
const keysOf = (columns: Staged['columns']) => columns.flatMap((c) => (c.role === 'key' ? [c.name] : [])).join()

/** How many rejected rows are shown of each reason. */
const SHOWN = 3

/** What is remembered of a table, with a few of its rejected rows for people to look at. */
async function tableFacts(connection: DuckDBConnection, staged: Staged): Promise<TableFacts> {
  const { kind, files, rows, rejected, transactions, columns } = staged
  const examples: Record<string, string[]> = {}
  if (rejected.path && rejected.count > 0) {
    const found = await rowsOf<{ code: string; label: string }>(
      connection,
      `SELECT code, concat_ws(' ', file || ' #' || "row", "column" || ':', left(value, 60)) AS label
        FROM read_csv(${text(rejected.path)}, header = true, all_varchar = true)
        QUALIFY row_number() OVER (PARTITION BY code ORDER BY file, try_cast("row" AS BIGINT)) <= ${SHOWN}`,
    )
    for (const { code, label } of found) examples[code] = [...(examples[code] ?? []), label]
  }
  return { kind, files, rows, rejected, rejectedExamples: examples, transactions, columns }
}

interface Sales extends Omit<Memory, 'calendar' | 'joined' | 'tables'> {
  readonly calendar: Calendar
}

async function salesOf(
  connection: DuckDBConnection,
  staged: readonly Staged[],
  options: ImportOptions,
  before: Memory | undefined,
  previous: string | undefined,
): Promise<Sales> {
  const table = staged.find((s) => s.kind === 'sales')
  if (!table) {
    if (!before || !previous) throw new ForetideError('import.noSales', {}, { fault: 'badInput' })
    await connection.run(
      `CREATE OR REPLACE TEMP TABLE sales_periods AS SELECT * FROM read_parquet(${text(join(previous, 'sales.parquet'))})`,
    )
    return { ...before, calendar: new Calendar(before.calendar) }
  }
  // A stated frequency is taken at its word, which saves two looks at all rows.
  const usual = options.freq
    ? { unit: options.freq, weekStart: 0, seriesByUnit: {} }
    : await frequencyOf(connection, table)
  const unit = options.freq ?? before?.calendar.unit ?? usual.unit
  const weekStart = options.weekStart ?? before?.calendar.weekStart ?? (unit === 'week' ? usual.weekStart : 0)
  const calendar = new Calendar({ unit, weekStart, zone: options.zone ?? before?.calendar.zone ?? 'UTC' })
  if (before && (before.calendar.unit !== unit || before.calendar.weekStart !== weekStart))
    throw new ForetideError(
      'import.frequencyChanged',
      { now: unit, before: before.calendar.unit },
      { fault: 'badInput' },
    )
  const sales = await sumSales(connection, table, calendar)
  if (before && previous) {
    if (before.keys.join() !== sales.keys.join())
      throw new ForetideError(
        'import.keys',
        { now: sales.keys.join(', '), before: before.keys.join(', ') },
        { fault: 'badInput' },
      )
    const on = [...sales.keys.map(ident), '__period'].join(', ')
    await connection.run(`CREATE OR REPLACE TEMP TABLE merged AS SELECT * FROM sales_periods UNION ALL BY NAME
      (SELECT * FROM read_parquet(${text(join(previous, 'sales.parquet'))}) AS old ANTI JOIN sales_periods USING (${on}))`)
    await connection.run('DROP TABLE sales_periods')
    await connection.run('ALTER TABLE merged RENAME TO sales_periods')
  }
  const fresh = new Set(sales.columns.map((c) => c.name))
  const columns = [...sales.columns, ...(before?.columns ?? []).filter((c) => !fresh.has(c.name))]
  const gaps = options.gaps ?? before?.gaps ?? (table.transactions ? 'zero' : 'missing')
  const frequency = { ...usual, stated: options.freq !== undefined }
  return { keys: sales.keys, calendar, gaps, columns, frequency, findings: sales.findings }
}

async function joinAll(
  connection: DuckDBConnection,
  staged: readonly Staged[],
  sales: Sales,
  before: Memory | undefined,
  previous: string | undefined,
  run: Run,
): Promise<Joined[]> {
  const all: Joined[] = []
  const taken = new Set((before?.joined ?? []).map((old) => old.relation))
  const free = (kind: string) => {
    for (let n = 1; ; n++) {
      const name = `joined_${kind}_${n}`
      if (taken.has(name)) continue
      taken.add(name)
      return name
    }
  }
  for (const table of staged) {
    if (table.kind === 'sales') continue
    const joined = await joinedOf(connection, table, sales.keys, sales.calendar, free(table.kind))
    if (joined) all.push(joined)
    else run.notice({ code: 'import.unmatched', details: { kind: table.kind, keys: sales.keys.join(', ') } })
  }
  for (const old of previous ? (before?.joined ?? []) : []) {
    const saved = `read_parquet(${text(join(previous as string, `${old.relation}.parquet`))})`
    const now = all.findIndex((j) => sameTable(j, old))
    if (now < 0) {
      await connection.run(`CREATE OR REPLACE TEMP TABLE ${old.relation} AS SELECT * FROM ${saved}`)
      all.push(old)
      continue
    }
    const joined = all[now] as Joined
    const on = [...joined.on.map(ident), ...(joined.by === 'series' ? [] : ['__period'])].join(', ')
    await connection.run(
      `INSERT INTO ${joined.relation} BY NAME SELECT ${[on, ...joined.columns.filter((c) => old.columns.some((o) => o.name === c.name)).map((c) => ident(c.name))].join(', ')} FROM ${saved} AS old ANTI JOIN ${joined.relation} USING (${on})`,
    )
    all[now] = { ...joined, last: Math.max(joined.last, old.last) }
  }
  // An order of their own, so that the same tables make the same panel whichever came first.
  const rank = (j: Joined) => `${TABLE_KINDS.indexOf(j.kind)} ${j.on.join()} ${j.columns.map((c) => c.name).join()}`
  return all.sort((a, b) => (rank(a) < rank(b) ? -1 : 1))
}

/** Whether a table that comes again is the one that was there: of the same kind, by the same keys, and with a column in common. */
function sameTable(a: Joined, b: Joined): boolean {
  return (
    a.kind === b.kind &&
    a.by === b.by &&
    a.on.join() === b.on.join() &&
    a.columns.some((c) => b.columns.some((d) => d.name === c.name))
  )
}

async function saveTables(connection: DuckDBConnection, folder: string, joined: readonly Joined[]): Promise<void> {
  for (const relation of ['sales_periods', ...joined.map((j) => j.relation)]) {
    const file = relation === 'sales_periods' ? 'sales' : relation
    await connection.run(
      `COPY ${relation} TO ${text(join(folder, `${file}.parquet`))} (FORMAT parquet, COMPRESSION zstd)`,
    )
  }
}
