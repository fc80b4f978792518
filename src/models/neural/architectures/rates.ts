import { concat, matmul, max, mean, reshape, slice } from '../../../tensor/graph/operators.ts'
import type { Float } from '../../../tensor/graph/value.ts'
import { dense } from '../../../tensor/layers/dense.ts'
import type { Parameters } from '../../../tensor/layers/parameters.ts'

/** Every so many periods as one, their largest or their mean: [batch, time] to [batch, ⌈time / pool⌉]; the first group may be a smaller one. */
export function pooled(x: Float, pool: number, how: 'max' | 'mean'): Float {
  const [batch, time] = x.shape as readonly [number, number]
  if (pool === 1) return x
  const over = how === 'max' ? max : mean
  const odd = time % pool
  const groups = (from: Float, size: number) => over(reshape(from, [batch, -1, size]), { axes: [2] })
  if (odd === 0) return groups(x, pool)
  const first = groups(slice(x, 1, 0, odd), odd)
  return odd === time ? first : concat([first, groups(slice(x, 1, odd), pool)], 1)
}

/** Numbers at knots from a state, and lines between them: [batch, units] to [batch, width, time]. */
export function knots(parameters: Parameters, state: Float, time: number, every: number, width: number): Float {
  const count = Math.ceil(time / every)
  const batch = state.shape[0] as number
  const heights = dense(parameters, state, width * count)
  if (count === time) return reshape(heights, [batch, width, time])
  const lines = parameters.graph.constant(interpolation(count, time), [count, time]) as Float
  return reshape(matmul(reshape(heights, [batch * width, count]), lines), [batch, width, time])
}

/**
 * Weights of knots (rows) at each period (columns): each knot stands in the middle of its share of the periods, with lines between them and level
 * ends, as PyTorch's `interpolate` has it.
 */
export function interpolation(count: number, time: number): Float32Array {
  const weights = new Float32Array(count * time)
  for (let t = 0; t < time; t++) {
    const place = Math.min(Math.max(((t + 0.5) * count) / time - 0.5, 0), count - 1)
    const before = Math.floor(place)
    weights[before * time + t] = 1 - (place - before)
    if (before + 1 < count) weights[(before + 1) * time + t] = place - before
  }
  return weights
}
