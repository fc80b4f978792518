import type { Unit } from '../core/calendar.ts'
import type { TableKind } from './staged.ts'

/** One thing to read: a path, a glob, or a connection URL; optionally what table it is. */
export interface Input {
  readonly path: string
  readonly as?: TableKind
}

/** How files are to be understood; everything left out is guessed, and the guess reported. */
export interface IngestOptions {
  /** The kind of every input that does not state its own. */
  readonly as?: TableKind
  /** Columns that together name a series, such as `['store', 'item']`. */
  readonly id?: readonly string[]
  readonly date?: string
  readonly target?: string
  /** Columns known ahead of time. */
  readonly known?: readonly string[]
  /** Columns to keep as past-only. */
  readonly past?: readonly string[]
  /** Columns with one value a series. */
  readonly static?: readonly string[]
  /** Whether columns are series or dates (true), or never (false). */
  readonly wide?: boolean
  /** Whether 03/04/2026 is the third of April (true) or the fourth of March (false). */
  readonly dayFirst?: boolean
  /** Time zone on whose wall clock time stamps with an offset are placed, such as `Asia/Shanghai`. */
  readonly zone?: string
  /** Whether plain numbers in the date column are Excel's serial days. */
  readonly excelDates?: boolean
  /** Says that dates are whole numbers counting periods: the date at which period `first` (1 unless given) began, and their length. */
  readonly periods?: { readonly origin: string; readonly unit: Unit; readonly first?: number }
  /** Decimal separator of numbers in text, where it should not be decided from the column. */
  readonly decimal?: '.' | ','
  /** Character encoding of text files, such as `gb18030`, where it should not be detected. */
  readonly encoding?: string
  /** Cell separator of text files, where it should not be detected. */
  readonly delimiter?: string
  /** Folder for rejected rows; `foretide-quarantine` in the current folder unless given. */
  readonly quarantineDir?: string
  /** Folder for temporary files. */
  readonly tempDir?: string
}
