import { headerDate } from './dates.ts'
import { type Dialect, RecordReader } from './records.ts'

/** How a delimited text is laid out. */
export interface Layout extends Dialect {
  /** Column names as written, one a cell. */
  readonly header: readonly string[]
  /** Whether the first record is data, so that the names were made up. */
  readonly headless: boolean
  /** Records above the header (a title, an export note), which are no data. */
  readonly preamble: number
  /** Whether everything is plain enough for the fast reader: one kind of line end, nothing above the header. */
  readonly plain: boolean
  /** The first data records. */
  readonly sample: readonly (readonly string[])[]
}

const DELIMITERS = [',', '\t', ';', '|'] as const
const SAMPLE = 200

/**
 * Tells cell separator, quote and header of a delimited text from its beginning.
 *
 * The separator chosen is the one under which most records have the same number of cells, at least two; a tie goes to more
 * cells. Returns undefined where the text has no record at all.
 */
export function layoutOf(head: string, whole: boolean, wanted?: string): Layout | undefined {
  const text = whole ? head : head.slice(0, Math.max(head.lastIndexOf('\n'), head.lastIndexOf('\r')) + 1 || head.length)
  const quote = quoteOf(text)
  let best: { delimiter: string; records: readonly (readonly string[])[]; width: number; score: number } | undefined
  for (const delimiter of wanted ? [wanted] : DELIMITERS) {
    const records = recordsOf(text, { delimiter, quote })
    if (records.length === 0) continue
    const width = modeOf(records.map((r) => r.length))
    const share = records.filter((r) => r.length === width).length / records.length
    const score = width > 1 ? share + (records[0]?.length === width ? 0.5 : 0) + Math.min(width, 50) / 1000 : 0
    if (!best || score > best.score) best = { delimiter, records, width, score }
  }
  if (!best) return undefined
  const { delimiter, records, width } = best
  const first = records.findIndex((r) => r.length === width || (r.length === width - 1 && r.length > 1))
  // A short first record above longer ones is a title, unless it already is as long as a header of its own.
  const preamble = Math.max(0, first)
  const top = (records[preamble] ?? []).map((cell) => cell.trim())
  const sample = records.slice(preamble + 1)
  const headless = isHeadless(top, sample)
  const header = headless ? top.map((_, i) => `column${i + 1}`) : top
  while (header.length < width && !sample.every((r) => (r[width - 1] ?? '').trim() === '')) header.push('')
  const ends = new Set(text.match(/\r\n|\n|\r/g)?.slice(0, 10_000))
  const plain = preamble === 0 && ends.size <= 1 && header.length === width && quote === '"' && !/^\s*[\r\n]/.test(text)
  return { delimiter, quote, header, headless, preamble, plain, sample: headless ? records.slice(preamble) : sample }
}

function recordsOf(text: string, dialect: Dialect): readonly (readonly string[])[] {
  const reader = new RecordReader(dialect, 0)
  reader.push(text)
  const records: (readonly string[])[] = []
  for (const record of reader.take(true)) {
    if (!record.fault || record.fault === 'bytes') records.push(record.cells)
    if (records.length >= SAMPLE) break
  }
  return records
}

/** A single quote counts as the quote only where cells clearly open and close with it, and no double quote does. */
function quoteOf(text: string): string {
  const double = text.match(/(^|[,;\t|\n\r])"/g)?.length ?? 0
  const single = text.match(/(^|[,;\t|\n\r])'[^'\n\r]*'(?=[,;\t|\n\r])/g)?.length ?? 0
  return double === 0 && single > 1 ? "'" : '"'
}

function modeOf(lengths: readonly number[]): number {
  const counts = new Map<number, number>()
  for (const length of lengths) counts.set(length, (counts.get(length) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 0
}

/** The first record is data where it has a date in a column whose next cells are dates as well. */
function isHeadless(top: readonly string[], sample: readonly (readonly string[])[]): boolean {
  const below = sample.slice(0, 5)
  if (below.length === 0)
    return top.some((cell) => headerDate(cell) !== undefined) && top.some((c) => /^-?\d+(\.\d+)?$/.test(c))
  return top.some(
    (cell, i) => headerDate(cell) !== undefined && below.every((r) => headerDate((r[i] ?? '').trim()) !== undefined),
  )
}

/** Names that DuckDB can tell apart: trimmed, never empty, no two equal whatever their case. */
export function columnNames(header: readonly string[]): { names: string[]; repeated: string[]; unnamed: number } {
  const seen = new Set<string>()
  const repeated: string[] = []
  let unnamed = 0
  const names = header.map((cell, i) => {
    const bare = cell.replaceAll('\0', '').replaceAll('\ufeff', '').replace(/\s+/g, ' ').trim()
    if (bare === '') unnamed++
    const base = bare === '' ? `column${i + 1}` : bare
    let name = base
    for (let n = 2; seen.has(name.toLowerCase()); n++) name = `${base}_${n}`
    if (name !== base) repeated.push(base)
    seen.add(name.toLowerCase())
    return name
  })
  return { names, repeated, unnamed }
}
