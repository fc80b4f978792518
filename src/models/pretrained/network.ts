import { z } from 'zod'
import { add, concat, full, gelu, max, reshape, slice } from '../../tensor/graph/operators.ts'
import type { Float } from '../../tensor/graph/value.ts'
import { missingMask } from '../../tensor/layers/attention.ts'
import { dense } from '../../tensor/layers/dense.ts'
import { layerNormalised } from '../../tensor/layers/normalise.ts'
import { normal, type Parameters, zeros } from '../../tensor/layers/parameters.ts'
import { transformerBlock } from '../../tensor/layers/transformer.ts'
import type { Architecture } from '../neural/architecture.ts'
import { optionsOf, share } from '../neural/architectures/options.ts'
import { AHEAD, CONTEXT, PATCH } from './shape.ts'

const schema = z.strictObject({
  /** Numbers of a token. */
  width: z.int().min(8).default(128),
  layers: z.int().min(1).default(4),
  heads: z.int().min(1).default(4),
  /** Units inside of the feed-forward part of a layer. */
  hidden: z.int().min(8).default(384),
  dropout: share.default(0),
})

/**
 * The network of Swell: patches of the past and of what is known ahead are tokens, which attend to each other; those ahead become quantiles
 * (patches as by Nie et al., 2023, and all of the horizon in one pass as by Ansari et al., 2024, in Chronos-Bolt).
 *
 * Patches in which nothing was observed are not attended to: a short series is answered the same with fewer patches.
 */
export function swellNetwork(options: object = {}): Architecture {
  const chosen = optionsOf('swell', schema, options)
  const { width, layers, heads, hidden, dropout } = chosen
  return {
    name: 'swell',
    options: chosen,
    forward(parameters, { target, observed, past, known, statics }, { batch, context, horizon }, answers) {
      const seen = context / PATCH
      const ahead = horizon / PATCH
      const wide = (x: Float) => reshape(x, [batch, context, 1])
      const told = concat([wide(target), wide(observed), past as Float, slice(known as Float, 1, 0, context)])
      const coming = slice(known as Float, 1, context)
      const behind = embedded(parameters.in('behind'), reshape(told, [batch, seen, -1]), width)
      const before = embedded(parameters.in('ahead'), reshape(coming, [batch, ahead, -1]), width)
      const position = parameters.get('position', [(CONTEXT + AHEAD) / PATCH, width], normal(0.02))
      const from = CONTEXT / PATCH - seen
      const placed = add(concat([behind, before], 1), slice(position, 0, from, from + seen + ahead))
      const whole = dense(parameters.in('whole'), statics as Float, width)
      const there = max(reshape(observed, [batch, seen, PATCH]), { axes: [2] })
      const mask = missingMask(concat([there, full(parameters.graph, [batch, ahead], 1)], 1))
      let x = add(placed, reshape(whole, [batch, 1, width]))
      for (let k = 0; k < layers; k++)
        x = transformerBlock(parameters.in(`layer${k}`), x, { heads, hidden, dropout, mask }).values
      const last = layerNormalised(parameters.in('norm'), slice(x, 1, seen))
      const own = reshape(dense(parameters.in('out'), last, PATCH * answers), [batch, horizon, answers])
      // Seasons and effects of a step need not be squeezed through the tokens.
      return { raw: add(own, dense(parameters.in('step'), coming, answers, { initialise: zeros })) }
    },
  }
}

/** A patch as a token: a hidden layer beside a linear way around it. */
function embedded(parameters: Parameters, x: Float, width: number): Float {
  const inside = gelu(dense(parameters.in('hidden'), x, 2 * width))
  return add(dense(parameters.in('out'), inside, width), dense(parameters.in('around'), x, width))
}
