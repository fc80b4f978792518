import type { Float, Int, TensorGraph } from '../graph/value.ts'
import type { Parameters } from '../layers/parameters.ts'

/** A tensor that a batch holds. */
export interface Field {
  /** Its shape without the first axis, which counts the examples of the batch. */
  readonly shape: readonly number[]
  /** `float32` unless given; whole numbers are for `gather`. */
  readonly type?: 'float32' | 'int64'
}
export type Fields = Readonly<Record<string, Field>>

/** The values of fields in a graph. */
export type ValuesOf<F extends Fields> = { readonly [N in keyof F]: F[N]['type'] extends 'int64' ? Int : Float }

/** Something that can be trained: what it reads, what it gives, and how far that is from what it should have given. */
export interface Network<I extends Fields = Fields, L extends Fields = Fields, O extends string = string> {
  /** What a forecast needs. */
  readonly inputs: I
  /** What only the loss needs: truths and weights. */
  readonly labels: L
  /** The outputs by name, for a batch of inputs; asks `parameters` for whatever is learned. */
  forward(parameters: Parameters, inputs: ValuesOf<I>): Readonly<Record<O, Float>>
  /** The loss of a batch, one number. */
  loss(outputs: Readonly<Record<O, Float>>, batch: ValuesOf<I & L>): Float
}

/** Inputs of a graph for all fields, for batches of so many examples. */
export function inputsOf<F extends Fields>(graph: TensorGraph, fields: F, batch: number): ValuesOf<F> {
  const named = Object.entries(fields).map(([name, { shape, type }]) => [
    name,
    graph.input(name, [batch, ...shape], type ?? 'float32'),
  ])
  return Object.fromEntries(named) as ValuesOf<F>
}
