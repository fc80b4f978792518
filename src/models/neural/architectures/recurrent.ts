import { z } from 'zod'
import { add, concat } from '../../../tensor/graph/operators.ts'
import type { Float } from '../../../tensor/graph/value.ts'
import { dropout } from '../../../tensor/layers/dense.ts'
import { gru as gruLayer, lstm as lstmLayer, stepsOf } from '../../../tensor/layers/recurrent.ts'
import type { Architecture } from '../architecture.ts'
import { encode } from '../encoding.ts'
import { decoded, levelSkip } from './blocks.ts'
import { optionsOf, share, skip, units } from './options.ts'

const schema = z.strictObject({
  /** Units of each layer. */
  units: units.default(64),
  layers: z.int().min(1).default(1),
  /** Units of each step of the horizon. */
  decoder: units.default(32),
  /** Between layers, and of what is decoded. */
  dropout: share.default(0.1),
  skip,
})

const recurrent =
  (name: string, layer: typeof lstmLayer) =>
  (options: object = {}): Architecture => {
    const chosen = optionsOf(name, schema, options)
    return {
      name,
      options: chosen,
      forward(parameters, view, frame, width) {
        const { past, future, whole } = encode(parameters, view, frame)
        let steps = stepsOf(past)
        for (let k = 0; k < chosen.layers; k++) {
          const inputs = k === 0 ? steps : steps.map((step) => dropout(parameters, step, chosen.dropout))
          steps = layer(parameters.in(`layer${k}`), inputs, chosen.units).steps
        }
        const last = steps.at(-1) as Float
        const raw = decoded(parameters.in('decoder'), whole ? concat([last, whole]) : last, future, frame, width, {
          units: chosen.decoder,
          dropout: chosen.dropout,
        })
        return { raw: chosen.skip ? add(raw, levelSkip(parameters.in('skip'), view, frame, width)) : raw }
      },
    }
  }

/**
 * A long short-term memory over everything of the past, from whose last state each step is decoded with what is known of it (Hochreiter and Schmidhuber, 1997).
 *
 * @example
 * lstm({ layers: 2 }).options.units // → 64
 */
export const lstm = recurrent('lstm', lstmLayer)

/**
 * The same with gated recurrent units (Cho et al., 2014).
 *
 * @example
 * gru({ units: 32 }).options.layers // → 1
 */
export const gru = recurrent('gru', gruLayer)
