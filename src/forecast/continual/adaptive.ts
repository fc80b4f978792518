import { at } from '../../core/panel.ts'

/** Distances of levels from the median at which coverage is watched. */
export const REACHES: readonly number[] = [0.1, 0.2, 0.25, 0.3, 0.4, 0.45, 0.475, 0.49]
/** No interval is asked for beyond this distance from the median, nor closer than this share of the distance meant. */
const MOST = 0.4995
const LEAST = 0.4
/** How much of a miss is made up for at the next step. */
const PACE = 0.5

/** Where levels have moved: for each of {@link REACHES} the distance that is asked for in its place. */
export type Reaches = readonly number[]

/**
 * Moves the distances from the median that are asked for by how often intervals held what came: too seldom, and they go out; too often, and they come in (adaptive conformal
 * inference of Gibbs and Candès, 2021, on the shares of all series together).
 *
 * `held` are the shares that the intervals of the distances asked for held; missing ones (NaN) move nothing.
 *
 * @example
 * adapted([0.1, 0.2, 0.25, 0.3, 0.4, 0.45, 0.475, 0.49], [0.2, 0.4, 0.5, 0.6, 0.7, 0.9, 0.95, 0.98])[4].toFixed(3) // → '0.425'
 */
export function adapted(reaches: Reaches, held: readonly number[]): Reaches {
  let before = 0
  return reaches.map((reach, r) => {
    const meant = at(REACHES, r)
    const share = at(held, r)
    const moved = Number.isNaN(share) ? reach : reach + (PACE * (2 * meant - share)) / 2
    before = Math.max(before, Math.min(MOST, Math.max(LEAST * meant, moved)))
    return before
  })
}

/** The level that is asked for in the place of another. */
export function movedLevel(level: number, reaches: Reaches): number {
  const reach = Math.abs(level - 0.5)
  let [low, lowMoved] = [0, 0]
  for (let r = 0; r <= REACHES.length; r++) {
    const [high, highMoved] = r < REACHES.length ? [at(REACHES, r), at(reaches, r)] : [0.5, 0.5]
    if (reach <= high) {
      const moved = lowMoved + ((reach - low) / (high - low)) * (highMoved - lowMoved)
      return level < 0.5 ? 0.5 - moved : 0.5 + moved
    }
    ;[low, lowMoved] = [high, highMoved]
  }
  return level
}
