import {
  add,
  concat,
  full,
  matmul,
  mul,
  pad,
  reshape,
  slice,
  split,
  transpose,
} from '../../../tensor/graph/operators.ts'
import type { Float } from '../../../tensor/graph/value.ts'
import { dense, dropout } from '../../../tensor/layers/dense.ts'
import { type Parameters, within } from '../../../tensor/layers/parameters.ts'

/**
 * Time first, [batch, time, …] to [time, batch, …], or back.
 *
 * Products over time and over features are then one plain product each, and cuts in time are cuts of memory: no other transposes are needed.
 */
export const turned = (x: Float): Float => transpose(x, [1, 0, 2])

/** Weighted sums over time for each of `steps`, every feature alike: [time, batch, features] to [steps, batch, features]. */
export function alongTime(parameters: Parameters, x: Float, steps: number): Float {
  const [time, batch, features] = x.shape as readonly [number, number, number]
  const weight = parameters.get('weight', [steps, time], within(time))
  const product = matmul(weight, reshape(x, [time, batch * features]))
  return reshape(add(product, parameters.get('bias', [steps, 1], within(time))), [steps, batch, features])
}

/** How far a convolution looks. */
export interface Reach {
  readonly kernel: number
  readonly dilation: number
}

/** Periods before the present one that a convolution looks at. */
export const behind = ({ kernel, dilation }: Reach): number => (kernel - 1) * dilation

/**
 * A convolution along time that looks back only, [time, batch, features] to [time − behind, batch, units]: what has no full past is left out.
 *
 * Its weights are [kernel · features, units], the oldest period first.
 */
export function convolved(parameters: Parameters, x: Float, units: number, reach: Reach): Float {
  const time = x.shape[0] as number
  const length = time - behind(reach)
  const periods = [...Array(reach.kernel).keys()].map((k) => k * reach.dilation)
  return dense(parameters, concat(periods.map((from) => slice(x, 0, from, from + length))), units)
}

/** The last `length` periods, with zeros before them where there are fewer. */
export function last(x: Float, length: number): Float {
  const time = x.shape[0] as number
  return time >= length ? slice(x, 0, time - length) : pad(x, 0, length - time, 0)
}

/** The periods of a sequence one by one, [batch, features] each. */
export function periodsOf(x: Float): readonly Float[] {
  const [time, batch, features] = x.shape as readonly [number, number, number]
  return split(x, new Array<number>(time).fill(1), 0).map((period) => reshape(period, [batch, features]))
}

/**
 * Zeros whole features of an example, all of its periods, while learning: a single one would be told by those beside it (Tompson et al., 2015, as Bai,
 * Kolter and Koltun have it, 2018).
 */
export function channelDropout(parameters: Parameters, x: Float, share: number): Float {
  if (!parameters.training || share === 0) return x
  return mul(x, dropout(parameters, full(parameters.graph, [1, ...x.shape.slice(1)], 1), share))
}
