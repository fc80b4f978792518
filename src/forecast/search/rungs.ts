/** A stage of the search: how much of the data a candidate is tried on. */
export interface Rung {
  /** Windows, the latest ones of all. */
  readonly windows: number
  readonly series: number
  /** Candidates that it is planned for, the default included. */
  readonly trials: number
}

/** From what rungs are planned. */
export interface Plan {
  readonly trials: number
  readonly windows: number
  readonly series: number
  /** One candidate in so many goes on to the next rung. */
  readonly keepOneIn: number
  /** Series that a rung has at the least, where there are as many. */
  readonly leastSeries: number
}

/** What a rung costs a candidate: series times windows. */
export const workOf = ({ windows, series }: Rung): number => windows * series

/** How many of so many candidates go on to the next rung, the default beside them. */
export const surviving = (trials: number, keepOneIn: number): number =>
  Math.max(1, Math.ceil((trials - 1) / keepOneIn)) + 1

/**
 * The rungs of successive halving (Jamieson and Talwalkar, 2016): each has about `keepOneIn` times the work of the one before it for one
 * in as many of its candidates, the last has all windows and series.
 *
 * Windows and series shrink alike, as either alone would mislead: a single window has its own luck, few series their own kind.
 * Rungs that would not differ in work are left out.
 */
export function rungsOf({ trials, windows, series, keepOneIn, leastSeries }: Plan): Rung[] {
  const rungs: Omit<Rung, 'trials'>[] = [{ windows, series }]
  const most = Math.floor(Math.log(Math.max(1, trials / 2)) / Math.log(keepOneIn) + 1e-9)
  for (let r = 1; r <= most; r++) {
    const share = keepOneIn ** -r
    const few = Math.max(1, Math.round(windows * Math.sqrt(share)))
    const part = Math.min(1, (share * windows) / few)
    const sampled = Math.min(series, Math.max(leastSeries, Math.round(series * part)))
    const next = rungs[0] as Omit<Rung, 'trials'>
    if (few * sampled < next.windows * next.series) rungs.unshift({ windows: few, series: sampled })
  }
  let left = trials
  return rungs.map((rung, r) => {
    if (r > 0) left = Math.min(left, surviving(left, keepOneIn))
    return { ...rung, trials: left }
  })
}
