import { z } from 'zod'
import { add, concat, expand, relu, reshape } from '../../../tensor/graph/operators.ts'
import type { Float } from '../../../tensor/graph/value.ts'
import { dense, dropout } from '../../../tensor/layers/dense.ts'
import { normal } from '../../../tensor/layers/parameters.ts'
import { gru, lstm, stepsOf } from '../../../tensor/layers/recurrent.ts'
import type { Architecture } from '../architecture.ts'
import { encode } from '../encoding.ts'
import { levelSkip } from './blocks.ts'
import { optionsOf, share, skip, units } from './options.ts'

const CELLS = { lstm, gru }

const schema = z.strictObject({
  cell: z.enum(['lstm', 'gru']).default('lstm'),
  /** Units of each layer. */
  units: units.default(64),
  layers: z.int().min(1).default(1),
  /** Units that each step is decoded with. */
  decoder: units.default(32),
  dropout: share.default(0.1),
  skip,
})

/**
 * Sequence to sequence: recurrent layers read the past, and others go on from their state over the horizon, each step with what is known of it
 * (Sutskever, Vinyals and Le, 2014; for covariates and quantiles at once, Wen et al., 2017).
 *
 * What is known of a step counts at that step and later ones.
 *
 * @example
 * seq2seq({ cell: 'gru' }).options.units // → 64
 */
export function seq2seq(options: object = {}): Architecture {
  const chosen = optionsOf('seq2seq', schema, options)
  const layer = CELLS[chosen.cell]
  return {
    name: 'seq2seq',
    options: chosen,
    forward(parameters, view, frame, width) {
      const { batch, horizon } = frame
      const { past, future, whole } = encode(parameters, view, frame)
      const places = parameters.get('place', [horizon, chosen.decoder], normal(0.1))
      const placed = expand(reshape(places, [1, horizon, chosen.decoder]), [batch, horizon, chosen.decoder])
      const told = future ? add(dense(parameters.in('known'), future, chosen.decoder), placed) : placed
      const own = whole && dense(parameters.in('whole'), whole, chosen.decoder, { bias: false })
      const ahead = own ? add(told, reshape(own, [batch, 1, chosen.decoder])) : told
      let steps = stepsOf(past)
      let coming = stepsOf(ahead)
      for (let k = 0; k < chosen.layers; k++) {
        const calm = (xs: readonly Float[]) => (k === 0 ? xs : xs.map((x) => dropout(parameters, x, chosen.dropout)))
        const read = layer(parameters.in(`encoder${k}`), calm(steps), chosen.units)
        coming = layer(parameters.in(`decoder${k}`), calm(coming), chosen.units, read.state).steps
        steps = read.steps
      }
      const states = concat(
        coming.map((x) => reshape(x, [batch, 1, chosen.units])),
        1,
      )
      const met = dense(parameters.in('hidden'), concat([states, ahead]), chosen.decoder)
      const hidden = dropout(parameters, relu(met), chosen.dropout)
      const raw = dense(parameters.in('out'), hidden, width)
      return { raw: chosen.skip ? add(raw, levelSkip(parameters.in('skip'), view, frame, width)) : raw }
    },
  }
}
