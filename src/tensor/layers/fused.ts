import { concat, full, reshape, split, transpose } from '../graph/operators.ts'
import { sameShape } from '../graph/shapes.ts'
import type { Attributes, Float, Value } from '../graph/value.ts'
import { type Parameters, within } from './parameters.ts'
import type { Recurrence } from './recurrent.ts'

/** A long short-term memory as one operator for all steps, with the parameters of {@link lstm}; for passes that do not learn. */
export function fusedLstm(
  parameters: Parameters,
  inputs: readonly Float[],
  units: number,
  state?: readonly Float[],
): Recurrence {
  // Ours: input, forget, output, cell. ONNX: input, output, forget, cell.
  const { weights, bias } = weightsOf(parameters, inputs, units, [0, 2, 1, 3])
  const both = concat([bias, full(parameters.graph, bias.shape, 0)])
  return applied('lstm', [stacked(inputs), ...weights, both, ...rows(state)], units)
}

/** A gated recurrent unit as one operator for all steps, with the parameters of {@link gru}; for passes that do not learn. */
export function fusedGru(
  parameters: Parameters,
  inputs: readonly Float[],
  units: number,
  state?: readonly Float[],
): Recurrence {
  // Ours: reset, update, new. ONNX: update, reset, new.
  const { weights, bias, inOrder } = weightsOf(parameters, inputs, units, [1, 0, 2])
  const both = concat([bias, inOrder('hiddenBias')])
  return applied('gru', [stacked(inputs), ...weights, both, ...rows(state)], units)
}

/** The weights of a layer as ONNX lays them out, gates one below the other in its order; with known weights the runtime does so only once. */
function weightsOf(parameters: Parameters, inputs: readonly Float[], units: number, order: readonly number[]) {
  const [, features] = (inputs[0] as Float).shape as readonly [number, number]
  const width = order.length * units
  const turned = (x: Float) => {
    const parts = split(x, new Array<number>(order.length).fill(units))
    return concat(order.map((k) => parts[k] as Float))
  }
  const matrix = (name: string, rows: number) =>
    reshape(transpose(turned(parameters.get(name, [rows, width], within(units)))), [1, width, rows])
  const inOrder = (name: string) => reshape(turned(parameters.get(name, [width], within(units))), [1, width])
  // Asked for in the same order as for learning: parameters lie in a row in the order in which they were made.
  const input = matrix('input', features)
  const bias = inOrder('bias')
  return { weights: [input, matrix('hidden', units)], bias, inOrder }
}

const rows = (state: readonly Float[] = []): readonly Float[] => state.map((x) => reshape(x, [1, ...x.shape]))

function applied<O extends 'lstm' | 'gru'>(op: O, inputs: readonly Float[], units: number): Recurrence {
  const [x] = inputs as readonly [Float]
  const [time, batch] = x.shape as readonly [number, number]
  const attributes = { units } as Attributes[O]
  const [all, ...state] = x.from.graph.apply(op, inputs, attributes) as readonly [Float, ...Float[]]
  const steps = split(reshape(all, [time, batch, units]), new Array<number>(time).fill(1), 0)
  return {
    steps: steps.map((step) => reshape(step, [batch, units])),
    state: state.map((last) => reshape(last, [batch, units])),
  }
}

/** Steps [batch, features] as one [time, batch, features]; steps that a sequence was cut into are that sequence again. */
function stacked(inputs: readonly Float[]): Float {
  const whole = uncut(inputs)
  if (whole) return whole
  return concat(
    inputs.map((x) => reshape(x, [1, ...x.shape])),
    0,
  )
}

function uncut(inputs: readonly Float[]): Float | undefined {
  const [batch, features] = (inputs[0] as Float).shape as readonly [number, number]
  const cut = inputs[0]?.from.inputs[0]?.from
  if (cut?.op !== 'split' || cut.outputs.length !== inputs.length) return undefined
  const pieces = inputs.every(({ from }, k) => from.op === 'reshape' && from.inputs[0] === cut.outputs[k])
  const source = cut.inputs[0] as Value as Float
  if (!pieces) return undefined
  const { axis } = cut.attributes as Attributes['split']
  if (axis === 0 && sameShape(source.shape, [inputs.length, batch, features])) return source
  if (axis === 1 && sameShape(source.shape, [batch, inputs.length, features])) return transpose(source, [1, 0, 2])
  return undefined
}
