import type { CalendarOptions } from '../core/calendar.ts'
import type { Rejected, StagedColumn, TableKind } from '../ingest/staged.ts'

/** What was read of one kind of table. */
export interface TableFacts {
  readonly kind: TableKind
  readonly files: readonly string[]
  readonly rows: number
  readonly rejected: Rejected
  /** A few rejected rows by the code of the reason: file, row, column and value. */
  readonly rejectedExamples: Readonly<Record<string, readonly string[]>>
  readonly transactions: boolean
  readonly columns: readonly StagedColumn[]
}

/** Kinds of things that an import finds and handles. */
const FINDINGS = [
  'identicalRows',
  'severalRows',
  'gapsZero',
  'gapsMissing',
  'missingValues',
  'negativePeriods',
  'returns',
  'censored',
  'closedPlanned',
  'closedDetected',
  'coarserSeries',
  'finerSeries',
  'constantSeries',
  'zeroSeries',
  'shortSeries',
  'unmatchedRows',
] as const
export type Finding = (typeof FINDINGS)[number]

/** One kind of finding: how often, in how many series, and a few places to look at. */
export interface FindingFacts {
  readonly finding: Finding
  readonly count: number
  readonly series: number
  /** `identity date value`, up to five. */
  readonly examples: readonly string[]
}

/** Everything that an import found and did, plain data: what `check` and the report show. */
export interface ImportFacts {
  readonly tables: readonly TableFacts[]
  readonly calendar: Required<CalendarOptions>
  /** Whether the frequency was stated, and how many series each length of step is usual in. */
  readonly frequency: { readonly stated: boolean; readonly seriesByUnit: Readonly<Record<string, number>> }
  readonly keys: readonly string[]
  readonly series: number
  readonly cells: number
  readonly from: string
  readonly to: string
  /** The last period with any column known ahead. */
  readonly knownTo: string
  /** Shares of the cells up to `to`. */
  readonly shares: Readonly<Record<'zeros' | 'missing' | 'censored' | 'closed', number>>
  readonly columns: readonly { readonly name: string; readonly knownAhead: boolean; readonly category: boolean }[]
  readonly statics: readonly string[]
  readonly findings: readonly FindingFacts[]
}
