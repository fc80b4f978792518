import { sharedFloat64, sharedUint8 } from '../core/memory.ts'
import { at, type Column, Mask, type Panel } from '../core/panel.ts'
import type { Window } from '../core/window.ts'

/** What of a forecast is told apart: kinds of columns known ahead, what was out of stock, and the other series. */
const PLAYERS = ['promotion', 'price', 'holiday', 'other', 'stock', 'neighbours'] as const
export type Player = (typeof PLAYERS)[number]

const KINDS: readonly (readonly [Player, RegExp])[] = [
  ['holiday', /holiday|festival|event|节|假/i],
  ['price', /price|价/i],
  ['promotion', /promo|discount|deal|feat|campaign|activity|coupon|markdown|促|折|优惠|活动/i],
]

/** Which player a column known ahead belongs to, by its name. */
const playerOf = (column: string): Player => KINDS.find(([, words]) => words.test(column))?.[0] ?? 'other'

/** The players that a window has, in the order of {@link PLAYERS}, with the columns known ahead that belong to each. */
export async function playersOf(window: Window): Promise<ReadonlyMap<Player, readonly string[]>> {
  const columns = new Map<Player, Set<string>>()
  let censored = false
  let series = 0
  for await (const past of window.past()) {
    series += past.ids.length
    censored ||= past.mask.some((bits) => (bits & Mask.censored) !== 0)
    for (const [name, column] of past.columns) {
      if (!column.knownAhead) continue
      const player = playerOf(name)
      columns.set(player, (columns.get(player) ?? new Set()).add(name))
    }
  }
  return new Map(
    PLAYERS.flatMap((player): [Player, readonly string[]][] => {
      const own = columns.get(player)
      if (own) return [[player, [...own]]]
      const there = player === 'stock' ? censored : player === 'neighbours' && series > 1
      return there ? [[player, []]] : []
    }),
  )
}

/**
 * A window as it would be with nothing unusual ahead: named columns hold what is usual for the series (the median of its past; for columns that are zero or one their
 * commoner value) over the horizon; without `stock`, no period counts as out of stock.
 */
export function calmWindow(window: Window, columns: ReadonlySet<string>, stock: boolean): Window {
  if (columns.size === 0 && !stock) return window
  return {
    ...window,
    digest: `${window.digest}~${[...columns].join(',')}${stock ? '!' : ''}`,
    async *past() {
      for await (const past of window.past()) yield stock ? inStock(past) : past
    },
    async *known() {
      const known = window.known()[Symbol.asyncIterator]()
      for await (const past of window.past()) {
        const { value } = await known.next()
        yield calmed(past, value as Panel, columns)
      }
    },
  }
}

function inStock(panel: Panel): Panel {
  const mask = sharedUint8(panel.mask.length)
  for (let k = 0; k < mask.length; k++) mask[k] = at(panel.mask, k) & ~Mask.censored
  return { ...panel, mask }
}

function calmed(past: Panel, known: Panel, names: ReadonlySet<string>): Panel {
  const columns = new Map<string, Column>()
  for (const [name, column] of known.columns) {
    const before = past.columns.get(name)
    if (!names.has(name) || !before) {
      columns.set(name, column)
      continue
    }
    const values = sharedFloat64(column.values.length)
    for (let i = 0; i < known.ids.length; i++) {
      const usual = usualOf(before, at(past.offsets, i), at(past.offsets, i + 1))
      for (let k = at(known.offsets, i); k < at(known.offsets, i + 1); k++)
        values[k] = Number.isNaN(usual) ? at(column.values, k) : usual
    }
    columns.set(name, { ...column, values })
  }
  return { ...known, columns }
}

/** The usual value of a column in some cells: the commonest of categories, the median of numbers. */
function usualOf({ values, categories }: Column, from: number, to: number): number {
  const seen = values.subarray(from, to).filter((x) => !Number.isNaN(x))
  if (seen.length === 0) return Number.NaN
  if (!categories) return at(seen.sort(), Math.floor((seen.length - 1) / 2))
  const counts = new Map<number, number>()
  for (const x of seen) counts.set(x, (counts.get(x) ?? 0) + 1)
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best))[0]
}
