import type { MessageCode } from '../core/messages/index.ts'
import { quarantine } from './quarantine.ts'
import type { Raw, Reading } from './raw.ts'
import type { TableColumn } from './roles.ts'
import { ident, rowsOf } from './sql.ts'
import type { Rejected, StagedColumn, TableKind } from './staged.ts'

/** A rule that a row may break: SQL that is true where it does. */
export interface Check {
  readonly code: MessageCode
  readonly column: string
  /** SQL, given the value as it was found and the value as it was read. */
  readonly broken: (found: string, read: string) => string
  /** The staged column that is read from it, and how. */
  readonly cast: Cast
}

/** One column of the staged relation in SQL. */
export interface Cast {
  readonly column: StagedColumn
  readonly sql: string
}

/** A table about to be made. */
export interface Making {
  readonly kind: TableKind
  readonly relation: string
  readonly out: string
  readonly casts: readonly Cast[]
  readonly checks: readonly Check[]
  readonly columns: readonly TableColumn[]
  readonly raws: readonly Raw[]
  readonly hasOrigin: boolean
  readonly cheap: boolean
}

/** Makes the staged relation (a view where nothing has to be parsed) and the quarantine file. */
export async function materialise(reading: Reading, making: Making): Promise<Rejected> {
  const { connection } = reading
  const { relation, out, casts, checks, cheap, raws } = making
  const list = casts.map((cast) => `${cast.sql} AS ${ident(cast.column.name)}`)
  const brokenBy = (found: (check: Check) => string, read: (check: Check) => string) =>
    checks.length > 0
      ? `CASE ${checks.map((c, i) => `WHEN ${c.broken(found(c), read(c))} THEN ${i}`).join(' ')} END`
      : 'NULL::INTEGER'
  const broken = brokenBy(
    (c) => ident(c.column),
    (c) => `(${c.cast.sql})`,
  )
  let rows = relation
  const counts = new Map<number, number>()
  const tally = (rows: readonly { bad: number | null; n: number }[]) => {
    for (const { bad, n } of rows) if (bad !== null) counts.set(Number(bad), n)
  }
  if (cheap) {
    tally(await rowsOf(connection, `SELECT ${broken} AS bad, count(*) AS n FROM ${relation} GROUP BY 1`))
    const inner = raws.map((raw) => `SELECT * FROM ${ident(raw.relation)}`).join(' UNION ALL BY NAME ')
    await connection.run(
      `CREATE TEMP VIEW ${ident(out)} AS SELECT ${list.join(', ')} FROM (${inner})${counts.size > 0 ? ` WHERE (${broken}) IS NULL` : ''}`,
    )
    for (const raw of raws) keep(reading, raw.relation)
  } else {
    const table = reading.name(`typed_${making.kind}`)
    // Every value is read once, in the inner query; the rules are put to what came of it.
    const places = [...new Set(checks.map((c) => c.column))]
    const place = (name: string) => ident(`__found${places.indexOf(name)}`)
    const found = places.map((name) => `${ident(name)} AS ${place(name)}`)
    const bad = brokenBy(
      (c) => place(c.column),
      (c) => ident(c.cast.column.name),
    )
    const kept = [...casts.map((c) => ident(c.column.name)), '__file', '__row']
    await connection.run(
      `CREATE TEMP TABLE ${ident(table)} AS SELECT ${kept.join(', ')}, ${bad} AS __bad
       FROM (SELECT ${[...list, ...found, '__file', '__row'].join(', ')} FROM ${relation})`,
    )
    tally(
      await rowsOf(
        connection,
        `SELECT __bad AS bad, count(*) AS n FROM ${ident(table)} WHERE __bad IS NOT NULL GROUP BY 1`,
      ),
    )
    await connection.run(
      `CREATE TEMP VIEW ${ident(out)} AS SELECT * EXCLUDE (__bad${making.hasOrigin ? '' : ', __file, __row'}) FROM ${ident(table)}${counts.size > 0 ? ' WHERE __bad IS NULL' : ''}`,
    )
    rows = `(FROM ${relation} SEMI JOIN (FROM ${ident(table)} WHERE __bad IS NOT NULL) USING (__file, __row))`
  }
  return quarantine(reading, making, broken, counts, rows)
}

/** A view that the staged relation stands on outlives the reading. */
function keep(reading: Reading, relation: string): void {
  const at = reading.scratch.findIndex((statement) => statement.includes(ident(relation)))
  if (at >= 0) reading.scratch.splice(at, 1)
}
