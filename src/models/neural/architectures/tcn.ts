import { z } from 'zod'
import { add, mul, relu, reshape, sigmoid, split, tanh } from '../../../tensor/graph/operators.ts'
import type { Float } from '../../../tensor/graph/value.ts'
import { dense } from '../../../tensor/layers/dense.ts'
import type { Architecture } from '../architecture.ts'
import { encode } from '../encoding.ts'
import { decoded, levelSkip } from './blocks.ts'
import { optionsOf, share, skip, units } from './options.ts'
import { behind, channelDropout, convolved, last, turned } from './time-major.ts'

const schema = z.strictObject({
  /** Channels of the convolutions. */
  channels: units.default(32),
  /** Periods that one convolution looks at. */
  kernel: z.int().min(2).default(2),
  /** Convolutions, each looking twice as far as the one before; as many as reach over the context unless given. */
  layers: z.int().min(1).max(16).optional(),
  /** Units of the state that all layers add to. */
  state: units.default(64),
  /** Units of each step of the horizon. */
  decoder: units.default(32),
  dropout: share.default(0.1),
  skip,
})

/**
 * Dilated causal convolutions with gates, whose last states add up to one that each step is decoded from (van den Oord et al., 2016; Bai, Kolter and
 * Koltun, 2018).
 *
 * Only what the last period depends on is worked out: each layer is as long as those after it look back. What is known of a step counts at that step
 * only; numbers of the series as a whole move the gates of every layer.
 *
 * @example
 * tcn({ channels: 16 }).options.kernel // → 2
 */
export function tcn(options: object = {}): Architecture {
  const chosen = optionsOf('tcn', schema, options)
  const { channels, kernel } = chosen
  return {
    name: 'tcn',
    options: chosen,
    forward(parameters, view, frame, width) {
      const { past, future, whole } = encode(parameters, view, frame)
      const reaches = reachesOf(chosen.layers ?? layersOver(frame.context, kernel), kernel)
      const length = reaches.reduce((sum, reach) => sum + behind(reach), 1)
      let x = dense(parameters.in('in'), last(turned(past), length), channels)
      const states: Float[] = []
      for (const [k, reach] of reaches.entries()) {
        const layer = parameters.in(`layer${k}`)
        const sums = convolved(layer.in('gates'), x, 2 * channels, reach)
        const under = whole ? add(sums, dense(layer.in('whole'), whole, 2 * channels, { bias: false })) : sums
        const [signal, gate] = split(under, [channels, channels]) as readonly [Float, Float]
        const gated = channelDropout(layer, mul(tanh(signal), sigmoid(gate)), chosen.dropout)
        const now = reshape(last(gated, 1), [frame.batch, channels])
        states.push(dense(layer.in('state'), now, chosen.state, { bias: k === 0 }))
        // Nobody asks the last layer for more than its state.
        if (k < reaches.length - 1) x = add(last(x, gated.shape[0] as number), dense(layer.in('out'), gated, channels))
      }
      const state = relu(states.reduce((a, b) => add(a, b)))
      const raw = decoded(parameters.in('decoder'), state, future, frame, width, {
        units: chosen.decoder,
        dropout: chosen.dropout,
      })
      return { raw: chosen.skip ? add(raw, levelSkip(parameters.in('skip'), view, frame, width)) : raw }
    },
  }
}

/** Dilations of 1, 2, 4, … */
const reachesOf = (layers: number, kernel: number) =>
  [...Array(layers).keys()].map((k) => ({ kernel, dilation: 2 ** k }))

/** The fewest layers that together look over the context. */
const layersOver = (context: number, kernel: number): number =>
  Math.max(1, Math.ceil(Math.log2((context - 1) / (kernel - 1) + 1)))
