import { join } from 'node:path'
import { checkInterrupt } from '../core/run.ts'
import { loadCsv } from './csv.ts'
import { columnNames } from './dialect.ts'
import { CsvWriter } from './mend.ts'
import type { Raw, Reading } from './raw.ts'

/** Brings rows that JavaScript streams out of a database into a temporary table of texts. */
export async function copyRows(
  reading: Reading,
  from: { readonly file: string; readonly name: string; readonly columns: readonly string[] },
  rows: AsyncIterable<readonly unknown[]> | Iterable<readonly unknown[]>,
): Promise<Raw> {
  const relation = reading.name('copy')
  const writer = new CsvWriter(join(reading.temp, `${relation}.csv`))
  const { names } = columnNames(from.columns)
  for await (const row of rows) {
    if (writer.count % 10_000 === 0) checkInterrupt(reading.run)
    // The first column keeps a row of nothing but empty cells from being a blank line.
    await writer.write([String(writer.count + 1), ...row.map(textOfCell)])
  }
  await writer.close()
  await loadCsv(reading, relation, writer.path, ['__line', ...names])
  const columns = names.map((name, i) => ({ name, source: from.columns[i] ?? name, type: 'VARCHAR' }))
  return { relation, file: from.file, name: from.name, columns, row: '"__line"', notices: [] }
}

/** A value as the text that a CSV holds; nothing for null. */
export function textOfCell(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
