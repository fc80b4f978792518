import { z } from 'zod'
import { add, concat, pad, relu } from '../../../tensor/graph/operators.ts'
import type { Float } from '../../../tensor/graph/value.ts'
import { dropout } from '../../../tensor/layers/dense.ts'
import { lstm } from '../../../tensor/layers/recurrent.ts'
import type { Architecture } from '../architecture.ts'
import { encode } from '../encoding.ts'
import { decoded, levelSkip } from './blocks.ts'
import { optionsOf, share, skip, units } from './options.ts'
import { behind, convolved, periodsOf, turned } from './time-major.ts'

const schema = z.strictObject({
  /** Filters of the convolutions, one after the other. */
  filters: z.array(units).min(1).default([32]),
  /** Periods that a convolution looks at, the present one the last. */
  kernel: z.int().min(1).default(3),
  /** Units of the recurrent layer. */
  units: units.default(64),
  /** Units of each step of the horizon. */
  decoder: units.default(32),
  dropout: share.default(0.1),
  skip,
})

/**
 * Causal convolutions that find shapes, a long short-term memory that reads them in order, and dense layers that decode each step from its last state
 * (after Shi et al., 2015, and Livieris, Pintelas and Pintelas, 2020).
 *
 * What is known of a step counts at that step only.
 *
 * @example
 * cnnLstm({ units: 100 }).options.filters // → [32]
 */
export function cnnLstm(options: object = {}): Architecture {
  const chosen = optionsOf('cnnLstm', schema, options)
  const reach = { kernel: chosen.kernel, dilation: 1 }
  return {
    name: 'cnnLstm',
    options: chosen,
    forward(parameters, view, frame, width) {
      const { past, future, whole } = encode(parameters, view, frame)
      const shapes = chosen.filters.reduce(
        (x, filters, k) =>
          relu(convolved(parameters.in(`convolution${k}`), pad(x, 0, behind(reach), 0), filters, reach)),
        turned(past),
      )
      const { steps } = lstm(
        parameters.in('lstm'),
        periodsOf(dropout(parameters, shapes, chosen.dropout)),
        chosen.units,
      )
      const end = dropout(parameters, steps.at(-1) as Float, chosen.dropout)
      const raw = decoded(parameters.in('decoder'), whole ? concat([end, whole], 1) : end, future, frame, width, {
        units: chosen.decoder,
        dropout: chosen.dropout,
      })
      return { raw: chosen.skip ? add(raw, levelSkip(parameters.in('skip'), view, frame, width)) : raw }
    },
  }
}
