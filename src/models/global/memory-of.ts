import type { Ground } from './ground.ts'

/** Periods of the past that tracks carry along at the least. */
const LEAST = 64
/** Half-lives after which an exponential mean has forgotten. */
const FORGOTTEN = 20

/** How many periods of the past the features that are fed back can see, with the recent means beside them. */
export function memoryOf({ layout, past }: Ground): number {
  let most = Math.max(LEAST, past.window + past.season)
  for (const options of layout.fed.families) {
    const { lag = 1, season = past.season, order = 1 } = options as Partial<Record<string, number>>
    const { lags, seasons, windows, counts, halfLives, alphas, periods, trailing, centred } = options as Partial<
      Record<string, readonly number[]>
    >
    const longest = (values: readonly number[] | undefined) => Math.max(0, ...(values ?? []))
    const slowest = Math.min(1, ...(alphas ?? []))
    most = Math.max(
      most,
      longest(lags),
      season * longest(seasons),
      lag + longest(windows),
      season * (1 + longest(counts)),
      lag + FORGOTTEN * longest(halfLives),
      alphas?.length ? lag + FORGOTTEN / slowest : 0,
      lag + order * Math.max(longest(periods), season),
      lag + 2 * longest(trailing),
      lag + 2 * longest(centred),
    )
  }
  return Math.ceil(most)
}
