/** A stage of the search: how much of the data a candidate is tried on. */
export interface Rung {
  /** Windows, the latest ones of all. */
  readonly windows: number
  readonly series: number
  /** Candidates that it is planned for, the default included. */
  readonly trials: number
  /** How many of them begin here. */
  readonly fresh: number
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

/** Share of candidates that begin on a later rung than the first. */
const LATE = 0.2
/** Windows of a rung at the least, where there are as many: a single one has its own luck. */
const LEAST_WINDOWS = 2

/**
 * The rungs of successive halving (Jamieson and Talwalkar, 2016): each has about `keepOneIn` times the work of the one before it for one
 * in as many of its candidates, the last has all windows and series.
 *
 * Windows and series shrink alike, as either alone would mislead: few windows have their own luck, few series their own kind. A
 * fifth of the candidates begin on later rungs, proposed by what was good there: a hedge, as Hyperband's other brackets are (Li et
 * al., 2018), against a first rung whose best are not the best. Rungs that would not differ in work are left out.
 */
export function rungsOf({ trials, windows, series, keepOneIn, leastSeries }: Plan): Rung[] {
  const sizes = [{ windows, series }]
  const most = Math.floor(Math.log(Math.max(1, trials / 2)) / Math.log(keepOneIn) + 1e-9)
  for (let r = 1; r <= most; r++) {
    const share = keepOneIn ** -r
    const few = Math.min(windows, Math.max(LEAST_WINDOWS, Math.round(windows * Math.sqrt(share))))
    const part = Math.min(1, (share * windows) / few)
    const sampled = Math.min(series, Math.max(leastSeries, Math.round(series * part)))
    const next = sizes[0] as { windows: number; series: number }
    if (few * sampled < next.windows * next.series) sizes.unshift({ windows: few, series: sampled })
  }
  const fresh = freshOf(trials, sizes.length, keepOneIn)
  let left = 0
  return sizes.map((size, r) => {
    const begin = fresh[r] as number
    left = begin + (r === 0 ? 0 : Math.min(left, surviving(left, keepOneIn)))
    return { ...size, trials: left, fresh: begin }
  })
}

/** How many candidates begin on each rung. */
function freshOf(trials: number, rungs: number, keepOneIn: number): number[] {
  const late = Array.from({ length: rungs - 1 }, (_, r) => keepOneIn ** -r)
  const whole = late.reduce((a, b) => a + b, 0)
  const counts = late.map((share) => Math.round((LATE * trials * share) / whole))
  return [trials - counts.reduce((a, b) => a + b, 0), ...counts]
}
