import { join } from 'node:path'
import { ForetideError } from '../core/errors.ts'
import { checkInterrupt, type Notice } from '../core/run.ts'
import { textOfFile } from './bytes.ts'
import { textOfCell } from './copy.ts'
import { loadCsv } from './csv.ts'
import { columnNames } from './dialect.ts'
import { encodingOf } from './encoding.ts'
import type { Found } from './format.ts'
import { CsvWriter, RejectWriter } from './mend.ts'
import { note, type Raw, type RawRejects, type Reading } from './raw.ts'
import { describe, ident, literal } from './sql.ts'

const OBJECT_SIZE = 16_000_000

/** Reads JSON (an array of objects) or JSON lines: DuckDB does it where all is well formed, an object cutter where not. */
export async function readJson(reading: Reading, path: string, name: string, found: Found): Promise<Raw> {
  const encoding = reading.options.encoding
    ? { ...encodingOf(found.head), label: reading.options.encoding }
    : encodingOf(found.head)
  const relation = reading.name('json')
  const raw = { file: path, name, relation }
  if (encoding.label === 'utf-8' && encoding.bom === 0 && (await tryDuckdb(reading, relation, path, found.gzip))) {
    const columns = (await describe(reading.connection, ident(relation))).map((c) => ({ ...c, source: c.name }))
    if (columns.length > 1 || columns[0]?.name !== 'json') return { ...raw, columns, row: 'rowid + 1', notices: [] }
  }
  const { columns, rejects, truncated, rows } = await mendJson(reading, {
    ...raw,
    path,
    gzip: found.gzip,
    label: encoding.label,
  })
  const notices: Notice[] = []
  if (truncated) note(notices, 'ingest.truncated', { file: path, rows })
  return { ...raw, columns, row: '"__line"', notices, ...(rejects ? { rejects } : {}) }
}

/** Lets DuckDB find the keys, then reads every value as text, so that no type is guessed twice. */
async function tryDuckdb(reading: Reading, relation: string, path: string, gzip: boolean): Promise<boolean> {
  const { connection } = reading
  const source = `${literal(path.replace(/[[\]*?]/g, '[$&]'))}, compression = '${gzip ? 'gzip' : 'none'}', maximum_object_size = ${OBJECT_SIZE}`
  try {
    const found = await describe(
      connection,
      `read_json(${source}, sample_size = -1, records = true, map_inference_threshold = -1)`,
    )
    if (found.length === 0) return false
    const names = columnNames(found.map((c) => c.name)).names
    if (names.some((n, i) => n !== found[i]?.name)) return false
    const columns = names.map((n) => `${literal(n)}: 'VARCHAR'`).join(', ')
    await connection.run(
      `CREATE TEMP TABLE ${ident(relation)} AS FROM read_json(${source}, records = true, columns = {${columns}})`,
    )
    reading.scratch.push(`DROP TABLE IF EXISTS ${ident(relation)}`)
    return true
  } catch {
    checkInterrupt(reading.run)
    return false
  }
}

interface MendJob {
  readonly relation: string
  readonly path: string
  readonly file: string
  readonly gzip: boolean
  readonly label: string
}

/** Cuts out object after object, sets aside what is none, and hands the good ones on as a clean CSV. */
async function mendJson(reading: Reading, job: MendJob) {
  const { path } = job
  const clean = new CsvWriter(join(reading.temp, `${job.relation}.csv`))
  const rejects = new RejectWriter(join(reading.temp, `${job.relation}-rejects.csv`), path, reading.run.locale)
  const columns = new Map<string, number>()
  const cutter = new ObjectCutter()
  let row = 0
  let truncated = false
  const encoding = { label: job.label, bom: 0, damaged: false, guessed: false }
  const take = async (text: string) => {
    row++
    const object = text.includes('\ufffd') ? undefined : parsed(text)
    if (!object) {
      await rejects.reject(row, text.includes('\ufffd') ? 'ingest.row.bytes' : 'ingest.row.json', {}, text)
      return
    }
    const cells: string[] = [String(row)]
    for (const [key, value] of Object.entries(object)) {
      const at = columns.get(key) ?? columns.size
      columns.set(key, at)
      cells[at + 1] = textOfCell(value)
    }
    for (let i = 0; i < cells.length; i++) cells[i] ??= ''
    await clean.write(cells)
  }
  const damage = () => {
    truncated = true
  }
  for await (const piece of textOfFile(path, job.gzip, encoding, damage)) {
    checkInterrupt(reading.run)
    for (const text of cutter.push(piece)) await take(text)
  }
  const rest = cutter.rest()
  if (rest) await take(rest)
  await clean.close()
  const kept: RawRejects | undefined = await rejects.close()
  if (clean.count === 0) throw new ForetideError('ingest.notRecords', { file: path }, { fault: 'badInput' })
  const { names } = columnNames([...columns.keys()])
  // Later objects may bring keys that earlier ones lack, so rows may be short.
  await loadCsv(
    reading,
    job.relation,
    clean.path,
    ['__line', ...names],
    'header = false, max_line_size = 40000000, null_padding = true, parallel = false',
  )
  const list = names.map((n, i) => ({ name: n, source: [...columns.keys()][i] ?? n, type: 'VARCHAR' }))
  return { columns: list, rejects: kept, truncated, rows: row }
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

/** Cuts a stream of JSON objects, parted by newlines or the commas of one array, into texts of one object each. */
class ObjectCutter {
  #text = ''
  #depth = 0
  #inString = false
  #at = 0
  #start = -1

  rest(): string | undefined {
    const text = this.#start >= 0 ? this.#text.slice(this.#start).trim() : ''
    return text === '' ? undefined : text
  }

  *push(piece: string): Generator<string> {
    this.#text += piece
    for (; this.#at < this.#text.length; this.#at++) {
      const c = this.#text[this.#at] as string
      if (c === '\n' && this.#start >= 0 && this.#endsAtLine()) {
        yield this.#cut(this.#at)
      } else if (this.#inString) {
        if (c === '\\') this.#at++
        else if (c === '"') this.#inString = false
      } else if (this.#start < 0) {
        if (!/[\s,[\]\ufeff]/.test(c)) {
          this.#start = this.#at
          this.#depth = c === '{' ? 1 : 0
          this.#inString = c === '"'
        }
      } else if (c === '"') this.#inString = true
      else if (c === '{' || c === '[') this.#depth++
      else if ((c === '}' || c === ']') && --this.#depth <= 0) yield this.#cut(this.#at + 1)
    }
    if (this.#start < 0) {
      this.#text = ''
      this.#at = 0
    }
  }

  /** A line that is no object, or one that never closes before the next object begins, ends with its line. */
  #endsAtLine(): boolean {
    if (this.#depth === 0 || this.#inString) return true
    const next = this.#text.slice(this.#at + 1, this.#at + 3)
    return next.startsWith('{')
  }

  #cut(end: number): string {
    const text = this.#text.slice(this.#start, end)
    this.#text = this.#text.slice(end)
    this.#at = -1
    this.#start = -1
    this.#depth = 0
    this.#inString = false
    return text
  }
}
