import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { gzipSync } from 'node:zlib'
import type { MessageCode } from '../../src/core/messages/index.ts'
import type { IngestOptions } from '../../src/ingest/options.ts'
import { gb18030, utf16 } from './encode.ts'

/** What reading a malformed file must come to. */
type Expectation =
  | { readonly error: MessageCode }
  | {
      readonly loaded: number
      /** How many rows go to quarantine, by code. */
      readonly rejected?: Readonly<Record<string, number>>
      /** Sum of the target over the rows that load, where it tells a right reading from a wrong one. */
      readonly sum?: number
      /** Keys that must be among those loaded. */
      readonly keys?: readonly string[]
      /** The first and last date that load. */
      readonly dates?: readonly [string, string]
    }

/** One malformed file: how it comes about, how it is read, and what must follow. */
export interface BadInput {
  readonly name: string
  /** The file's name; the content is written to it unless `make` does. */
  readonly file: string
  readonly content?: string | Uint8Array
  readonly make?: (path: string) => void
  readonly options?: IngestOptions
  readonly expect: Expectation
}

const HEAD = 'date,item,units\n'
const day = (i: number) => new Date(Date.UTC(2026, 0, 1 + i)).toISOString().slice(0, 10)
const lines = (n: number, item = 'A', from = 0) =>
  Array.from({ length: n }, (_, i) => `${day(from + i)},${item},${i + 1}\n`).join('')
/** 5 good rows (units 1 … 5, sum 15) with others between them. */
const among = (...bad: string[]) =>
  `${HEAD}${lines(2)}${bad.map((row) => `${row}\n`).join('')}2026-01-03,A,3\n2026-01-04,A,4\n2026-01-05,A,5\n`
const five = (text: string, options: Partial<BadInput> = {}) => ({
  content: text,
  expect: { loaded: 5, sum: 15 },
  ...options,
})
const rejects = (rejected: Readonly<Record<string, number>>, loaded = 5, sum = 15) => ({
  expect: { loaded, rejected, sum },
})
const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map((p) => (typeof p === 'string' ? Buffer.from(p) : Buffer.from(p))))
const plain = HEAD + lines(5)
const chinese = '日期,商品,销量\n2026-01-01,绿茶,1\n2026-01-02,绿茶,2\n2026-01-03,乌龙茶,3\n'
const sqlite = (path: string, sql: string) => {
  const database = new DatabaseSync(path)
  database.exec(sql)
  database.close()
}

export const CORPUS: readonly BadInput[] = [
  // Encodings
  { name: 'UTF-8 with mark', file: 'bom.csv', ...five(`\ufeff${plain}`) },
  { name: 'UTF-16 LE with mark', file: 'le.csv', ...five(''), content: utf16(plain, true, true) },
  { name: 'UTF-16 BE with mark', file: 'be.csv', ...five(''), content: utf16(plain, false, true) },
  { name: 'UTF-16 LE without mark', file: 'le2.csv', ...five(''), content: utf16(plain, true, false) },
  {
    name: 'GB 18030',
    file: '销售.csv',
    content: gb18030(chinese),
    expect: { loaded: 3, sum: 6, keys: ['绿茶', '乌龙茶'] },
  },
  {
    name: 'GB 18030 packed',
    file: '销售.csv.gz',
    content: gzipSync(gb18030(chinese)),
    expect: { loaded: 3, sum: 6, keys: ['乌龙茶'] },
  },
  {
    name: 'Windows-1252',
    file: 'latin.csv',
    content: bytes(`${HEAD}2026-01-01,Caf`, [0xe9], ',4\n2026-01-02,Th', [0xe9], ',5\n'),
    expect: { loaded: 2, sum: 9, keys: ['Café', 'Thé'] },
  },
  {
    name: 'invalid bytes in one row',
    file: 'bytes.csv',
    content: bytes(`${HEAD}${lines(2)}2026-01-03,A,`, [0xff, 0xfe, 0x80], '\n', lines(3, 'A', 3)),
    expect: { loaded: 5, sum: 9, rejected: { 'ingest.row.bytes': 1 } },
  },
  {
    name: 'invalid bytes beside good Chinese',
    file: 'bytes2.csv',
    content: bytes(`${HEAD}2026-01-01,绿茶,1\n2026-01-02,绿`, [0xe8, 0x8c], ',2\n2026-01-03,绿茶,3\n'),
    expect: { loaded: 2, sum: 4, rejected: { 'ingest.row.bytes': 1 } },
  },
  {
    name: 'emoji and right-to-left',
    file: 'emoji.csv',
    content: `${HEAD}2026-01-01,🍵,1\n2026-01-02,שלום,2\n2026-01-03,👩‍👩‍👧,3\n`,
    expect: { loaded: 3, sum: 6, keys: ['🍵', 'שלום', '👩‍👩‍👧'] },
  },
  { name: 'direction marks in numbers', file: 'rtl.csv', ...five(among().replace(',3\n', ',\u200f3\u200e\n')) },
  { name: 'no-break spaces', file: 'nbsp.csv', ...five(among().replaceAll(',A,', ',\u00a0A\u00a0,\u00a0')) },
  {
    name: 'null byte in a number',
    file: 'null.csv',
    content: among('2026-01-06,A,\0\0'),
    ...rejects({ 'ingest.row.number': 1 }),
  },
  {
    name: 'null byte in a key',
    file: 'null2.csv',
    content: among('2026-01-06,A\0B,7'),
    ...rejects({ 'ingest.row.key': 1 }),
  },
  // Structure
  { name: 'CR line ends', file: 'cr.csv', ...five(plain.replaceAll('\n', '\r')) },
  { name: 'CRLF line ends', file: 'crlf.csv', ...five(plain.replaceAll('\n', '\r\n')) },
  {
    name: 'mixed line ends',
    file: 'ends.csv',
    ...five(`date,item,units\r\n2026-01-01,A,1\n2026-01-02,A,2\r2026-01-03,A,3\r\n2026-01-04,A,4\n2026-01-05,A,5`),
  },
  { name: 'no line end at the end', file: 'noend.csv', ...five(plain.trimEnd()) },
  {
    name: 'blank lines',
    file: 'blank.csv',
    ...five(`${HEAD}\n2026-01-01,A,1\n\n\n${lines(5).split('\n').slice(1).join('\n')}\n\n`),
  },
  { name: 'missing cell', file: 'short.csv', content: among('2026-01-06,A'), ...rejects({ 'ingest.row.columns': 1 }) },
  {
    name: 'cell too many',
    file: 'long.csv',
    content: among('2026-01-06,A,7,8', '2026-01-07,A,1,234'),
    ...rejects({ 'ingest.row.columns': 2 }),
  },
  { name: 'trailing separators', file: 'trailing.csv', ...five(`${HEAD}${lines(5).replaceAll('\n', ',\n')}`) },
  {
    name: 'row cut off at the end',
    file: 'cut.csv',
    content: `${plain}2026-01-0`,
    ...rejects({ 'ingest.row.columns': 1 }),
  },
  {
    name: 'quote never closed',
    file: 'quote.csv',
    content: among('2026-01-06,"A,7'),
    ...rejects({ 'ingest.row.quote': 1 }),
  },
  {
    name: 'two quotes never closed',
    file: 'quote2.csv',
    content: `${among('2026-01-06,"A,7')}2026-01-07,"B,8\n`,
    ...rejects({ 'ingest.row.quote': 2 }),
  },
  {
    name: 'text after a quote',
    file: 'quote3.csv',
    content: among('2026-01-06,"A"x,7'),
    ...rejects({ 'ingest.row.quote': 1 }),
  },
  { name: 'quote within a cell', file: 'inch.csv', ...five(among().replace(',A,3', ',5" pipe,3')) },
  { name: 'quotes escaped by backslash', file: 'backslash.csv', ...five(among().replace(',A,3', ',"a \\"b\\" c",3')) },
  { name: 'line end in a quoted cell', file: 'multiline.csv', ...five(among().replace(',A,3', ',"two\nlines",3')) },
  {
    name: 'single quotes',
    file: 'single.csv',
    ...five(
      "'date','item','units'\n'2026-01-01','A, b','1'\n'2026-01-02','A','2'\n'2026-01-03','A','3'\n'2026-01-04','A','4'\n'2026-01-05','A','5'\n",
    ),
  },
  {
    name: 'separators mixed between rows',
    file: 'separators.csv',
    content: among('2026-01-06;A;7', '2026-01-07\tA\t8'),
    ...rejects({ 'ingest.row.columns': 2 }),
  },
  { name: 'semicolons', file: 'semicolon.csv', ...five(plain.replaceAll(',', ';')) },
  { name: 'pipes', file: 'pipe.txt', ...five(plain.replaceAll(',', '|')) },
  { name: 'tabs named .csv', file: 'tabs.csv', ...five(plain.replaceAll(',', '\t')) },
  { name: 'title above the header', file: 'title.csv', ...five(`Sales report\nexported 2026-02-01\n\n${plain}`) },
  {
    name: 'no header',
    file: 'headless.csv',
    content: lines(5),
    options: { date: 'column1', id: ['column2'], target: 'column3' },
    expect: { loaded: 5, sum: 15 },
  },
  { name: 'no header, nothing stated', file: 'headless2.csv', content: lines(5), expect: { error: 'ingest.noDate' } },
  { name: 'header only', file: 'header.csv', content: HEAD, expect: { loaded: 0 } },
  { name: 'one row', file: 'one.csv', content: `${HEAD}2026-01-01,A,1\n`, expect: { loaded: 1, sum: 1 } },
  {
    name: 'duplicate headers',
    file: 'same.csv',
    ...five(plain.replace(HEAD, 'date,item,units,units\n').replaceAll(/(\d)\n/g, '$1,9\n')),
  },
  {
    name: 'empty headers',
    file: 'unnamed.csv',
    ...five(plain.replace(HEAD, 'date,item,units,\n').replaceAll(/(\d)\n/g, '$1,x\n')),
  },
  {
    name: 'headers in capitals and spaces',
    file: 'caps.csv',
    ...five(plain.replace(HEAD, ' Date , Item ID , Units Sold \n')),
  },
  {
    name: 'header of a reserved name',
    file: 'reserved.csv',
    ...five(plain.replace(HEAD, 'date,item,units,__file\n').replaceAll(/(\d)\n/g, '$1,x\n')),
  },
  {
    name: 'line of 10 MB',
    file: 'megabytes.csv',
    content: among(`2026-01-06,${'x'.repeat(10_000_000)},7`),
    ...rejects({ 'ingest.row.long': 1 }),
  },
  {
    name: 'line of 10 MB without an end',
    file: 'megabytes2.csv',
    content: `${plain}2026-01-06,${'x'.repeat(10_000_000)}`,
    ...rejects({ 'ingest.row.long': 1 }),
  },
  {
    name: '100,000 columns',
    file: 'wide.csv',
    content: `date,${Array.from({ length: 100_000 }, (_, i) => `p${i}`).join(',')}\n${[0, 1].map((i) => `${day(i)}${',1'.repeat(100_000)}\n`).join('')}`,
    expect: { loaded: 200_000, sum: 200_000 },
  },
  {
    name: '6,000 unnamed-purpose columns',
    file: 'mess.csv',
    content: `${Array.from({ length: 6000 }, (_, i) => (i % 2 ? `2026-01-01` : `x${i}`)).join(',')}\n${'1,'.repeat(5999)}1\n`,
    expect: { error: 'ingest.tooWide' },
  },
  // Dates
  {
    name: 'impossible dates',
    file: 'dates.csv',
    content: among('2026-02-30,A,7', '2026-13-01,A,7', '0000-00-00,A,7'),
    ...rejects({ 'ingest.row.date': 3 }),
  },
  {
    name: 'years far off',
    file: 'years.csv',
    content: among('0001-01-01,A,7', '9999-12-31,A,7'),
    ...rejects({ 'ingest.row.dateRange': 2 }),
  },
  {
    name: 'dates missing',
    file: 'nodate.csv',
    content: among(',A,7', 'NA,A,7'),
    ...rejects({ 'ingest.row.dateMissing': 2 }),
  },
  {
    name: 'words for dates',
    file: 'words.csv',
    content: among('yesterday,A,7', 'infinity,A,7', 'epoch,A,7'),
    ...rejects({ 'ingest.row.date': 3 }),
  },
  {
    name: 'dates written in many ways',
    file: 'mixed.csv',
    content: among(
      '2026/01/06,A,6',
      '20260107,A,7',
      '2026年1月8日,A,8',
      '2026-01-09T10:30:00,A,9',
      '10.1.2026,A,10',
      'Jan 11 2026,A,11',
    ),
    expect: { loaded: 11, sum: 66, dates: ['2026-01-01', '2026-01-11'] },
  },
  {
    name: 'days first, seen from one row',
    file: 'dayfirst.csv',
    content: `${HEAD}01/02/2026,A,1\n02/02/2026,A,2\n13/02/2026,A,3\n`,
    expect: { loaded: 3, sum: 6, dates: ['2026-02-01', '2026-02-13'] },
  },
  {
    name: 'months first, seen from one row',
    file: 'monthfirst.csv',
    content: `${HEAD}02/01/2026,A,1\n02/02/2026,A,2\n02/13/2026,A,3\n`,
    expect: { loaded: 3, sum: 6, dates: ['2026-02-01', '2026-02-13'] },
  },
  {
    name: 'both orders',
    file: 'bothorders.csv',
    content: `${HEAD}13/02/2026,A,1\n02/02/2026,A,2\n02/14/2026,A,3\n`,
    expect: { loaded: 2, sum: 3, rejected: { 'ingest.row.date': 1 } },
  },
  {
    name: 'no dates at all',
    file: 'nodates.csv',
    content: `${HEAD}soon,A,1\nlater,A,2\n`,
    expect: { error: 'ingest.noDates' },
  },
  // Numbers
  {
    name: 'words for numbers',
    file: 'numbers.csv',
    content: among('2026-01-06,A,many', '2026-01-07,A,1.2.3', '2026-01-08,A,12abc', '2026-01-09,A,0x1F'),
    ...rejects({ 'ingest.row.number': 4 }),
  },
  {
    name: 'overflow',
    file: 'overflow.csv',
    content: among('2026-01-06,A,1e400', '2026-01-07,A,-1e400'),
    ...rejects({ 'ingest.row.number': 2 }),
  },
  {
    name: 'infinity',
    file: 'infinity.csv',
    content: among('2026-01-06,A,Infinity', '2026-01-07,A,-inf'),
    ...rejects({ 'ingest.row.number': 2 }),
  },
  {
    name: 'missing values of many kinds',
    file: 'missing.csv',
    content: among(
      '2026-01-06,A,NaN',
      '2026-01-07,A,NA',
      '2026-01-08,A,',
      '2026-01-09,A,null',
      '2026-01-10,A,-',
      '2026-01-11,A,N/A',
    ),
    expect: { loaded: 11, sum: 15 },
  },
  { name: 'negative zero', file: 'zero.csv', content: among('2026-01-06,A,-0'), expect: { loaded: 6, sum: 15 } },
  {
    name: 'huge whole number',
    file: 'huge.csv',
    content: among('2026-01-06,A,12345678901234567890123'),
    expect: { loaded: 6, sum: 1.2345678901234568e22 },
  },
  {
    name: 'thousands separators',
    file: 'thousands.csv',
    content: among('2026-01-06,A,"1,234"', '2026-01-07,A,"1,234,567.5"'),
    expect: { loaded: 7, sum: 15 + 1234 + 1234567.5 },
  },
  {
    name: 'decimal commas',
    file: 'comma.csv',
    content: 'date;item;units\n2026-01-01;A;1,5\n2026-01-02;A;1.234,5\n2026-01-03;A;2\n',
    expect: { loaded: 3, sum: 1238 },
  },
  {
    name: 'currency, percent, full width',
    file: 'currency.csv',
    content: among(
      '2026-01-06,A,¥12.50',
      '2026-01-07,A,50%',
      '2026-01-08,A,１２３',
      '2026-01-09,A,(5)',
      '2026-01-10,A,$1',
    ),
    expect: { loaded: 10, sum: 15 + 12.5 + 0.5 + 123 - 5 + 1 },
  },
  // Keys
  {
    name: 'missing key',
    file: 'nokey.csv',
    content: among('2026-01-06,,7', '2026-01-06,"  ",7'),
    ...rejects({ 'ingest.row.key': 2 }),
  },
  {
    name: 'the same key and date twice',
    file: 'twice.csv',
    content: among('2026-01-01,A,1'),
    expect: { loaded: 6, sum: 16 },
  },
  {
    name: 'formulas',
    file: 'formula.csv',
    content: among('=cmd|calc,A,7', '2026-01-06,A,=1+1', '2026-01-07,A,@SUM(A1)'),
    ...rejects({ 'ingest.row.date': 1, 'ingest.row.number': 2 }),
  },
  {
    name: 'SQL in cells and names',
    file: 'o\'brien".csv',
    ...five(among().replace('item', `item'); DROP TABLE x; --`).replace(',A,3', `,Robert'); DROP TABLE x; --,3`), {
      options: { id: [`item'); DROP TABLE x; --`] },
    }),
  },
  { name: 'pattern characters in the name', file: 'a[1]*.csv', ...five(plain) },
  {
    name: 'no column of units',
    file: 'noteunits.csv',
    content: 'date,item,remark\n2026-01-01,A,x\n',
    expect: { error: 'ingest.noTarget' },
  },
  { name: 'one column', file: 'onecolumn.csv', content: 'date\n2026-01-01\n', expect: { error: 'ingest.noTarget' } },
  // What is no table
  { name: 'no file', file: 'missing.csv', make: () => {}, expect: { error: 'ingest.missing' } },
  { name: 'a folder', file: 'folder.csv', make: (path) => void mkdirSync(path), expect: { error: 'ingest.directory' } },
  { name: 'empty file', file: 'empty.csv', content: '', expect: { error: 'ingest.empty' } },
  { name: 'blank file', file: 'blanks.csv', content: '\n\n  \n', expect: { error: 'ingest.empty' } },
  {
    name: 'PNG named .csv',
    file: 'image.csv',
    content: bytes([0x89], 'PNG\r\n', [0x1a, 10, 0, 0, 0, 13], 'IHDR'),
    expect: { error: 'ingest.foreign' },
  },
  {
    name: 'XLSX named .csv',
    file: 'sheet.csv',
    content: bytes('PK', [3, 4, 20, 0]),
    expect: { error: 'ingest.foreign' },
  },
  { name: 'PDF', file: 'report.pdf', content: '%PDF-1.7\n', expect: { error: 'ingest.foreign' } },
  {
    name: 'binary junk',
    file: 'junk.csv',
    content: Uint8Array.from({ length: 5000 }, (_, i) => (i * i * 31 + i * 7) % 251),
    expect: { error: 'ingest.binary' },
  },
  {
    name: 'nothing but null bytes',
    file: 'zeros.csv',
    content: new Uint8Array(4096),
    expect: { error: 'ingest.binary' },
  },
  {
    name: 'truncated Parquet',
    file: 'cut.parquet',
    content: bytes('PAR1', [1, 2, 3, 4, 5, 6, 7, 8]),
    expect: { error: 'ingest.corrupt' },
  },
  { name: 'text named .parquet', file: 'text.parquet', content: plain, expect: { error: 'ingest.corrupt' } },
  {
    name: 'truncated gzip',
    file: 'cut.csv.gz',
    content: gzipSync(HEAD + lines(5000)).subarray(0, 4000),
    expect: { loaded: -1 },
  },
  {
    name: 'packed junk',
    file: 'junk.csv.gz',
    content: gzipSync(Uint8Array.from({ length: 5000 }, (_, i) => (i * i * 31 + i * 7) % 251)),
    expect: { error: 'ingest.binary' },
  },
  { name: 'gzip named .csv', file: 'packed.csv', ...five(''), content: gzipSync(plain) },
  {
    name: 'corrupt SQLite',
    file: 'bad.sqlite',
    content: bytes('SQLite format 3\0', new Array(200).fill(7)),
    expect: { error: 'ingest.corrupt' },
  },
  { name: 'text named .sqlite', file: 'text.sqlite', content: plain, expect: { error: 'ingest.corrupt' } },
  {
    name: 'SQLite without tables',
    file: 'none.sqlite',
    make: (path) => sqlite(path, 'CREATE TABLE t (a); DROP TABLE t'),
    expect: { error: 'ingest.noTables' },
  },
  {
    name: 'SQLite of mixed types',
    file: 'mixed.sqlite',
    make: (path) =>
      sqlite(
        path,
        `CREATE TABLE sales (date, item, units); INSERT INTO sales VALUES ('2026-01-01', 1, 1), ('2026-01-02', 'A', '2'), ('2026-01-03', NULL, 3), ('2026-01-04', 'A', 'x'), (NULL, 'A', 5), ('2026-01-05', 'A', 1.5)`,
      ),
    expect: {
      loaded: 3,
      sum: 4.5,
      rejected: { 'ingest.row.key': 1, 'ingest.row.number': 1, 'ingest.row.dateMissing': 1 },
    },
  },
  {
    name: 'DuckDB file cut off',
    file: 'bad.duckdb',
    content: bytes(new Array(8).fill(1), 'DUCK', new Array(100).fill(0)),
    expect: { error: 'ingest.corrupt' },
  },
  // JSON
  {
    name: 'JSON lines, one of them bad',
    file: 'bad.jsonl',
    content:
      '{"date":"2026-01-01","item":"A","units":1}\n{"date":"2026-01-02","item":"A","units":\n{"date":"2026-01-03","item":"A","units":3}\n',
    expect: { loaded: 2, sum: 4, rejected: { 'ingest.row.json': 1 } },
  },
  {
    name: 'JSON array cut off',
    file: 'cut.json',
    content:
      '[{"date":"2026-01-01","item":"A","units":1},\n{"date":"2026-01-02","item":"A","units":2},\n{"date":"2026-01',
    expect: { loaded: 2, sum: 3, rejected: { 'ingest.row.json': 1 } },
  },
  {
    name: 'one JSON object',
    file: 'one.json',
    content: '{"date":"2026-01-01","item":"A","units":1}',
    expect: { loaded: 1, sum: 1 },
  },
  { name: 'JSON of plain numbers', file: 'numbers.json', content: '[1, 2, 3]', expect: { error: 'ingest.notRecords' } },
  { name: 'empty JSON array', file: 'none.json', content: '[]', expect: { error: 'ingest.notRecords' } },
  {
    name: 'JSON of mixed types and keys',
    file: 'mixed.json',
    content:
      '[{"date":"2026-01-01","item":1,"units":"1"},{"date":"2026-01-02","item":"A","units":null,"note":{"a":[1]}},{"item":"A","date":"2026-01-03","units":3}]',
    expect: { loaded: 3, sum: 4 },
  },
  {
    name: 'JSON named .csv',
    file: 'json.csv',
    content: '{"date":"2026-01-01","item":"A","units":1}\n{"date":"2026-01-02","item":"A","units":2}\n',
    expect: { loaded: 2, sum: 3 },
  },
]

/** Writes the file of a case into a folder and returns its path. */
export function writeCase(dir: string, input: BadInput): string {
  const path = join(dir, input.file)
  mkdirSync(dirname(path), { recursive: true })
  if (input.make) input.make(path)
  else writeFileSync(path, input.content ?? '')
  return path
}
