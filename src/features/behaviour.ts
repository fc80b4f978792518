import { z } from 'zod'
import { columnKnownAhead, type FeatureFamily, legalLag, pastFeature } from './family.ts'
import type { Observed } from './kernels/observed.ts'
import { rollingSum } from './kernels/sum.ts'

const schema = z.strictObject({
  /** The stages from looking to buying, each a column. */
  stages: z.array(z.string()).min(2).default(['views', 'carts', 'target']),
  windows: z.array(z.int().min(1)).default([7, 28]),
  lag: z.int().min(1).default(1),
})

/**
 * How many go on from each stage to the next, and from the first to the last, over recent periods: view → cart → purchase.
 *
 * Ratios of sums, NaN where nobody was at the earlier stage. Always lagged: what shoppers do is not known ahead.
 */
export const behaviour: FeatureFamily<z.infer<typeof schema>> = {
  name: 'behaviour',
  knownAhead: false,
  schema,
  plan({ stages, windows, lag: wished }, context) {
    for (const stage of stages) columnKnownAhead(context, 'behaviour', stage)
    const lag = legalLag(context, wished)
    const pairs = stages.slice(1).map((to, i) => [stages[i] as string, to] as const)
    if (stages.length > 2) pairs.push([stages[0] as string, stages.at(-1) as string])
    const ratios = windows.flatMap((window) => pairs.map(([from, to]) => ({ from, to, window })))
    return [
      {
        kind: 'series',
        features: ratios.map(({ from, to, window }) => pastFeature('behaviour', `${from}_to_${to}_${window}`, lag)),
        write(view, lines) {
          const total = view.length + view.horizon
          ratios.forEach(({ from, to, window }, f) => {
            const line = lines[f] as Float32Array
            line.fill(Number.NaN, 0, lag)
            ratio(view.past(to), view.past(from), window, line, lag)
            if (view.length + lag < total) line.fill(Number.NaN, view.length + lag, total)
          })
        },
      },
    ]
  },
}

let denominator = new Float32Array(0)

function ratio(above: Observed, below: Observed, window: number, out: Float32Array, shift: number): void {
  const { length } = above
  if (denominator.length < length) denominator = new Float32Array(2 * length)
  rollingSum(above, window, 'sum', { out, shift, atLeast: 1 })
  rollingSum(below, window, 'sum', { out: denominator, shift: 0, atLeast: 1 })
  for (let k = 0; k < length; k++) {
    const d = denominator[k] as number
    out[k + shift] = d > 0 ? (out[k + shift] as number) / d : Number.NaN
  }
}
