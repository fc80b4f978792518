import { z } from 'zod'
import { add, concat, reshape, slice } from '../../../tensor/graph/operators.ts'
import type { Float } from '../../../tensor/graph/value.ts'
import type { Parameters } from '../../../tensor/layers/parameters.ts'
import type { Architecture } from '../architecture.ts'
import { encode } from '../encoding.ts'
import { levelSkip, residual } from './blocks.ts'
import { optionsOf, share, skip, units } from './options.ts'

const schema = z.strictObject({
  /** Units of the hidden layer of every block of encoder and decoder. */
  hidden: units.default(128),
  /** Blocks of the encoder and of the decoder. */
  encoder: z.int().min(1).default(2),
  decoder: z.int().min(1).default(2),
  /** Numbers that the columns of a period are projected to, and units of the layer on the way. */
  projected: units.default(4),
  projector: units.default(32),
  /** Numbers that the decoder gives each step, and units of the layer that makes the answer of them. */
  step: units.default(16),
  temporal: units.default(32),
  dropout: share.default(0.1),
  /** Whether blocks are normalised; chosen by data set in the paper. Without it products of level and covariates are learned sooner. */
  norm: z.boolean().default(false),
  skip,
})

/**
 * Dense residual blocks that encode everything seen and decode each step, which meets its own covariates at the end (TiDE of Das et al., 2023).
 *
 * What is known of one step may change the others, too; past-only columns are projected beside the known ones.
 *
 * @example
 * tide({ hidden: 64 }).options.decoder // → 2
 */
export function tide(options: object = {}): Architecture {
  const chosen = optionsOf('tide', schema, options)
  const { dropout, norm } = chosen
  const block = (parameters: Parameters, x: Float, width: number, hidden = chosen.hidden, normed = norm) =>
    residual(parameters, x, width, { hidden, dropout, norm: normed })
  const project = (parameters: Parameters, x: Float) => block(parameters, x, chosen.projected, chosen.projector)
  return {
    name: 'tide',
    options: chosen,
    forward(parameters, view, frame, width) {
      const { batch, context, horizon } = frame
      const known = view.known && project(parameters.in('known'), view.known)
      const past = view.past && project(parameters.in('past'), view.past)
      const { whole } = encode(parameters, view, frame)
      const flat = [known, past].flatMap((x) => (x ? [reshape(x, [batch, -1])] : []))
      let state = concat([view.target, view.observed, ...flat, ...(whole ? [whole] : [])], 1)
      for (let k = 0; k < chosen.encoder; k++) state = block(parameters.in(`encoder${k}`), state, chosen.hidden)
      for (let k = 0; k < chosen.decoder; k++) {
        const last = k === chosen.decoder - 1
        state = block(parameters.in(`decoder${k}`), state, last ? horizon * chosen.step : chosen.hidden)
      }
      const steps = reshape(state, [batch, horizon, chosen.step])
      const met = known ? concat([steps, slice(known, 1, context)]) : steps
      // The last block is not normalised: the answer has units.
      const raw = block(parameters.in('temporal'), met, width, chosen.temporal, false)
      return { raw: chosen.skip ? add(raw, levelSkip(parameters.in('skip'), view, frame, width)) : raw }
    },
  }
}
