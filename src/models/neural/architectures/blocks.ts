import { add, concat, layerNorm, relu, reshape } from '../../../tensor/graph/operators.ts'
import type { Float } from '../../../tensor/graph/value.ts'
import { dense, dropout, scaleAndShift } from '../../../tensor/layers/dense.ts'
import { normal, type Parameters, zeros } from '../../../tensor/layers/parameters.ts'
import type { Frame, View } from '../architecture.ts'
import type { Encoded } from '../encoding.ts'

/**
 * A linear map of the target's context to every output, [batch, horizon, width]: the level and last season need not be squeezed through a network.
 *
 * It begins as zeros, and says nothing before it has learned.
 */
export function levelSkip(parameters: Parameters, { target }: View, { batch, horizon }: Frame, width: number): Float {
  return reshape(dense(parameters, target, horizon * width, { initialise: zeros }), [batch, horizon, width])
}

/** The last axis normalised, with a scale and a shift that are learned. */
export const normalised = (parameters: Parameters, x: Float): Float =>
  layerNorm(x, ...scaleAndShift(parameters, x.shape.at(-1) as number))

/** A dense layer, rectified, with dropout. */
export const rectified = (parameters: Parameters, x: Float, units: number, share: number): Float =>
  dropout(parameters, relu(dense(parameters, x, units)), share)

/** How a residual block is built. */
export interface ResidualOptions {
  readonly hidden: number
  readonly dropout: number
  /** Whether its sum is normalised. */
  readonly norm: boolean
}

/**
 * A hidden layer with dropout beside a linear way around it, their sum normalised if asked for: [..., features] to [..., units] (the residual block
 * of Das et al., 2023).
 */
export function residual(parameters: Parameters, x: Float, units: number, options: ResidualOptions): Float {
  const inside = relu(dense(parameters.in('hidden'), x, options.hidden))
  const through = dropout(parameters, dense(parameters.in('out'), inside, units), options.dropout)
  const summed = add(through, dense(parameters.in('around'), x, units))
  return options.norm ? normalised(parameters.in('norm'), summed) : summed
}

/** How steps are decoded. */
export interface DecoderOptions {
  /** Units of each step. */
  readonly units: number
  readonly dropout: number
}

/**
 * Every step of the horizon from one state [batch, units]: its own weights of the state, what is known of it [batch, horizon, known] and an embedding
 * of the step meet in a rectified layer; [batch, horizon, width].
 *
 * What is known of a step counts at that step only.
 */
export function decoded(
  parameters: Parameters,
  state: Float,
  future: Float | undefined,
  { batch, horizon }: Frame,
  width: number,
  { units, dropout: share }: DecoderOptions,
): Float {
  const own = reshape(dense(parameters.in('state'), state, horizon * units, { bias: false }), [batch, horizon, units])
  const placed = add(own, parameters.get('step', [horizon, units], normal(0.1)))
  const met = future ? add(placed, dense(parameters.in('known'), future, units)) : placed
  const hidden = dropout(parameters, relu(met), share)
  return dense(parameters.in('out'), hidden, width)
}

/** Everything seen of each example in one row, [batch, …]. */
export function flattened({ past, future, whole }: Encoded, { batch }: Frame): Float {
  const rows = [past, ...(future ? [future] : [])].map((x) => reshape(x, [batch, -1]))
  return concat(whole ? [...rows, whole] : rows, 1)
}
