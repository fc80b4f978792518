import type { CalendarOptions } from '../core/calendar.ts'

/** What a generation says of its panel; the numbers lie beside it in Parquet. */
export interface PanelMeta {
  readonly calendar: Required<CalendarOptions>
  readonly keys: readonly string[]
  readonly count: number
  readonly cells: number
  readonly first: number
  readonly lastObserved: number
  readonly digest: string
  readonly columns: readonly {
    readonly name: string
    readonly field: string
    readonly knownAhead: boolean
    readonly categories?: readonly string[]
  }[]
  readonly statics: readonly {
    readonly name: string
    readonly field: string
    readonly categories?: readonly string[]
  }[]
}

/** Files of a panel within a generation. */
export const PANEL_FILES = { meta: 'panel.json', series: 'series.parquet', cells: 'cells.parquet' } as const
