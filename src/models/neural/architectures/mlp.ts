import { z } from 'zod'
import { add, concat, slice } from '../../../tensor/graph/operators.ts'
import { dense } from '../../../tensor/layers/dense.ts'
import { zeros } from '../../../tensor/layers/parameters.ts'
import type { Architecture } from '../architecture.ts'
import { encode } from '../encoding.ts'
import { decoded, flattened, levelSkip, normalised, rectified } from './blocks.ts'
import { optionsOf, share, skip, units } from './options.ts'
import { recalled } from './recall.ts'

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
  /** Ways in which periods of the past are likened to each step by what is known of both; none unless given. */
  recall: z.int().min(0).default(0),
  /** Newest periods of the context that the hidden layers see; all unless given. */
  newest: z.int().min(1).optional(),
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
      const alike = chosen.recall > 0 ? recalled(parameters.in('recall'), view, frame, chosen.recall) : undefined
      const future = encoded.future && alike ? concat([encoded.future, alike]) : (encoded.future ?? alike)
      const state = chosen.hidden.reduce(
        (x, units, k) => {
          const layer = parameters.in(`hidden${k}`)
          const fresh = rectified(layer, x, units, chosen.dropout)
          const joined = chosen.residual && x.shape[1] === units ? add(x, fresh) : fresh
          return chosen.norm ? normalised(layer.in('norm'), joined) : joined
        },
        flattened(
          {
            ...encoded,
            past: slice(encoded.past, 1, Math.max(0, frame.context - (chosen.newest ?? frame.context))),
            ...(future && { future }),
          },
          frame,
        ),
      )
      const raw = decoded(parameters.in('decoder'), state, future, frame, width, {
        units: chosen.decoder,
        dropout: chosen.dropout,
      })
      const ways = [
        ...(chosen.skip ? [levelSkip(parameters.in('skip'), view, frame, width)] : []),
        ...(alike && chosen.skip ? [dense(parameters.in('recalled'), alike, width, { initialise: zeros })] : []),
      ]
      return { raw: ways.reduce(add, raw) }
    },
  }
}
