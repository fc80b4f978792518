import type { Notice } from '../core/run.ts'

/** The tables that Foretide reads; all but sales are optional. */
export const TABLE_KINDS = ['sales', 'items', 'prices', 'stock', 'promotions', 'events', 'ads', 'signals'] as const
export type TableKind = (typeof TABLE_KINDS)[number]

/** How a column of a table is used. */
export type ColumnRole = 'key' | 'date' | 'target' | 'known' | 'past' | 'static' | 'text' | 'ignored'

/** One column of a staged table, and what it was in the file. */
export interface StagedColumn {
  /** Name in the staged relation. */
  readonly name: string
  /** Name in the user's file. */
  readonly source: string
  readonly role: ColumnRole
  readonly type: 'number' | 'category' | 'text' | 'time'
  /** Whether the role was guessed from the name or content, or stated by the user. */
  readonly guessed: boolean
}

/** Rows that could not be read, and where they are kept. */
export interface Rejected {
  readonly count: number
  /** The quarantine file (CSV: file, row, column, value, code, reason, and the raw row), or undefined when nothing was rejected. */
  readonly path?: string
  /** The count by message code. */
  readonly byCode: Readonly<Record<string, number>>
}

/**
 * A table read from files or a database, typed and checked cell by cell, as a relation (table or view) in a DuckDB connection.
 *
 * Columns of the relation: every key as VARCHAR under its own name; `__at` TIMESTAMP on the wall clock (kinds with a
 * date); `__target` DOUBLE (sales); every other used column as DOUBLE, or VARCHAR for categories and text. `__file` VARCHAR
 * and `__row` BIGINT (1-based data row) where the origin of a row is known cheaply, for messages.
 */
export interface Staged {
  readonly kind: TableKind
  readonly relation: string
  readonly columns: readonly StagedColumn[]
  readonly keys: readonly string[]
  readonly files: readonly string[]
  readonly rows: number
  readonly rejected: Rejected
  readonly hasOrigin: boolean
  /** Whether rows are single transactions (time stamps within a period, several a key) to be summed into periods. */
  readonly transactions: boolean
  readonly notices: readonly Notice[]
}
