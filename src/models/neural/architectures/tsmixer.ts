import { z } from 'zod'
import { add, concat, relu } from '../../../tensor/graph/operators.ts'
import type { Float } from '../../../tensor/graph/value.ts'
import { dense, dropout } from '../../../tensor/layers/dense.ts'
import type { Parameters } from '../../../tensor/layers/parameters.ts'
import type { Architecture } from '../architecture.ts'
import { encode } from '../encoding.ts'
import { levelSkip, normalised } from './blocks.ts'
import { optionsOf, share, skip, units } from './options.ts'
import { alongTime, turned } from './time-major.ts'

const schema = z.strictObject({
  /** Features of each step within. */
  features: units.default(32),
  /** Units of the hidden layers that mix features. */
  hidden: units.default(64),
  /** Layers that mix time and features. */
  layers: z.int().min(1).default(2),
  dropout: share.default(0.1),
  /** Whether what is mixed is normalised first. */
  norm: z.boolean().default(true),
  skip,
})
type Options = z.infer<typeof schema>

/**
 * The past brought to the steps of the horizon, then mixed with what is known of them, over time and over features in turn, under what holds for the
 * series as a whole (TSMixer-Ext of Chen et al., 2023).
 *
 * What is known of one step may change the others, too.
 *
 * @example
 * tsmixer({ features: 64 }).options.layers // → 2
 */
export function tsmixer(options: object = {}): Architecture {
  const chosen = optionsOf('tsmixer', schema, options)
  return {
    name: 'tsmixer',
    options: chosen,
    forward(parameters, view, frame, width) {
      const { past, future, whole } = encode(parameters, view, frame)
      const aligned = alongTime(parameters.in('align'), turned(past), frame.horizon)
      let x = features(parameters.in('past'), aligned, whole, chosen)
      if (future) x = concat([x, features(parameters.in('future'), turned(future), whole, chosen)])
      for (let k = 0; k < chosen.layers; k++) {
        const layer = parameters.in(`layer${k}`)
        const mixed = relu(alongTime(layer.in('time'), normed(layer.in('time.norm'), x, chosen), frame.horizon))
        x = add(x, dropout(layer, mixed, chosen.dropout))
        x = features(layer.in('features'), x, whole, chosen, chosen.norm)
      }
      const raw = turned(dense(parameters.in('out'), x, width))
      return { raw: chosen.skip ? add(raw, levelSkip(parameters.in('skip'), view, frame, width)) : raw }
    },
  }
}

const normed = (parameters: Parameters, x: Float, { norm }: Options) => (norm ? normalised(parameters, x) : x)

/**
 * Mixes the features of each step under what holds for the whole series, beside a way around: [time, batch, …] to [time, batch, features].
 *
 * Columns as they come are not normalised: of one alone nothing would be left.
 */
function features(parameters: Parameters, x: Float, whole: Float | undefined, options: Options, norm = false): Float {
  const { features, hidden, dropout: share } = options
  const inside = dense(parameters.in('hidden'), norm ? normalised(parameters.in('norm'), x) : x, hidden)
  const under = whole ? add(inside, dense(parameters.in('whole'), whole, hidden, { bias: false })) : inside
  const mixed = dropout(parameters, relu(under), share)
  const out = dropout(parameters, dense(parameters.in('out'), mixed, features), share)
  return add(out, x.shape[2] === features ? x : dense(parameters.in('around'), x, features))
}
