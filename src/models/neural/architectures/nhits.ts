import { z } from 'zod'
import { add, concat, mul, reshape, sub, transpose } from '../../../tensor/graph/operators.ts'
import type { Float } from '../../../tensor/graph/value.ts'
import { dense } from '../../../tensor/layers/dense.ts'
import type { Architecture } from '../architecture.ts'
import { encode } from '../encoding.ts'
import { levelSkip, rectified } from './blocks.ts'
import { optionsOf, share, skip, units } from './options.ts'
import { knots, pooled } from './rates.ts'

const stack = z.strictObject({
  /** Periods of the context that are pooled to one. */
  pool: z.int().min(1),
  /** Periods to each knot, between which what is said is a line. */
  every: z.int().min(1),
  blocks: z.int().min(1).default(1),
})

const schema = z.strictObject({
  /** From coarse to fine; each explains what those before have left. */
  stacks: z
    .array(stack)
    .min(1)
    .prefault([
      { pool: 4, every: 4 },
      { pool: 2, every: 2 },
      { pool: 1, every: 1 },
    ]),
  pooling: z.enum(['max', 'mean']).default('max'),
  /** Units of the hidden layers of a block. */
  hidden: z.array(units).min(1).default([128, 128]),
  /** Units of the layer in which what is said of a step meets what is known of it. */
  known: units.default(16),
  dropout: share.default(0),
  skip,
})

/**
 * Blocks that see the context at rates of their own and speak at knots with lines between them, each of what the ones before have left (N-HiTS of
 * Challu et al., 2023).
 *
 * Everything else is seen by each block, flattened. What is known of a step counts once more at that step itself, however far apart the knots are.
 *
 * @example
 * nhits({ stacks: [{ pool: 7, every: 7 }, { pool: 1, every: 1 }] }).options.pooling // → 'max'
 */
export function nhits(options: object = {}): Architecture {
  const chosen = optionsOf('nhits', schema, options)
  return {
    name: 'nhits',
    options: chosen,
    forward(parameters, view, frame, width) {
      const { batch, context, horizon } = frame
      const { future, whole } = encode(parameters, view, frame)
      const flat = (x: Float) => reshape(x, [batch, -1])
      const rest = [view.observed, ...[view.past, view.known].flatMap((x) => (x ? [flat(x)] : []))]
      const beside = concat(whole ? [...rest, whole] : rest, 1)
      let left = view.target
      const said: Float[] = []
      const blocks = chosen.stacks.flatMap((stack, s) =>
        [...Array(stack.blocks).keys()].map((b) => ({ ...stack, s, b })),
      )
      for (const [k, { pool, every, s, b }] of blocks.entries()) {
        const block = parameters.in(`stack${s}.block${b}`)
        const seen = concat([pooled(left, pool, chosen.pooling), beside], 1)
        const state = chosen.hidden.reduce((x, n, i) => rectified(block.in(`hidden${i}`), x, n, chosen.dropout), seen)
        said.push(knots(block.in('forecast'), state, horizon, every, width))
        if (k === blocks.length - 1) break
        const back = reshape(knots(block.in('backcast'), state, context, every, 1), [batch, context])
        left = mul(sub(left, back), view.observed)
      }
      const forecast = transpose(said.reduce((a, b) => add(a, b)))
      // What is known of a step reaches knots only, which may be far from it: it meets the forecast at the step once more.
      const met = future && rectified(parameters.in('known'), concat([forecast, future]), chosen.known, chosen.dropout)
      const raw = met ? add(forecast, dense(parameters.in('known.out'), met, width)) : forecast
      return { raw: chosen.skip ? add(raw, levelSkip(parameters.in('skip'), view, frame, width)) : raw }
    },
  }
}
