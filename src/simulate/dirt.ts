import type { Random } from '../core/random.ts'

/** What can be wrong with a row of sales. */
export const DIRT = ['missing', 'duplicate', 'badUnits', 'badDate'] as const
export type Dirt = (typeof DIRT)[number]

const BAD_UNITS = ['n/a', '-', '#REF!', 'many', '12x'] as const
const BAD_DATES = ['2024-02-30', '31/31/2024', 'yesterday', '', '0000-00-00'] as const

/** What happens to a row: nothing, mostly. */
export interface Fate {
  readonly kind: Dirt
  /** The unreadable cell that is written in place of the true one, for `badUnits` and `badDate`. */
  readonly written: string
}

/** Draws the fate of one row of sales; undefined for a clean one. */
export function fateOf(rate: number, random: Random): Fate | undefined {
  if (random.uniform() >= rate) return undefined
  const kind = DIRT[random.integer(DIRT.length)] as Dirt
  const cells = kind === 'badUnits' ? BAD_UNITS : kind === 'badDate' ? BAD_DATES : []
  return { kind, written: cells.length > 0 ? (cells[random.integer(cells.length)] as string) : '' }
}
