import { z } from 'zod'
import { add, concat, div, full, gelu, max, maximum, mul, reshape, slice, sum } from '../../tensor/graph/operators.ts'
import type { Float } from '../../tensor/graph/value.ts'
import { missingMask } from '../../tensor/layers/attention.ts'
import { dense } from '../../tensor/layers/dense.ts'
import { layerNormalised } from '../../tensor/layers/normalise.ts'
import { normal, type Parameters, zeros } from '../../tensor/layers/parameters.ts'
import { transformerBlock } from '../../tensor/layers/transformer.ts'
import type { Architecture, Frame, View } from '../neural/architecture.ts'
import { optionsOf, share } from '../neural/architectures/options.ts'
import { AHEAD, CONTEXT, PATCH } from './shape.ts'

const schema = z.strictObject({
  /** Periods of a patch; divides {@link PATCH}, in which contexts and horizons are counted, or is a multiple of it. */
  patch: z.int().min(1).default(PATCH),
  /** Numbers of a token. */
  width: z.int().min(8).default(128),
  layers: z.int().min(1).default(4),
  heads: z.int().min(1).default(4),
  /** Units inside of the feed-forward part of a layer. */
  hidden: z.int().min(8).default(384),
  dropout: share.default(0),
})

/** Sizes of the network, defaults filled in. */
export type SwellSizes = z.output<typeof schema>

/** What the network makes of an example before it says anything. */
interface Tokens {
  /** A token for each patch of the past and of what is ahead, [batch, patches, width]. */
  readonly tokens: Float
  /** Whether anything was observed in each patch of the past, [batch, patches]. */
  readonly there: Float
}

/** Patches of the past and of what is known ahead as tokens that have attended to each other. */
function tokensOf(
  parameters: Parameters,
  { target, observed, past, known, statics }: View,
  { batch, context, horizon }: Frame,
  { patch, width, layers, heads, hidden, dropout }: SwellSizes,
): Tokens {
  const seen = context / patch
  const ahead = horizon / patch
  const wide = (x: Float) => reshape(x, [batch, context, 1])
  const told = concat([wide(target), wide(observed), past as Float, slice(known as Float, 1, 0, context)])
  const coming = slice(known as Float, 1, context)
  const behind = embedded(parameters.in('behind'), reshape(told, [batch, seen, -1]), width)
  const before = embedded(parameters.in('ahead'), reshape(coming, [batch, ahead, -1]), width)
  const position = parameters.get('position', [(CONTEXT + AHEAD) / patch, width], normal(0.02))
  const from = CONTEXT / patch - seen
  const placed = add(concat([behind, before], 1), slice(position, 0, from, from + seen + ahead))
  const whole = dense(parameters.in('whole'), statics as Float, width)
  const there = max(reshape(observed, [batch, seen, patch]), { axes: [2] })
  const present = missingMask(concat([there, full(parameters.graph, [batch, ahead], 1)], 1))
  const mask = add(present, laterMask(parameters, seen, ahead))
  let x = add(placed, reshape(whole, [batch, 1, width]))
  for (let k = 0; k < layers; k++)
    x = transformerBlock(parameters.in(`layer${k}`), x, { heads, hidden, dropout, mask }).values
  return { tokens: layerNormalised(parameters.in('norm'), x), there }
}

/** Keeps every patch from looking at later ones ahead, [patches, patches]: what is said of a step does not depend on how many are asked for after it. */
function laterMask({ graph }: Parameters, seen: number, ahead: number): Float {
  const all = seen + ahead
  const mask = Float32Array.from({ length: all * all }, (_, k) =>
    k % all >= seen && k % all > Math.floor(k / all) ? -2e9 : 0,
  )
  return graph.constant(mask, [all, all]) as Float
}

/** Units of the hidden layer of each step. */
const STEP = 64

/**
 * Tokens of patches, what is known of their periods, and numbers of the series as a whole as numbers of each period: [batch, patches, width], [batch, periods, known] and
 * [batch, statics] to [batch, periods, answers].
 */
export function saidBy(
  parameters: Parameters,
  tokens: Float,
  known: Float,
  statics: Float,
  patch: number,
  answers: number,
) {
  const [batch, periods] = known.shape as readonly [number, number]
  const own = reshape(dense(parameters.in('out'), tokens, patch * answers), [batch, periods, answers])
  // Seasons, effects and levels of a step need not be squeezed through the tokens.
  const all = reshape(dense(parameters.in('step.whole'), statics, STEP, { bias: false }), [batch, 1, STEP])
  const step = gelu(add(dense(parameters.in('step.known'), known, STEP), all))
  return add(own, dense(parameters.in('step.out'), step, answers, { initialise: zeros }))
}

/**
 * The network of Swell: patches of the past and of what is known ahead are tokens, which attend to each other; those ahead become quantiles
 * (patches as by Nie et al., 2023, and all of the horizon in one pass as by Ansari et al., 2024, in Chronos-Bolt).
 *
 * Patches in which nothing was observed are not attended to: a short series is answered the same with fewer patches.
 */
export function swellNetwork(options: object = {}): Architecture {
  const sizes = optionsOf('swell', schema, options)
  return {
    name: 'swell',
    options: sizes,
    forward(parameters, view, frame, answers) {
      const { tokens } = tokensOf(parameters, view, frame, sizes)
      const ahead = slice(tokens, 1, frame.context / sizes.patch)
      return {
        raw: saidBy(
          parameters,
          ahead,
          slice(view.known as Float, 1, frame.context),
          view.statics as Float,
          sizes.patch,
          answers,
        ),
      }
    },
  }
}

/** The same network asked about the past: what it says of each period of the context, whether it was told of it or not. */
export function recallingNetwork(options: object = {}): Architecture {
  const sizes = optionsOf('swell', schema, options)
  return {
    name: 'swell-recalling',
    options: sizes,
    forward(parameters, view, frame, answers) {
      const { tokens } = tokensOf(parameters, view, frame, sizes)
      const behind = slice(tokens, 1, 0, frame.context / sizes.patch)
      const known = slice(view.known as Float, 1, 0, frame.context)
      return { raw: saidBy(parameters, behind, known, view.statics as Float, sizes.patch, answers) }
    },
  }
}

/** The same network asked for what it makes of a series: the mean of the tokens of its past in which something was observed, [batch, width]. */
export function embeddingNetwork(options: object = {}): Architecture {
  const sizes = optionsOf('swell', schema, options)
  return {
    name: 'swell-embedding',
    options: sizes,
    forward(parameters, view, frame) {
      const { tokens, there } = tokensOf(parameters, view, frame, sizes)
      const seen = frame.context / sizes.patch
      const weight = reshape(there, [frame.batch, seen, 1])
      const behind = mul(slice(tokens, 1, 0, seen), weight)
      return { raw: div(sum(behind, { axes: [1] }), maximum(sum(weight, { axes: [1] }), 1)) }
    },
  }
}

/** A patch as a token: a hidden layer beside a linear way around it. */
export function embedded(parameters: Parameters, x: Float, width: number): Float {
  const inside = gelu(dense(parameters.in('hidden'), x, 2 * width))
  return add(dense(parameters.in('out'), inside, width), dense(parameters.in('around'), x, width))
}
