import { z } from 'zod'
import { columnKnownAhead, type FeatureFamily } from './family.ts'
import { rollingDeviation } from './kernels/deviation.ts'
import { rollingExtreme } from './kernels/extreme.ts'
import type { Observed, Target } from './kernels/observed.ts'
import { rollingQuantile } from './kernels/quantile.ts'
import { rollingActive, rollingSum } from './kernels/sum.ts'
import { type Statistic, statisticsTask } from './write.ts'

/** What can be known of the last values; `active` counts those that are not zero. */
const ROLLING = ['mean', 'sum', 'std', 'min', 'max', 'median', 'active', 'activeShare'] as const
type Rolling = (typeof ROLLING)[number]

const KERNELS: { readonly [R in Rolling]: (o: Observed, window: number, target: Target) => void } = {
  mean: (o, window, target) => rollingSum(o, window, 'mean', target),
  sum: (o, window, target) => rollingSum(o, window, 'sum', target),
  std: rollingDeviation,
  min: (o, window, target) => rollingExtreme(o, window, -1, target),
  max: (o, window, target) => rollingExtreme(o, window, 1, target),
  median: (o, window, target) => rollingQuantile(o, window, 0.5, target),
  active: (o, window, target) => rollingActive(o, window, false, target),
  activeShare: (o, window, target) => rollingActive(o, window, true, target),
}

const schema = z.strictObject({
  of: z.string().default('target'),
  windows: z.array(z.int().min(1)).min(1),
  stats: z.array(z.enum(ROLLING)).default(['mean', 'std']),
  /** Levels between 0 and 1. */
  quantiles: z.array(z.number().min(0).max(1)).default([]),
  /** How far back the window ends. */
  lag: z.int().min(1).default(1),
  /** Observed values that a window must hold. */
  atLeast: z.int().min(1).default(1),
})

/** Statistics of the last so many periods; gaps are left out, and windows that begin before the series are shorter. */
export const rolling: FeatureFamily<z.infer<typeof schema>> = {
  name: 'rolling',
  knownAhead: ({ of }, context) => columnKnownAhead(context, 'rolling', of),
  schema,
  plan({ of, windows, stats, quantiles, lag, atLeast }, context) {
    const statistics: Statistic[] = []
    for (const window of windows) {
      for (const stat of stats) {
        const kernel = KERNELS[stat]
        statistics.push({ name: `${of}_${stat}_${window}`, lag, kernel: (o, target) => kernel(o, window, target) })
      }
      for (const level of quantiles) {
        const name = `${of}_q${Math.round(level * 1000) / 10}_${window}`
        statistics.push({ name, lag, kernel: (o, target) => rollingQuantile(o, window, level, target) })
      }
    }
    return [statisticsTask(context, { family: 'rolling', of, atLeast }, statistics)]
  },
}
