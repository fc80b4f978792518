import { z } from 'zod'
import { add } from '../../../tensor/graph/operators.ts'
import type { Architecture } from '../architecture.ts'
import { encode } from '../encoding.ts'
import { decoded, flattened, levelSkip, normalised, rectified } from './blocks.ts'
import { optionsOf, share, skip, units } from './options.ts'

const schema = z.strictObject({
  /** Units of the hidden layers, one after the other. */
  hidden: z.array(units).min(1).default([128, 128]),
  /** Units of each step of the horizon. */
  decoder: units.default(32),
  dropout: share.default(0.1),
  /** Whether a hidden layer is added to the one before where both have as many units. */
  residual: z.boolean().default(true),
  /** Whether hidden layers are normalised. */
  norm: z.boolean().default(false),
  skip,
})

/**
 * A multilayer perceptron: everything seen, flattened, through hidden layers to a state, from which each step is decoded with what is known of it.
 *
 * What is known of one step may change the others, too.
 *
 * @example
 * mlp({ hidden: [64] }).options.dropout // → 0.1
 */
export function mlp(options: object = {}): Architecture {
  const chosen = optionsOf('mlp', schema, options)
  return {
    name: 'mlp',
    options: chosen,
    forward(parameters, view, frame, width) {
      const encoded = encode(parameters, view, frame)
      const state = chosen.hidden.reduce(
        (x, units, k) => {
          const layer = parameters.in(`hidden${k}`)
          const fresh = rectified(layer, x, units, chosen.dropout)
          const joined = chosen.residual && x.shape[1] === units ? add(x, fresh) : fresh
          return chosen.norm ? normalised(layer.in('norm'), joined) : joined
        },
        flattened(encoded, frame),
      )
      const raw = decoded(parameters.in('decoder'), state, encoded.future, frame, width, {
        units: chosen.decoder,
        dropout: chosen.dropout,
      })
      return { raw: chosen.skip ? add(raw, levelSkip(parameters.in('skip'), view, frame, width)) : raw }
    },
  }
}
