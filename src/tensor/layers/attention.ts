import { add, cast, less, matmul, mul, reshape, softmax, split, transpose } from '../graph/operators.ts'
import type { Float } from '../graph/value.ts'
import { dense, dropout } from './dense.ts'
import type { Parameters } from './parameters.ts'

/** How queries attend. */
export interface AttentionOptions {
  /** Parts of the width that attend each for themselves; they divide it. */
  readonly heads: number
  /** What is added to the scores, of a shape that broadcasts to [batch, heads, queries, keys]; see `causalMask` and `missingMask`. */
  readonly mask?: Float
  /** Share of the weights that is dropped while learning; none unless given. */
  readonly dropout?: number
}

/** What attention gives. */
export interface Attended {
  /** [batch, queries, width]. */
  readonly values: Float
  /** How much each query takes of each key, 1 in all where nothing is dropped, [batch, heads, queries, keys]. */
  readonly weights: Float
}

// The future is worse than the missing: where all of the past is missing, what is seen is still the past.
const FUTURE = -2e9
const MISSING = -1e9

/**
 * Multi-head attention of a sequence [batch, time, width] to itself (Vaswani et al., 2017).
 *
 * Parameters: `into` [width, 3 · width], queries, keys and values in this order, and `out` [width, width], with biases.
 *
 * @example
 * const { values } = selfAttention(parameters.in('attention'), x, { heads: 4, mask: causalMask(parameters, 28) })
 */
export function selfAttention(parameters: Parameters, x: Float, options: AttentionOptions): Attended {
  const width = x.shape[2] as number
  return attended(parameters, inHeads(dense(parameters.in('into'), x, 3 * width), 3, options.heads), options)
}

/**
 * Multi-head attention of queries [batch, queries, width] over a memory [batch, keys, features], which gives keys and values (Vaswani et al., 2017).
 *
 * Parameters: `query` [width, width], `memory` [features, 2 · width], keys and values in this order, and `out` [width, width], with biases.
 */
export function attention(parameters: Parameters, queries: Float, memory: Float, options: AttentionOptions): Attended {
  const width = queries.shape[2] as number
  const { heads } = options
  const asked = inHeads(dense(parameters.in('query'), queries, width), 1, heads)
  const held = inHeads(dense(parameters.in('memory'), memory, 2 * width), 2, heads)
  return attended(parameters, [...asked, ...held], options)
}

/**
 * Equal parts of the last axis by head, [batch, heads, time, features] each.
 *
 * Parts come to stand first in the one transpose that heads need anyway: cutting them apart is then copying of whole stretches.
 */
function inHeads(x: Float, parts: number, heads: number): readonly Float[] {
  const [batch, time, width] = x.shape as readonly [number, number, number]
  const features = width / parts / heads
  const turned = transpose(reshape(x, [batch, time, parts, heads, features]), [2, 0, 3, 1, 4])
  return split(turned, new Array<number>(parts).fill(1), 0).map((part) => reshape(part, [batch, heads, time, features]))
}

function attended(
  parameters: Parameters,
  [queries, keys, values]: readonly Float[],
  { mask, dropout: share = 0 }: AttentionOptions,
): Attended {
  const [batch, heads, time, features] = (queries as Float).shape as readonly [number, number, number, number]
  // ONNX Runtime makes the transpose of the keys part of the product.
  const scores = matmul(mul(queries as Float, 1 / Math.sqrt(features)), keys as Float, { transposeB: true })
  const weights = softmax(mask ? add(scores, mask) : scores)
  const taken = matmul(dropout(parameters, weights, share), values as Float)
  const beside = reshape(transpose(taken, [0, 2, 1, 3]), [batch, time, heads * features])
  return { values: dense(parameters.in('out'), beside, heads * features), weights }
}

/** What keeps each of `time` steps from seeing later ones, [time, time]. */
export function causalMask({ graph }: Parameters, time: number): Float {
  const mask = Float32Array.from({ length: time * time }, (_, k) => (k % time > Math.floor(k / time) ? FUTURE : 0))
  return graph.constant(mask, [time, time]) as Float
}

/**
 * What keeps queries from keys that are missing, [batch, 1, 1, keys], from 1 where they were observed and 0 elsewhere, [batch, keys].
 *
 * Added to a causal mask, where all of the past is missing nothing of the future is seen either.
 */
export function missingMask(observed: Float): Float {
  const [batch, keys] = observed.shape as readonly [number, number]
  return reshape(mul(cast(less(observed, 0.5), 'float32'), MISSING), [batch, 1, 1, keys])
}
