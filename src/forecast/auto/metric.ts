/** What errors are weighed by, and so which point of a distribution is said. */
export const METRIC_NAMES = ['wql', 'wape', 'rmse', 'mase', 'mape'] as const
export type Aim = (typeof METRIC_NAMES)[number]

/** Least share of the largest level that a series' own counts as, where errors are relative to it. */
const LEAST = 1e-9

/** How much an error on a cell counts, by what came and the level of the series. */
export const WEIGHTS: { readonly [A in Aim]: (came: number, level: number) => number } = {
  wql: () => 1,
  wape: () => 1,
  rmse: () => 1,
  mase: (_, level) => (level > LEAST ? 1 / level : 0),
  mape: (came) => (came !== 0 ? 1 / Math.abs(came) : 0),
}

/** Aims whose points are means; those of the others are where absolute errors, so weighed, are least. */
export const MEANT: ReadonlySet<Aim> = new Set<Aim>(['wql', 'rmse'])
