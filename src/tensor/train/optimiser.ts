import { add, div, maximum, mul, type Operand, sqrt, sub, sum } from '../graph/operators.ts'
import type { Float } from '../graph/value.ts'

/** How parameters follow their gradients. */
export type OptimiserOptions =
  | { readonly kind: 'sgd'; readonly momentum?: number; readonly nesterov?: boolean; readonly decay?: number }
  | {
      readonly kind: 'adam' | 'adamw'
      readonly beta1?: number
      readonly beta2?: number
      readonly epsilon?: number
      readonly decay?: number
    }

/** What an optimiser keeps beside each parameter. */
export const slotsOf = ({ kind }: OptimiserOptions): readonly string[] =>
  kind === 'sgd' ? ['momentum'] : ['first', 'second']

/** Numbers that are fed anew at every step. */
export interface Pace {
  /** The learning rate. */
  readonly rate: Float
  /** 1 / (1 − β₁ᵗ) and 1 / (1 − β₂ᵗ) of step t, for Adam. */
  readonly correction1: Float
  readonly correction2: Float
}

/** The corrections of Adam at step `t`, counted from 1. */
export function correctionsAt(options: OptimiserOptions, t: number): readonly [number, number] {
  if (options.kind === 'sgd') return [1, 1]
  const { beta1 = 0.9, beta2 = 0.999 } = options
  return [1 / (1 - beta1 ** t), 1 / (1 - beta2 ** t)]
}

/**
 * One step of all parameters, laid out in one row: stochastic gradient descent with momentum (as in PyTorch), Adam (Kingma and Ba, 2015), or AdamW (Loshchilov
 * and Hutter, 2019). `decays` is 1 where weight decay pulls; `factor` is what the gradient is shortened by.
 *
 * Numbers that are the same for all parameters are worked out first: each pass over the row counts.
 */
export function stepped(
  options: OptimiserOptions,
  parameters: Float,
  gradient: Float,
  factor: Operand,
  slots: readonly Float[],
  decays: Float,
  { rate, correction1, correction2 }: Pace,
): { readonly parameters: Float; readonly slots: readonly Float[] } {
  const { decay = options.kind === 'adamw' ? 0.01 : 0 } = options
  const coupled = decay > 0 && options.kind !== 'adamw'
  const pulled = coupled ? add(mul(gradient, factor), mul(mul(decays, decay), parameters)) : gradient
  const short = coupled ? 1 : factor
  if (options.kind === 'sgd') {
    const { momentum = 0, nesterov = false } = options
    const own = mul(pulled, short)
    const velocity = add(mul(slots[0] as Float, momentum), own)
    const along = nesterov ? add(own, mul(velocity, momentum)) : velocity
    return { parameters: sub(parameters, mul(rate, along)), slots: [velocity] }
  }
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options
  const scalar = typeof short === 'number' ? (x: number) => x : (x: number, power: Float = short) => mul(power, x)
  const squared = typeof short === 'number' ? undefined : mul(short, short)
  const first = add(mul(slots[0] as Float, beta1), mul(pulled, scalar(1 - beta1)))
  const second = add(mul(slots[1] as Float, beta2), mul(mul(pulled, pulled), scalar(1 - beta2, squared)))
  const stretch = sqrt(correction2)
  const spread = add(sqrt(second), div(epsilon, stretch))
  const moved = sub(parameters, div(mul(first, div(mul(rate, correction1), stretch)), spread))
  const kept =
    decay > 0 && options.kind === 'adamw' ? sub(moved, mul(mul(mul(decays, decay), rate), parameters)) : moved
  return { parameters: kept, slots: [first, second] }
}

/** How long a gradient is, and what makes it no longer than `most` (Pascanu, Mikolov and Bengio, 2013). */
export function clipping(gradient: Float, most?: number): { readonly factor: Operand; readonly norm: Float } {
  const norm = sqrt(sum(mul(gradient, gradient)))
  return { factor: most === undefined ? 1 : div(most, maximum(norm, most)), norm }
}
