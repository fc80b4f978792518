import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { ForetideError, textOf } from '../core/errors.ts'
import type { Check, Making } from './make.ts'
import { QUARANTINE } from './mend.ts'
import type { Reading } from './raw.ts'
import { ident, literal } from './sql.ts'
import type { Rejected } from './staged.ts'

/** Writes every rejected row to a CSV that is safe to open in a spreadsheet. */
export async function quarantine(
  reading: Reading,
  making: Making,
  broken: string,
  counts: ReadonlyMap<number, number>,
  rows: string,
): Promise<Rejected> {
  const { options, connection, run } = reading
  const structural = making.raws.flatMap((raw) => (raw.rejects ? [raw.rejects] : []))
  const byCode: Record<string, number> = {}
  const add = (code: string, n: number) => {
    byCode[code] = (byCode[code] ?? 0) + n
  }
  for (const rejects of structural) for (const [code, n] of Object.entries(rejects.byCode)) add(code, n)
  for (const [i, n] of counts) add(making.checks[i]?.code as string, n)
  const count = Object.values(byCode).reduce((a, b) => a + b, 0)
  if (count === 0) return { count, byCode }
  const dir = options.quarantineDir ?? 'foretide-quarantine'
  const path = join(
    dir,
    `${making.kind}-${run.now().toISOString().replace(/\D/g, '').slice(0, 17)}-${making.out.split('_').at(-1)}.csv`,
  )
  const parts: string[] = []
  if (structural.length > 0)
    parts.push(`SELECT * FROM read_csv([${structural.map((r) => literal(r.path)).join(', ')}], auto_detect = false, header = false, delim = ',', quote = '"',
      escape = '"', max_line_size = 40000000, columns = {${QUARANTINE.map((q) => `"${q}": 'VARCHAR'`).join(', ')}})`)
  if (counts.size > 0) {
    const pick = (of: (check: Check) => string) =>
      `CASE bad ${making.checks.map((c, i) => `WHEN ${i} THEN ${of(c)}`).join(' ')} END`
    const value = pick((c) => `left(${ident(c.column)}::VARCHAR, 1000)`)
    const reason = pick((c) =>
      literal(textOf(c.code, { column: c.column, file: '\u0001', row: '\u0002', value: '\u0003' }, run.locale)),
    )
    const raw = `concat_ws(',', ${making.columns
      .slice(0, 100)
      .map((c) => `coalesce(left(${ident(c.name)}::VARCHAR, 1000), '')`)
      .join(', ')})`
    parts.push(`SELECT __file AS file, coalesce(__row::VARCHAR, '') AS "row", ${pick((c) => literal(c.column))} AS "column", coalesce(${value}, '') AS value,
      ${pick((c) => literal(c.code))} AS code,
      replace(replace(replace(${reason}, '\u0001', __file), '\u0002', coalesce(__row::VARCHAR, '?')), '\u0003', coalesce(${value}, '')) AS reason, ${raw} AS raw
      FROM (SELECT *, ${broken} AS bad FROM ${rows}) WHERE bad IS NOT NULL`)
  }
  try {
    mkdirSync(dir, { recursive: true })
    const safe = QUARANTINE.map(
      (q) => `CASE WHEN regexp_matches("${q}", '^\\s*[=+@\\-\\t\\r]') THEN '''' || "${q}" ELSE "${q}" END AS "${q}"`,
    )
    await connection.run(
      `COPY (SELECT ${safe.join(', ')} FROM (${parts.join(' UNION ALL ')})) TO ${literal(path)} (FORMAT csv, HEADER true, FORCE_QUOTE *)`,
    )
  } catch (error) {
    throw new ForetideError(
      'ingest.quarantine',
      { path, why: error instanceof Error ? error.message : '' },
      { cause: error },
    )
  }
  return { count, path, byCode }
}
