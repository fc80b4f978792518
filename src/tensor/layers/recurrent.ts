import { add, concat, full, matmul, mul, reshape, sigmoid, split, sub, tanh } from '../graph/operators.ts'
import type { Float } from '../graph/value.ts'
import { type Parameters, within } from './parameters.ts'

/** What a recurrent layer gives. */
export interface Recurrence {
  /** Hidden state after each step, [batch, units] each. */
  readonly steps: readonly Float[]
  /** The state that another sequence may go on from. */
  readonly state: readonly Float[]
}

/**
 * A long short-term memory (Hochreiter and Schmidhuber, 1997; with forget gates, Gers et al., 2000), step by step over inputs of
 * [batch, features] each.
 *
 * Parameters: `input` [features, 4 · units], `hidden` [units, 4 · units], `bias` [4 · units]; gates in the order input, forget, output, cell. What
 * the inputs add is worked out for all steps in one product.
 */
export function lstm(
  parameters: Parameters,
  inputs: readonly Float[],
  units: number,
  state?: readonly Float[],
): Recurrence {
  const projected = project(parameters, inputs, 4 * units, units)
  const weights = parameters.get('hidden', [units, 4 * units], within(units))
  const [batch] = (inputs[0] as Float).shape as readonly [number]
  const nothing = full(parameters.graph, [batch, units], 0)
  let [hidden, cell] = (state ?? [nothing, nothing]) as readonly [Float, Float]
  const steps: Float[] = []
  for (const [t, input] of projected.entries()) {
    const sums = t === 0 && !state ? input : add(input, matmul(hidden, weights))
    const [gates, candidate] = split(sums, [3 * units, units]) as readonly [Float, Float]
    const [enter, keep, leave] = split(sigmoid(gates), [units, units, units]) as readonly [Float, Float, Float]
    const fresh = mul(enter, tanh(candidate))
    cell = t === 0 && !state ? fresh : add(mul(keep, cell), fresh)
    hidden = mul(leave, tanh(cell))
    steps.push(hidden)
  }
  return { steps, state: [hidden, cell] }
}

/**
 * A gated recurrent unit (Cho et al., 2014, the reset gate after the product as in cuDNN), step by step over inputs of [batch, features] each.
 *
 * Parameters: `input` [features, 3 · units], `hidden` [units, 3 · units], `bias` and `hiddenBias` [3 · units]; gates in the order reset,
 * update, new.
 */
export function gru(
  parameters: Parameters,
  inputs: readonly Float[],
  units: number,
  state?: readonly Float[],
): Recurrence {
  const projected = project(parameters, inputs, 3 * units, units)
  const weights = parameters.get('hidden', [units, 3 * units], within(units))
  const bias = parameters.get('hiddenBias', [3 * units], within(units))
  const [batch] = (inputs[0] as Float).shape as readonly [number]
  let [hidden] = (state ?? [full(parameters.graph, [batch, units], 0)]) as readonly [Float]
  const steps: Float[] = []
  for (const input of projected) {
    const recurrent = add(matmul(hidden, weights), bias)
    const [gatesIn, newIn] = split(input, [2 * units, units]) as readonly [Float, Float]
    const [gatesHidden, newHidden] = split(recurrent, [2 * units, units]) as readonly [Float, Float]
    const [reset, update] = split(sigmoid(add(gatesIn, gatesHidden)), [units, units]) as readonly [Float, Float]
    const fresh = tanh(add(newIn, mul(reset, newHidden)))
    hidden = add(fresh, mul(update, sub(hidden, fresh)))
    steps.push(hidden)
  }
  return { steps, state: [hidden] }
}

/** What the inputs of all steps add to the gates, in one product for all. */
function project(parameters: Parameters, inputs: readonly Float[], width: number, units: number): readonly Float[] {
  const [batch, features] = (inputs[0] as Float).shape as readonly [number, number]
  const weights = parameters.get('input', [features, width], within(units))
  const bias = parameters.get('bias', [width], within(units))
  const all = add(matmul(concat(inputs, 0), weights), bias)
  return split(
    all,
    inputs.map(() => batch),
    0,
  )
}

/** The steps of a sequence [batch, time, features], [batch, features] each. */
export function stepsOf(x: Float): readonly Float[] {
  const [batch, time, features] = x.shape as readonly [number, number, number]
  return split(x, new Array<number>(time).fill(1), 1).map((step) => reshape(step, [batch, features]))
}
