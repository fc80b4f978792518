import { add, gelu } from '../graph/operators.ts'
import type { Float } from '../graph/value.ts'
import { type Attended, type AttentionOptions, selfAttention } from './attention.ts'
import { dense, dropout } from './dense.ts'
import { layerNormalised } from './normalise.ts'
import { normal, type Parameters } from './parameters.ts'

/** How a block of a transformer is built. */
export interface TransformerOptions extends AttentionOptions {
  /** Units of the layer inside the feed-forward part. */
  readonly hidden: number
}

/**
 * A block of a transformer over [batch, time, width], each part normalised first: attention of all steps to each other, then a feed-forward part of
 * each step for itself, both beside a way around (Vaswani et al., 2017; the order of Xiong et al., 2020).
 *
 * @example
 * const { values } = transformerBlock(parameters.in('block0'), x, { heads: 8, hidden: 256, dropout: 0.1 })
 */
export function transformerBlock(parameters: Parameters, x: Float, options: TransformerOptions): Attended {
  const { hidden, dropout: share = 0 } = options
  const calm = layerNormalised(parameters.in('attention.norm'), x)
  const { values, weights } = selfAttention(parameters.in('attention'), calm, options)
  const met = add(x, dropout(parameters, values, share))
  const inside = gelu(dense(parameters.in('hidden'), layerNormalised(parameters.in('forward.norm'), met), hidden))
  const said = dense(parameters.in('out'), dropout(parameters, inside, share), x.shape[2] as number)
  return { values: add(met, dropout(parameters, said, share)), weights }
}

/** Tells the steps of [batch, time, width] apart by sines (even features) and cosines (odd ones) of falling frequency (Vaswani et al., 2017). */
export function sinusoidalPositions({ graph }: Parameters, x: Float): Float {
  const [, time, width] = x.shape as readonly [number, number, number]
  const waves = Float32Array.from({ length: time * width }, (_, k) => {
    const feature = k % width
    const angle = Math.floor(k / width) / 10_000 ** ((feature - (feature % 2)) / width)
    return feature % 2 === 0 ? Math.sin(angle) : Math.cos(angle)
  })
  return add(x, graph.constant(waves, [time, width]) as Float)
}

/** Tells the steps of [batch, time, width] apart by numbers that are learned, one for each step and feature. */
export function learnedPositions(parameters: Parameters, x: Float, deviation = 0.02): Float {
  return add(x, parameters.get('position', x.shape.slice(1), normal(deviation)))
}
