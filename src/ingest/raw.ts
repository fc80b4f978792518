import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import type { Details } from '../core/errors.ts'
import type { MessageCode } from '../core/messages/index.ts'
import type { Notice, Run } from '../core/run.ts'
import type { IngestOptions } from './options.ts'
import type { TableKind } from './staged.ts'

/** Rows that could not even be cut into cells, kept in a temporary CSV of the quarantine's columns. */
export interface RawRejects {
  readonly path: string
  readonly count: number
  readonly byCode: Readonly<Record<string, number>>
}

/** One table as it was found: columns untouched, text where the source has no types. */
export interface Raw {
  /** A DuckDB relation, quoted. */
  readonly relation: string
  /** What messages call it: a path, or an URL without secrets. */
  readonly file: string
  /** The stem of the file or the table's name, from which the kind is guessed. */
  readonly name: string
  /** What the user says it is. */
  readonly as?: TableKind
  readonly columns: readonly RawColumn[]
  /** SQL for the 1-based data row, where it is known. */
  readonly row?: string
  readonly rejects?: RawRejects
  /** What had to be assumed when reading. */
  readonly notices: readonly Notice[]
  /** Whether numbers of this file are likely written with a decimal comma (its cells are parted by semicolons). */
  readonly commaLikely?: boolean
  /** Set where reading has already turned a wide file into rows: the columns that hold the series' name, or the date, and the value. */
  readonly melted?: Melted
}

export interface RawColumn {
  /** Name in the relation. */
  readonly name: string
  /** Name in the source. */
  readonly source: string
  /** DuckDB type. */
  readonly type: string
}

/** How a wide file was turned long: `over` says what its column names are. */
export interface Melted {
  readonly over: 'series' | 'dates'
  readonly columns: number
}

/** What all readers share during one call of ingest. */
export interface Reading {
  readonly connection: DuckDBConnection
  readonly options: IngestOptions
  readonly run: Run
  /** Folder of temporary files, removed in the end. */
  readonly temp: string
  /** A name for a temporary relation that nobody else has. */
  name(hint: string): string
  /** Remembers a relation to drop in the end. */
  readonly scratch: string[]
}

let sequence = 0

/** Opens the shared state of one ingest; {@link closeReading} removes what is temporary in it. */
export function openReading(connection: DuckDBConnection, options: IngestOptions, run: Run): Reading {
  const prefix = `ingest${process.pid}_${++sequence}`
  let count = 0
  return {
    connection,
    options,
    run,
    temp: mkdtempSync(join(options.tempDir ?? tmpdir(), 'foretide-ingest-')),
    name: (hint) => `${prefix}_${hint}_${++count}`,
    scratch: [],
  }
}

/** Drops temporary relations and files. */
export async function closeReading(reading: Reading): Promise<void> {
  for (const statement of reading.scratch.reverse()) await reading.connection.run(statement)
  rmSync(reading.temp, { recursive: true, force: true })
}

/** A notice, handed to the run as well as kept. */
export function note(into: Notice[], code: MessageCode, details: Details): void {
  into.push({ code, details })
}
