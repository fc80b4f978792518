import { z } from 'zod'
import {
  add,
  concat,
  cumulativeSum,
  maximum,
  mean,
  mul,
  reshape,
  slice,
  softplus,
  sub,
} from '../../../tensor/graph/operators.ts'
import type { Float } from '../../../tensor/graph/value.ts'
import { meanOf, quantileOf, scoresOf } from '../../global/grid.ts'
import { normalQuantile } from '../../statistical/normal.ts'
import { optionsOf } from '../architectures/options.ts'
import type { Head } from '../head.ts'

/** Levels that are learned where no others are asked for; those between are joined on the scale of a normal distribution. */
const LEVELS: readonly number[] = [0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99]

const schema = z.strictObject({
  /** Ascending levels. */
  levels: z
    .array(z.number().gt(0).lt(1))
    .min(1)
    .refine((levels) => levels.every((l, k) => k === 0 || l > (levels[k - 1] as number)), { error: 'must ascend' })
    .default([...LEVELS]),
  /** What the mean is said to be: that of the distribution; its median, where absolute errors count; or where relative errors are least. */
  point: z.enum(['mean', 'median', 'relative']).default('mean'),
})

/**
 * Quantiles at some levels, learned by pinball loss (Koenker and Bassett, 1978): the middle one, and positive steps from each to the next
 * outwards, so that they cannot cross.
 *
 * @example
 * quantiles({ levels: [0.1, 0.5, 0.9] }).width // → 3
 */
export function quantiles(options: object = {}): Head {
  const chosen = optionsOf('quantiles', schema, options)
  const { levels } = chosen
  const n = levels.length
  const scores = scoresOf(levels)
  const middle = levels.reduce(
    (best, l, k) => (Math.abs(l - 0.5) < Math.abs((levels[best] as number) - 0.5) ? k : best),
    0,
  )
  const half = normalQuantile(0.5)
  const grid = new Float64Array(n)
  const read = (outputs: ArrayLike<number>, from: number) => {
    for (let l = 0; l < n; l++) grid[l] = outputs[from + l] as number
  }
  return {
    name: 'quantiles',
    options: chosen,
    width: n,
    outputs: n,
    counts: false,
    median: chosen.point === 'median',
    relative: chosen.point === 'relative',
    transform(raw) {
      const centre = slice(raw, -1, middle, middle + 1)
      const parts: Float[] = []
      if (middle > 0) parts.push(sub(centre, cumulativeSum(softplus(slice(raw, -1, 0, middle)), -1, true)))
      parts.push(centre)
      if (middle < n - 1) parts.push(add(centre, cumulativeSum(softplus(slice(raw, -1, middle + 1)), -1)))
      return concat(parts)
    },
    loss(outputs, truth) {
      const error = sub(reshape(truth, [...truth.shape, 1]), outputs)
      const { graph } = outputs.from
      const rising = graph.constant(Float32Array.from(levels), [n]) as Float
      const falling = graph.constant(
        Float32Array.from(levels, (l) => l - 1),
        [n],
      ) as Float
      return mul(mean(maximum(mul(error, rising), mul(error, falling)), { axes: [-1] }), 2)
    },
    mean(outputs, from) {
      read(outputs, from)
      return chosen.point === 'median' ? quantileOf(grid, 0, scores, half) : meanOf(grid, 0, scores)
    },
    quantiles(outputs, from, _level, asked, into, at) {
      read(outputs, from)
      for (const [k, l] of asked.entries()) into[at + k] = quantileOf(grid, 0, scores, normalQuantile(l))
    },
    sample(outputs, from, _level, random) {
      read(outputs, from)
      return quantileOf(grid, 0, scores, random.normal())
    },
  }
}
