import { join } from 'node:path'
import { ForetideError } from '../core/errors.ts'
import type { MessageCode } from '../core/messages/index.ts'
import { checkInterrupt, type Notice } from '../core/run.ts'
import { HEAD, oddLines, textOfFile } from './bytes.ts'
import { headerDate } from './dates.ts'
import { columnNames, type Layout, layoutOf } from './dialect.ts'
import { type Encoding, encodingOf } from './encoding.ts'
import type { Found } from './format.ts'
import { CsvWriter, RejectWriter } from './mend.ts'
import { type Melted, note, type Raw, type RawColumn, type RawRejects, type Reading } from './raw.ts'
import { type RecordFault, RecordReader } from './records.ts'
import { ident, literal } from './sql.ts'

/** Above so many columns a file is turned long while it is read, since no table of that width is workable. */
const TOO_WIDE = 5000

const FAULTS: { readonly [F in RecordFault]: MessageCode } = {
  quote: 'ingest.row.quote',
  columns: 'ingest.row.columns',
  bytes: 'ingest.row.bytes',
  long: 'ingest.row.long',
}

/** Reads a delimited text file: DuckDB does it where the file keeps the rules, our own line reader where it does not. */
export async function readCsv(reading: Reading, path: string, name: string, found: Found): Promise<Raw> {
  const { options } = reading
  const notices: Notice[] = []
  const whole = found.head.length < HEAD
  let encoding = options.encoding ? statedEncoding(options.encoding) : encodingOf(found.head)
  if (encoding.damaged) encoding = encodingOf(await oddLines(path, found.gzip))
  const head = new TextDecoder(encoding.label).decode(found.head)
  const layout = layoutOf(head, whole, options.delimiter)
  if (!layout) throw new ForetideError('ingest.empty', { file: path }, { fault: 'badInput' })
  const { names, repeated, unnamed } = columnNames(layout.header)
  if (repeated.length > 0)
    note(notices, 'ingest.repeatedHeader', { file: path, columns: repeated.slice(0, 5).join(', ') })
  if (unnamed > 0 && !layout.headless) note(notices, 'ingest.unnamedHeader', { file: path, count: unnamed })
  if (layout.headless) note(notices, 'ingest.headless', { file: path, columns: names.slice(0, 10).join(', ') })
  if (layout.preamble > 0) note(notices, 'ingest.preamble', { file: path, count: layout.preamble })
  const columns = names.map((n, i) => ({ name: n, source: layout.header[i] || n, type: 'VARCHAR' }))
  const raw = { file: path, name, notices, commaLikely: layout.delimiter === ';' }
  const relation = reading.name('csv')
  if (layout.plain && encoding.label === 'utf-8' && names.length <= TOO_WIDE) {
    if (await tryDuckdb(reading, relation, path, layout, names, found.gzip)) {
      return { ...raw, relation, columns, row: 'rowid + 1' }
    }
    if (!encoding.damaged && !options.encoding) {
      const odd = await oddLines(path, found.gzip)
      if (odd.length > 0) encoding = { ...encodingOf(odd), bom: encoding.bom }
    }
  }
  if (encoding.guessed && encoding.label !== 'utf-8')
    note(notices, 'ingest.encoding', { file: path, encoding: encoding.label })
  const mended = await mend(reading, { path, layout, names, encoding, gzip: found.gzip, relation })
  if (mended.truncated) note(notices, 'ingest.truncated', { file: path, rows: mended.rows })
  return {
    ...raw,
    relation,
    columns: mended.columns ?? columns,
    row: '"__line"',
    ...(mended.rejects ? { rejects: mended.rejects } : {}),
    ...(mended.melted ? { melted: mended.melted } : {}),
  }
}

function statedEncoding(label: string): Encoding {
  try {
    return { label: new TextDecoder(label).encoding, bom: 0, damaged: false, guessed: false }
  } catch {
    throw new ForetideError('ingest.encodingUnknown', { encoding: label }, { fault: 'usage' })
  }
}

const spec = (names: readonly string[]) => `{${names.map((n) => `${literal(n)}: 'VARCHAR'`).join(', ')}}`

/** Loads a file by DuckDB's own reader under strict rules; false where it breaks any of them, and nothing was kept. */
async function tryDuckdb(
  reading: Reading,
  relation: string,
  path: string,
  layout: Layout,
  names: readonly string[],
  gzip: boolean,
): Promise<boolean> {
  try {
    await loadCsv(
      reading,
      relation,
      path,
      names,
      `delim = ${literal(layout.delimiter)}, header = ${!layout.headless}, max_line_size = 2000000, compression = '${gzip ? 'gzip' : 'none'}'`,
    )
    return true
  } catch (error) {
    checkInterrupt(reading.run)
    if (/out of memory|no space/i.test(String(error))) throw error
    return false
  }
}

/** Loads a CSV of known shape into a temporary table of texts. */
export async function loadCsv(
  reading: Reading,
  relation: string,
  path: string,
  names: readonly string[],
  options = 'header = false, max_line_size = 40000000',
): Promise<void> {
  // A pattern character in a file's name would make DuckDB look for other files.
  const escaped = path.replace(/[[\]*?]/g, '[$&]')
  await reading.connection.run(
    `CREATE TEMP TABLE ${ident(relation)} AS FROM read_csv(${literal(escaped)}, auto_detect = false, quote = '"', escape = '"',
     strict_mode = true, null_padding = false, columns = ${spec(names)}, ${options})`,
  )
  reading.scratch.push(`DROP TABLE IF EXISTS ${ident(relation)}`)
}

interface Mended {
  readonly rows: number
  readonly truncated: boolean
  readonly rejects?: RawRejects
  readonly columns?: readonly RawColumn[]
  readonly melted?: Melted
}

interface Job {
  readonly path: string
  readonly layout: Layout
  readonly names: readonly string[]
  readonly encoding: Encoding
  readonly gzip: boolean
  readonly relation: string
}

/** Reads a file line by line, sets the bad ones aside, and hands the good ones to DuckDB as a clean copy. */
async function mend(reading: Reading, job: Job): Promise<Mended> {
  const { layout, names, encoding, path } = job
  const melt = names.length > TOO_WIDE ? meltOf(names) : undefined
  if (names.length > TOO_WIDE && !melt)
    throw new ForetideError('ingest.tooWide', { file: path, columns: names.length }, { fault: 'badInput' })
  const reader = new RecordReader(layout, names.length)
  const clean = new CsvWriter(join(reading.temp, `${job.relation}.csv`))
  const rejects = new RejectWriter(join(reading.temp, `${job.relation}-rejects.csv`), path, reading.run.locale)
  let truncated = false
  let skip = layout.preamble + (layout.headless ? 0 : 1)
  let row = 0
  let first = true
  const pieces = textOfFile(path, job.gzip, encoding, () => {
    truncated = true
  })
  const drain = async (final: boolean) => {
    for (const record of reader.take(final)) {
      if (skip > 0) {
        skip--
        continue
      }
      row++
      if (record.fault)
        await rejects.reject(row, FAULTS[record.fault], { has: record.cells.length, wants: names.length }, record.raw)
      else if (melt) await melt(clean, row, record.cells)
      else await clean.write([String(row), ...record.cells])
    }
  }
  for await (const piece of pieces) {
    checkInterrupt(reading.run)
    reader.push(first ? piece.replace(/^\ufeff/, '') : piece)
    if (piece.length > 0) first = false
    await drain(false)
  }
  await drain(true)
  await clean.close()
  const kept = await rejects.close()
  const columns = melt?.columns
  await loadCsv(reading, job.relation, clean.path, ['__line', ...(columns?.map((c) => c.name) ?? names)])
  return {
    rows: row,
    truncated,
    ...(kept ? { rejects: kept } : {}),
    ...(columns && melt ? { columns, melted: { over: melt.over, columns: names.length } } : {}),
  }
}

interface Melt {
  (clean: CsvWriter, row: number, cells: readonly string[]): Promise<void>
  columns: readonly RawColumn[]
  over: Melted['over']
}

/** How to turn a very wide file long: its columns are dates after some keys, or series after one column of dates. */
function meltOf(names: readonly string[]): Melt | undefined {
  const firstDate = names.findIndex((name) => headerDate(name) !== undefined)
  const over = firstDate > 0 ? 'dates' : 'series'
  const ids = over === 'dates' ? firstDate : 1
  if (over === 'dates' && names.slice(ids).some((name) => headerDate(name) === undefined)) return undefined
  const text = (name: string): RawColumn => ({ name, source: name, type: 'VARCHAR' })
  const columns = [...names.slice(0, ids).map(text), text(over === 'dates' ? 'date' : 'item'), text('value')]
  const melt = async (clean: CsvWriter, row: number, cells: readonly string[]) => {
    const keys = [String(row), ...cells.slice(0, ids)]
    for (let i = ids; i < cells.length; i++) await clean.write([...keys, names[i] as string, cells[i] as string])
  }
  return Object.assign(melt, { columns, over } as const)
}
