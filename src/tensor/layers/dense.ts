import { add, gather, matmul, mul, reshape, step, sub } from '../graph/operators.ts'
import type { Float, Int } from '../graph/value.ts'
import { constantly, type Initialiser, normal, type Parameters, within, zeros } from './parameters.ts'

/** How a dense layer begins. */
export interface DenseOptions {
  /** Whether a number is added to each unit; true unless given. */
  readonly bias?: boolean
  readonly initialise?: Initialiser
}

/**
 * A weighted sum of the last axis for each of `units`: x · `weight` + `bias`, [..., features] to [..., units].
 *
 * @example
 * const price = dense(parameters.in('head'), x, 3)
 */
export function dense(parameters: Parameters, x: Float, units: number, options: DenseOptions = {}): Float {
  const features = x.shape.at(-1) as number
  const { bias = true, initialise = within(features) } = options
  const weight = parameters.get('weight', [features, units], initialise)
  // Added before the rows get their axes back: a sum of matrices is written as part of the product.
  const product = matmul(reshape(x, [-1, features]), weight)
  const summed = bias ? add(product, parameters.get('bias', [units], within(features))) : product
  return reshape(summed, [...x.shape.slice(0, -1), units])
}

/** Rows of a table that is learned, one for each of `count` codes: [...] whole numbers to [..., width]. */
export function embedding(parameters: Parameters, codes: Int, count: number, width: number, deviation = 0.1): Float {
  return gather(parameters.get('table', [count, width], normal(deviation)), codes)
}

/**
 * Zeros a share of the numbers by chance while learning, and makes up for them by raising the others (Srivastava et al., 2014); leaves everything
 * as it is otherwise.
 */
export function dropout(parameters: Parameters, x: Float, share: number): Float {
  if (!parameters.training || share === 0) return x
  const chance = parameters.noise('uniform', x.shape)
  return mul(x, mul(step(sub(chance, share)), 1 / (1 - share)))
}

/** A scale and a shift that are learned, one for each element of the last axis. */
export const scaleAndShift = (parameters: Parameters, width: number): readonly [Float, Float] => [
  parameters.get('scale', [width], constantly(1)),
  parameters.get('shift', [width], zeros),
]
