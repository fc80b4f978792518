import { add, concat, matmul, max, mean, pad, reshape, slice, split } from '../graph/operators.ts'
import { sizeOf } from '../graph/shapes.ts'
import type { Float } from '../graph/value.ts'
import { type Parameters, within } from './parameters.ts'

/** What a convolution looks at. */
export interface ConvolutionOptions {
  /** Steps that go into each one. */
  readonly kernel: number
  /** How far these are apart; 1 unless given. */
  readonly dilation?: number
  /** Whether each step sees itself and those before it (`causal`, unless given), or as many on both sides (`same`). */
  readonly sight?: 'causal' | 'same'
}

/**
 * A convolution along time, [batch, time, channels] to [batch, time, units], with zeros beyond the ends (dilated and causal: van den Oord et al.,
 * 2016).
 *
 * Parameters: `weight` [kernel · channels, units], the earliest step first, and `bias` [units]. With an even kernel `same` sees one step more after
 * than before, as PyTorch has it.
 *
 * @example
 * const x = relu(convolution(parameters.in('layer2'), before, 32, { kernel: 2, dilation: 4 }))
 */
export function convolution(parameters: Parameters, x: Float, units: number, options: ConvolutionOptions): Float {
  const { kernel, dilation = 1, sight = 'causal' } = options
  const [batch, time, channels] = x.shape as readonly [number, number, number]
  const reach = (kernel - 1) * dilation
  const before = sight === 'causal' ? reach : Math.floor(reach / 2)
  const padded = pad(x, 1, before, reach - before)
  const weight = parameters.get('weight', [kernel * channels, units], within(kernel * channels))
  // A product for each step of the kernel, each starting out from the one before: no copy of all steps side by side is needed.
  const products = split(weight, new Array<number>(kernel).fill(channels), 0).map((part, k) => {
    const seen = slice(padded, 1, k * dilation, k * dilation + time)
    return matmul(reshape(seen, [batch * time, channels]), part)
  })
  const bias = parameters.get('bias', [units], within(kernel * channels))
  return reshape(
    [...products, bias].reduce((a, b) => add(a, b)),
    [batch, time, units],
  )
}

const POOLS = { max, mean } as const

/**
 * Every `window` steps as one, their largest or their mean: [batch, time, channels] to [batch, ⌈time / window⌉, channels].
 *
 * Steps that are left over are the earliest ones, and are pooled among themselves.
 */
export function pooling(x: Float, window: number, kind: 'max' | 'mean'): Float {
  const [batch, time, channels] = x.shape as readonly [number, number, number]
  const odd = time % window
  const grouped = (steps: Float, size: number) =>
    POOLS[kind](reshape(steps, [batch, sizeOf(steps.shape) / (batch * size * channels), size, channels]), { axes: [2] })
  if (odd === 0) return grouped(x, window)
  const first = grouped(slice(x, 1, 0, odd), odd)
  return odd === time ? first : concat([first, grouped(slice(x, 1, odd), window)], 1)
}
