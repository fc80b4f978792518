import { add, relu, transpose } from '../graph/operators.ts'
import type { Float } from '../graph/value.ts'
import { dense, dropout } from './dense.ts'
import { layerNormalised } from './normalise.ts'
import type { Parameters } from './parameters.ts'

/** How a layer mixes. */
export interface MixingOptions {
  /** Units inside the part that mixes features. */
  readonly hidden: number
  /** Share that is dropped while learning; none unless given. */
  readonly dropout?: number
}

/**
 * A layer of TSMixer over [batch, time, features] (Chen et al., 2023): over time, every feature alike, then over features, every step alike, each
 * normalised first and beside a way around.
 *
 * Normalised is each step by itself, not the whole batch: an example's forecast does not depend on those beside it.
 *
 * @example
 * const mixed = mixing(parameters.in('layer0'), x, { hidden: 64, dropout: 0.1 })
 */
export function mixing(parameters: Parameters, x: Float, options: MixingOptions): Float {
  const { hidden, dropout: share = 0 } = options
  const [, time, features] = x.shape as readonly [number, number, number]
  const calm = layerNormalised(parameters.in('time.norm'), x)
  const overTime = transpose(relu(dense(parameters.in('time'), transpose(calm), time)))
  const met = add(x, dropout(parameters, overTime, share))
  const inside = relu(dense(parameters.in('hidden'), layerNormalised(parameters.in('features.norm'), met), hidden))
  const overFeatures = dense(parameters.in('out'), dropout(parameters, inside, share), features)
  return add(met, dropout(parameters, overFeatures, share))
}

/** How a residual block is built. */
export interface ResidualOptions extends MixingOptions {
  /** Whether the sum is normalised; true unless given. */
  readonly norm?: boolean
}

/**
 * The residual block of TiDE, [..., features] to [..., units] (Das et al., 2023): a hidden rectified layer with dropout after it, beside a linear way
 * around, their sum normalised.
 */
export function residualBlock(parameters: Parameters, x: Float, units: number, options: ResidualOptions): Float {
  const { hidden, dropout: share = 0, norm = true } = options
  const inside = relu(dense(parameters.in('hidden'), x, hidden))
  const through = dropout(parameters, dense(parameters.in('out'), inside, units), share)
  const summed = add(through, dense(parameters.in('around'), x, units))
  return norm ? layerNormalised(parameters.in('norm'), summed) : summed
}
