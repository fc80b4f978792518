import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { extname } from 'node:path'
import { ForetideError } from '../core/errors.ts'
import { headOf } from './bytes.ts'

/** What a file is, told by its content; the extension only decides between kinds of text. */
export type Format = 'csv' | 'json' | 'parquet' | 'sqlite' | 'duckdb'

export interface Found {
  readonly format: Format
  readonly gzip: boolean
  /** The first bytes of text formats, unpacked. */
  readonly head: Buffer
}

/** Content that is something else than a table, by its first bytes. */
const FOREIGN: readonly (readonly [string, string])[] = [
  ['89504e47', 'PNG'],
  ['ffd8ff', 'JPEG'],
  ['47494638', 'GIF'],
  ['25504446', 'PDF'],
  ['504b0304', 'XLSX/ZIP'],
  ['504b0506', 'ZIP'],
  ['d0cf11e0', 'XLS'],
  ['28b52ffd', 'Zstandard'],
  ['425a68', 'bzip2'],
  ['fd377a58', 'xz'],
  ['377abcaf', '7z'],
  ['52617221', 'RAR'],
  ['7f454c46', 'ELF'],
  ['4f626a01', 'Avro'],
  ['4f5243', 'ORC'],
  ['0000feff', 'UTF-32'],
  ['fffe0000', 'UTF-32'],
]

/** Tells what a file is; refuses what is no file, cannot be read, is empty, or is no table. */
export async function formatOf(path: string): Promise<Found> {
  const bad = (code: 'ingest.missing' | 'ingest.directory' | 'ingest.unreadable' | 'ingest.empty', why = '') =>
    new ForetideError(code, { file: path, why }, { fault: 'badInput' })
  const bytes = Buffer.alloc(512)
  let size = 0
  let length = 0
  try {
    const stat = statSync(path)
    if (stat.isDirectory()) throw bad('ingest.directory')
    size = stat.size
    const fd = openSync(path, 'r')
    try {
      length = readSync(fd, bytes, 0, bytes.length, 0)
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    if (error instanceof ForetideError) throw error
    const { code, message } = error as NodeJS.ErrnoException
    throw code === 'ENOENT' || code === 'ENOTDIR' ? bad('ingest.missing') : bad('ingest.unreadable', code ?? message)
  }
  const magic = bytes.subarray(0, length)
  if (length === 0) throw bad('ingest.empty')
  if (magic.toString('latin1', 0, 4) === 'PAR1') return binary('parquet')
  if (magic.toString('latin1', 0, 15) === 'SQLite format 3') return binary('sqlite')
  if (magic.toString('latin1', 8, 12) === 'DUCK') return binary('duckdb')
  refuseForeign(path, magic)
  const gzip = magic[0] === 0x1f && magic[1] === 0x8b
  const head = await headOf(path, gzip)
  if (gzip) {
    if (head.length === 0) throw bad(size < 64 ? 'ingest.empty' : 'ingest.unreadable', 'gzip')
    refuseForeign(path, head)
  }
  const extension = extname(path.toLowerCase().replace(/\.gz$/, ''))
  const named = NAMED[extension]
  if (named) throw new ForetideError('ingest.corrupt', { file: path, format: named }, { fault: 'badInput' })
  if (looksBinary(head)) throw new ForetideError('ingest.binary', { file: path }, { fault: 'badInput' })
  return { format: textFormat(head, extension), gzip, head }
}

const binary = (format: Format): Found => ({ format, gzip: false, head: Buffer.alloc(0) })

/** Extensions that promise a format whose mark the content lacks. */
const NAMED: Readonly<Record<string, string>> = {
  '.parquet': 'Parquet',
  '.pq': 'Parquet',
  '.sqlite': 'SQLite',
  '.sqlite3': 'SQLite',
  '.duckdb': 'DuckDB',
}

function refuseForeign(path: string, bytes: Buffer): void {
  const hex = bytes.toString('hex', 0, 8)
  for (const [mark, format] of FOREIGN)
    if (hex.startsWith(mark)) throw new ForetideError('ingest.foreign', { file: path, format }, { fault: 'badInput' })
}

function looksBinary(head: Buffer): boolean {
  const n = Math.min(head.length, 1 << 16)
  let control = 0
  let zeros = 0
  const parity = [0, 0]
  for (let i = 0; i < n; i++) {
    const byte = head[i] as number
    if (byte === 0) {
      zeros++
      parity[i & 1] = (parity[i & 1] as number) + 1
    } else if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27 && byte !== 26)) control++
  }
  if (zeros === n) return true
  const wide = Math.max(...parity) > 0.15 * n && Math.min(...parity) < 0.03 * n
  return control > n * 0.02 + 1 || (!wide && zeros > n * 0.3)
}

function textFormat(head: Buffer, extension: string): Format {
  const text = head
    .toString('utf8', 0, 4096)
    .replace(/^\ufeff/, '')
    .trimStart()
  if (extension === '.csv' || extension === '.tsv' || extension === '.txt') return opensJson(text) ? 'json' : 'csv'
  if (/\.(json|jsonl|ndjson)$/.test(extension)) return /^[[{]/.test(text) || extension !== '.json' ? 'json' : 'csv'
  return opensJson(text) ? 'json' : 'csv'
}

/** A line of JSON may be named .csv, but a CSV rarely begins like an object. */
const opensJson = (text: string) => /^(\[\s*)?\{\s*("|\})/.test(text)
