import { z } from 'zod'
import { columnKnownAhead, type FeatureFamily } from './family.ts'
import type { Observed, Target } from './kernels/observed.ts'
import { exponentialLevel } from './kernels/recent.ts'
import { rollingSum } from './kernels/sum.ts'
import { type Statistic, statisticsTask } from './write.ts'

const schema = z.strictObject({
  of: z.string().default('target'),
  /** Lengths of moving averages that look back only. */
  trailing: z.array(z.int().min(1)).default([]),
  /** Lengths of moving averages about their middle, an even one with half weights at its ends. */
  centred: z.array(z.int().min(2)).default([]),
  /** Weights of the newest value in simple exponential smoothing. */
  alphas: z.array(z.number().gt(0).max(1)).default([]),
  lag: z.int().min(1).default(1),
})

/**
 * Smoothed values: trailing and centred moving averages, and exponential smoothing.
 *
 * A centred average of length m needs m/2 values after its middle, so it is of the middle m/2 periods before the newest value
 * that may be known: never of the row's own period. Exponential smoothing starts at the first value.
 */
export const smoothing: FeatureFamily<z.infer<typeof schema>> = {
  name: 'smoothing',
  knownAhead: ({ of }, context) => columnKnownAhead(context, 'smoothing', of),
  schema,
  plan({ of, trailing, centred, alphas, lag }, context) {
    const statistics: Statistic[] = [
      ...trailing.map((window) => ({
        name: `${of}_trailing_${window}`,
        lag,
        kernel: (o: Observed, target: Target) => rollingSum(o, window, 'mean', { ...target, atLeast: window }),
      })),
      ...centred.map((window) => ({
        name: `${of}_centred_${window}`,
        lag,
        kernel: (o: Observed, target: Target) => centredMean(o, window, target),
      })),
      ...alphas.map((alpha) => ({
        name: `${of}_smooth_${alpha}`,
        lag,
        kernel: (o: Observed, target: Target) => exponentialLevel(o, alpha, target),
      })),
    ]
    return [statisticsTask(context, { family: 'smoothing', of }, statistics)]
  },
}

/** The centred average whose newest value is `k`: plain for odd lengths, 2 × m for even ones; NaN where a value is missing. */
function centredMean(o: Observed, window: number, target: Target): void {
  if (window % 2 === 1) {
    rollingSum(o, window, 'mean', { ...target, atLeast: window })
    return
  }
  const { values, length } = o
  const { out, shift } = target
  for (let k = 0; k < length; k++) {
    let sum = Number.NaN
    if (k >= window) {
      sum = ((values[k] as number) + (values[k - window] as number)) / 2
      for (let j = 1; j < window; j++) sum += values[k - j] as number
    }
    out[k + shift] = sum / window
  }
}
