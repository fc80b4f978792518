import { checkpointed } from '../graph/checkpointed.ts'
import {
  add,
  expand,
  full,
  gatedTanh,
  matmul,
  mul,
  reshape,
  sigmoid,
  split,
  sub,
  tanh,
  transpose,
} from '../graph/operators.ts'
import type { Float } from '../graph/value.ts'
import { fusedGru, fusedLstm } from './fused.ts'
import { type Parameters, within } from './parameters.ts'

/** What a recurrent layer gives. */
export interface Recurrence {
  /** Hidden state after each step, [batch, units] each. */
  readonly steps: readonly Float[]
  /** The state that another sequence may go on from. */
  readonly state: readonly Float[]
}

/** How a recurrent layer learns. */
export interface RecurrentOptions {
  /** Steps of which gradients keep only the last state, working out the rest anew: long sequences then fit into memory. All is kept unless given. */
  readonly segment?: number
}

/**
 * A long short-term memory (Hochreiter and Schmidhuber, 1997; with forget gates, Gers et al., 2000), step by step over inputs of
 * [batch, features] each; in a pass that does not learn, one operator for all of them.
 *
 * Parameters: `input` [features, 4 · units], `hidden` [units, 4 · units], `bias` [4 · units]; gates in the order input, forget, output, cell.
 */
export function lstm(
  parameters: Parameters,
  inputs: readonly Float[],
  units: number,
  state?: readonly Float[],
  { segment }: RecurrentOptions = {},
): Recurrence {
  if (!parameters.training) return fusedLstm(parameters, inputs, units, state)
  if (segment !== undefined) return inSegments(lstm, parameters, inputs, units, state, segment)
  const { enter, weights } = gatesOf(parameters, inputs, units, 4)
  let [hidden, cell] = (state?.map((x) => transpose(x)) ?? []) as readonly (Float | undefined)[]
  const steps: Float[] = []
  for (const input of inputs) {
    const sums = hidden ? add(matmul(weights, hidden, { transposeA: true }), enter(input)) : enter(input)
    const [gates, candidate] = split(sums, [3 * units, units], 0) as readonly [Float, Float]
    const [into, keep, out] = split(sigmoid(gates), [units, units, units], 0) as readonly [Float, Float, Float]
    const fresh = gatedTanh(into, candidate)
    cell = cell ? add(mul(keep, cell), fresh) : fresh
    hidden = gatedTanh(out, cell)
    steps.push(transpose(hidden))
  }
  return { steps, state: [steps.at(-1) as Float, transpose(cell as Float)] }
}

/** Examples up to which the runtime's own gated recurrent unit is quicker than one that is unrolled. */
const FEW = 64

/**
 * A gated recurrent unit (Cho et al., 2014, the reset gate after the product as in cuDNN), step by step over inputs of [batch, features] each;
 * for few examples at once in a pass that does not learn, one operator for all of them.
 *
 * Parameters: `input` [features, 3 · units], `hidden` [units, 3 · units], `bias` and `hiddenBias` [3 · units]; gates in the order reset,
 * update, new.
 */
export function gru(
  parameters: Parameters,
  inputs: readonly Float[],
  units: number,
  state?: readonly Float[],
  { segment }: RecurrentOptions = {},
): Recurrence {
  const [batch] = (inputs[0] as Float).shape as readonly [number]
  if (!parameters.training && batch <= FEW) return fusedGru(parameters, inputs, units, state)
  if (parameters.training && segment !== undefined) return inSegments(gru, parameters, inputs, units, state, segment)
  const { enter, weights, column } = gatesOf(parameters, inputs, units, 3)
  const bias = column('hiddenBias')
  let hidden = state ? transpose(state[0] as Float) : full(parameters.graph, [units, batch], 0)
  const steps: Float[] = []
  for (const input of inputs) {
    const recurrent = add(matmul(weights, hidden, { transposeA: true }), bias)
    const [gatesIn, newIn] = split(enter(input), [2 * units, units], 0) as readonly [Float, Float]
    const [gatesHidden, newHidden] = split(recurrent, [2 * units, units], 0) as readonly [Float, Float]
    const [reset, update] = split(sigmoid(add(gatesIn, gatesHidden)), [units, units], 0) as readonly [Float, Float]
    const fresh = tanh(add(newIn, mul(reset, newHidden)))
    hidden = add(fresh, mul(update, sub(hidden, fresh)))
    steps.push(transpose(hidden))
  }
  return { steps, state: [steps.at(-1) as Float] }
}

/** A sequence in segments of so many steps, each of them checkpointed. */
function inSegments(
  layer: typeof lstm,
  parameters: Parameters,
  inputs: readonly Float[],
  units: number,
  begin: readonly Float[] | undefined,
  length: number,
): Recurrence {
  const steps: Float[] = []
  let state = begin
  for (let from = 0; from < inputs.length; from += length) {
    const part = inputs.slice(from, from + length)
    const made = checkpointed(
      (values) => {
        const before = values.slice(part.length)
        const { steps, state } = layer(
          parameters,
          values.slice(0, part.length),
          units,
          before.length > 0 ? before : undefined,
        )
        return [...steps, ...state]
      },
      [...part, ...(state ?? [])],
    )
    steps.push(...made.slice(0, part.length))
    state = made.slice(part.length)
  }
  return { steps, state: state ?? [] }
}

/**
 * What the gates of a layer are made with.
 *
 * Inside a layer all is [units, batch]: gates then lie one below the other, and cutting them apart is copying of whole stretches instead of rows
 * bit by bit. Layers upon layers turn it once.
 */
function gatesOf(parameters: Parameters, inputs: readonly Float[], units: number, gates: number) {
  const [batch, features] = (inputs[0] as Float).shape as readonly [number, number]
  const width = gates * units
  const weights = parameters.get('input', [features, width], within(units))
  const column = (name: string) =>
    expand(reshape(parameters.get(name, [width], within(units)), [width, 1]), [width, batch])
  const bias = column('bias')
  return {
    /** What an input adds to the gates. */
    enter: (input: Float) => add(matmul(weights, transpose(input), { transposeA: true }), bias),
    weights: parameters.get('hidden', [units, width], within(units)),
    column,
  }
}

/** The steps of a sequence [batch, time, features], [batch, features] each. */
export function stepsOf(x: Float): readonly Float[] {
  const [batch, time, features] = x.shape as readonly [number, number, number]
  return split(x, new Array<number>(time).fill(1), 1).map((step) => reshape(step, [batch, features]))
}
