import { at } from '../../core/panel.ts'

/** A static column: the code of each series, and how many there are. */
export interface Static {
  readonly name: string
  readonly codes: ArrayLike<number>
  readonly values: number
}

/** Groups looked at at most: by one column, and by two. */
const SINGLES = 3
const PAIRS = 4
/** Series that a group has on average at the least. */
const LEAST = 3

/**
 * Static columns, and pairs of them, by which series make groups of a size: the finest first, as long as a group has three series on average.
 *
 * Pairs of which one column says what the other does anyway are left out.
 */
export function groupsOf(statics: readonly Static[], series: number): (readonly string[])[] {
  const coarse = statics
    .filter(({ values }) => values > 1 && values <= series / LEAST)
    .sort((a, b) => b.values - a.values)
  const pairs = coarse.flatMap((a, i) =>
    coarse.slice(i + 1).map((b) => ({ names: [a.name, b.name], values: together(a, b), nested: a.values })),
  )
  const fine = pairs
    .filter(({ values, nested }) => values <= series / LEAST && values > 1.2 * nested)
    .sort((a, b) => b.values - a.values)
  return [...coarse.slice(0, SINGLES).map(({ name }) => [name]), ...fine.slice(0, PAIRS).map(({ names }) => names)]
}

function together(a: Static, b: Static): number {
  const found = new Set<number>()
  for (let i = 0; i < a.codes.length; i++) found.add(at(a.codes, i) * 1_000_003 + at(b.codes, i))
  return found.size
}
