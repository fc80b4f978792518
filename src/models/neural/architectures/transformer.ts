import { z } from 'zod'
import { add, concat, full, gelu, max, pad, reshape, slice } from '../../../tensor/graph/operators.ts'
import type { Float } from '../../../tensor/graph/value.ts'
import { missingMask } from '../../../tensor/layers/attention.ts'
import { dense, dropout } from '../../../tensor/layers/dense.ts'
import { layerNormalised } from '../../../tensor/layers/normalise.ts'
import type { Parameters } from '../../../tensor/layers/parameters.ts'
import { learnedPositions, transformerBlock } from '../../../tensor/layers/transformer.ts'
import type { Architecture } from '../architecture.ts'
import { encode } from '../encoding.ts'
import { decoded, levelSkip } from './blocks.ts'
import { optionsOf, share, skip, units } from './options.ts'

const schema = z
  .strictObject({
    /** Periods of a patch; zeros stand before the oldest where they do not divide the context. */
    patch: z.int().min(1).default(7),
    /** Numbers of a patch inside. */
    width: units.default(64),
    layers: z.int().min(1).default(2),
    /** Parts of the width that attend each for themselves. */
    heads: z.int().min(1).default(4),
    /** Units of the feed-forward part of a layer. */
    hidden: units.default(128),
    /** Units of each step of the horizon. */
    decoder: units.default(32),
    dropout: share.default(0.1),
    skip,
  })
  .refine(({ width, heads }) => width % heads === 0, { path: ['heads'], error: 'must divide the width' })

/** What a patch holds as a token: a hidden layer beside a linear way around it. */
function embedded(parameters: Parameters, x: Float, width: number): Float {
  const inside = gelu(dense(parameters.in('hidden'), x, width))
  return add(dense(parameters.in('out'), inside, width), dense(parameters.in('around'), x, width))
}

/**
 * A transformer over patches of the past (Vaswani et al., 2017; patches as in Nie et al., 2023): each patch of all columns is a token, one more stands for the series as a
 * whole and gathers what is decoded, each step with what is known of it.
 *
 * Patches in which nothing was observed are not attended to. What is known of a step counts at that step only.
 *
 * @example
 * transformer({ width: 128, heads: 8 }).options.layers // → 2
 */
export function transformer(options: object = {}): Architecture {
  const chosen = optionsOf('transformer', schema, options)
  const { patch, width, heads, hidden, dropout: share } = chosen
  return {
    name: 'transformer',
    options: chosen,
    forward(parameters, view, frame, answers) {
      const { batch, context } = frame
      const { past, future, whole } = encode(parameters, view, frame)
      const count = Math.ceil(context / patch)
      const before = count * patch - context
      const patches = embedded(parameters.in('patch'), reshape(pad(past, 1, before, 0), [batch, count, -1]), width)
      const gathering = whole ? dense(parameters.in('whole'), whole, width) : full(parameters.graph, [batch, width], 0)
      const observed = max(reshape(pad(view.observed, 1, before, 0), [batch, count, patch]), { axes: [2] })
      const mask = missingMask(concat([full(parameters.graph, [batch, 1], 1), observed], 1))
      const tokens = learnedPositions(parameters, concat([reshape(gathering, [batch, 1, width]), patches], 1))
      let x = dropout(parameters, tokens, share)
      for (let k = 0; k < chosen.layers; k++)
        x = transformerBlock(parameters.in(`layer${k}`), x, { heads, hidden, dropout: share, mask }).values
      // The newest patch says most of what comes next; the first token, what there is to say of all.
      const ends = concat([slice(x, 1, 0, 1), slice(x, 1, count)], 1)
      const state = reshape(layerNormalised(parameters.in('norm'), ends), [batch, 2 * width])
      const raw = decoded(parameters.in('decoder'), state, future, frame, answers, {
        units: chosen.decoder,
        dropout: share,
      })
      return { raw: chosen.skip ? add(raw, levelSkip(parameters.in('skip'), view, frame, answers)) : raw }
    },
  }
}
