/** What errors are weighed by, and so which point of a distribution is said. */
const METRIC_NAMES = ['wql', 'wape', 'rmse', 'mase', 'mape'] as const
export type Aim = (typeof METRIC_NAMES)[number]

/** Least share of the largest level that a series' own counts as, where errors are relative to it. */
const LEAST = 1e-9

type Weight = (came: number, level: number) => number
const plain: Weight = () => 1
const perLevel: Weight = (_, level) => (level > LEAST ? 1 / level : 0)

/** How much the quantile loss of a cell counts, by what came and the level of the series. */
export const WEIGHTS: { readonly [A in Aim]: Weight } = {
  ...{ wql: plain, wape: plain, rmse: plain },
  // Weights by what came would make other distributions best than the true ones.
  ...{ mase: perLevel, mape: perLevel },
}

/** How much the absolute error of a point counts. */
export const POINT_WEIGHTS: { readonly [A in Aim]: Weight } = {
  ...WEIGHTS,
  mape: (came) => (came !== 0 ? 1 / Math.abs(came) : 0),
}

/** Aims whose points are means; those of the others are where absolute errors, so weighed, are least. */
export const MEANT: ReadonlySet<Aim> = new Set<Aim>(['wql', 'rmse'])
