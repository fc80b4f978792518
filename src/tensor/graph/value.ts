/** Element types that values of a graph have. */
export type ValueType = 'float32' | 'int64' | 'bool'

/** A tensor of a graph: what one output of an operation will hold. Its shape is known when it is made. */
export interface Value<T extends ValueType = ValueType> {
  readonly type: T
  readonly shape: readonly number[]
  readonly from: Operation
  /** Which of the operation's outputs it is. */
  readonly index: number
}
export type Float = Value<'float32'>
export type Int = Value<'int64'>
export type Bool = Value<'bool'>

type None = Readonly<Record<never, never>>
interface Axes {
  readonly axes: readonly number[]
  /** Whether reduced axes stay, with length 1. */
  readonly keep: boolean
}
interface Axis {
  readonly axis: number
}

/** Every operation with its attributes, all plain data. */
export interface Attributes {
  readonly input: { readonly name: string }
  /** `data`: its number among the graph's constants. */
  readonly constant: { readonly data: number }
  readonly neg: None
  readonly abs: None
  readonly sign: None
  readonly exp: None
  readonly log: None
  readonly sqrt: None
  readonly sin: None
  readonly cos: None
  readonly erf: None
  readonly tanh: None
  readonly sigmoid: None
  readonly relu: None
  readonly step: None
  readonly gelu: None
  /** A gate times the hyperbolic tangent of what passes it, and the tangent. */
  readonly gatedTanh: None
  readonly softplus: None
  readonly add: None
  readonly sub: None
  readonly mul: None
  readonly div: None
  readonly pow: None
  readonly maximum: None
  readonly minimum: None
  readonly less: None
  readonly equal: None
  readonly not: None
  readonly and: None
  readonly where: None
  readonly cast: { readonly to: ValueType }
  readonly matmul: { readonly transposeA: boolean; readonly transposeB: boolean }
  readonly sum: Axes
  readonly mean: Axes
  readonly max: Axes
  readonly softmax: Axis
  readonly logSoftmax: Axis
  readonly layerNorm: { readonly epsilon: number }
  readonly reshape: { readonly shape: readonly number[] }
  readonly expand: { readonly shape: readonly number[] }
  readonly transpose: { readonly order: readonly number[] }
  readonly concat: Axis
  readonly split: { readonly axis: number; readonly sizes: readonly number[] }
  readonly pad: { readonly axis: number; readonly before: number; readonly after: number }
  readonly gather: Axis
  /** Sums rows that were gathered back to where they came from: the gradient of `gather` along axis 0. */
  readonly scatterAdd: { readonly rows: number }
  readonly gatherElements: Axis
  readonly scatterElements: { readonly axis: number; readonly length: number }
  readonly cumulativeSum: { readonly axis: number; readonly reverse: boolean }
  /** Values in ascending order along an axis, and where each came from. */
  readonly sort: Axis
  /**
   * Values as they are, whose gradients are worked out from the segment's `inputs` anew. Inputs: the `outputs` values themselves, what the segment
   * was given, and what else it reads.
   */
  readonly checkpoint: { readonly outputs: number; readonly inputs: number }
  /** All steps of a long short-term memory at once, for passes that do not learn; gates and weights as ONNX lays them out. */
  readonly lstm: { readonly units: number }
  /** All steps of a gated recurrent unit at once, the reset gate after the product; likewise. */
  readonly gru: { readonly units: number }
}
export type Op = keyof Attributes

/** A step of a graph. */
export interface Operation<O extends Op = Op> {
  readonly op: O
  readonly inputs: readonly Value[]
  readonly attributes: Attributes[O]
  readonly outputs: readonly Value[]
  readonly graph: TensorGraph
  /** Its number in the graph; operations come after what they need. */
  readonly id: number
}

/** Where operations are made: each only once, however often it is asked for. */
export interface TensorGraph {
  /** An input that is fed at every run; refuses a second one of the name. */
  input<T extends ValueType = 'float32'>(name: string, shape: readonly number[], type?: T): Value<T>
  /** Fixed numbers; the same ones are the same value. */
  constant(data: Float32Array | BigInt64Array, shape: readonly number[]): Value
  /** The outputs of an operation on values of this graph; refuses shapes and types that do not go together. */
  apply<O extends Op>(op: O, inputs: readonly Value[], attributes: Attributes[O]): readonly Value[]
  readonly constants: readonly (Float32Array | BigInt64Array)[]
  readonly inputs: ReadonlyMap<string, Value>
}
