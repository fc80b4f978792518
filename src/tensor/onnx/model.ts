/** Element types by their number in ONNX, with the array that holds them; a float16 is held as its bits, a bool as a byte. */
export const ELEMENTS = {
  float32: { code: 1, array: Float32Array },
  uint8: { code: 2, array: Uint8Array },
  int8: { code: 3, array: Int8Array },
  uint16: { code: 4, array: Uint16Array },
  int16: { code: 5, array: Int16Array },
  int32: { code: 6, array: Int32Array },
  int64: { code: 7, array: BigInt64Array },
  string: { code: 8, array: undefined },
  bool: { code: 9, array: Uint8Array },
  float16: { code: 10, array: Uint16Array },
  float64: { code: 11, array: Float64Array },
  uint32: { code: 12, array: Uint32Array },
  uint64: { code: 13, array: BigUint64Array },
} as const
export type ElementType = keyof typeof ELEMENTS

/** What a tensor of an element type holds its values in; shared memory is as good as any. */
interface ElementArrays {
  readonly float32: Float32Array
  readonly uint8: Uint8Array
  readonly int8: Int8Array
  readonly uint16: Uint16Array
  readonly int16: Int16Array
  readonly int32: Int32Array
  readonly int64: BigInt64Array
  readonly string: readonly string[]
  readonly bool: Uint8Array
  readonly float16: Uint16Array
  readonly float64: Float64Array
  readonly uint32: Uint32Array
  readonly uint64: BigUint64Array
}

/** A tensor as data; the values are not copied until the model is written. */
export type Tensor = {
  [T in ElementType]: {
    readonly type: T
    readonly dims: readonly number[]
    readonly data: ElementArrays[T]
    readonly name?: string
    readonly doc?: string
  }
}[ElementType]

/** An ONNX integer: a number where it is exact, a bigint beyond 2^53. */
export type Integer = number | bigint

/** An attribute of a node, by kind. */
export type Attribute =
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'int'; readonly value: Integer }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'tensor'; readonly value: Tensor }
  | { readonly kind: 'graph'; readonly value: Graph }
  | { readonly kind: 'floats'; readonly value: ArrayLike<number> }
  | { readonly kind: 'ints'; readonly value: ArrayLike<Integer> }
  | { readonly kind: 'strings'; readonly value: readonly string[] }
  | { readonly kind: 'tensors'; readonly value: readonly Tensor[] }
  | { readonly kind: 'graphs'; readonly value: readonly Graph[] }

/** An operation on named values; an empty name among the inputs or outputs is one left out. */
export interface Node {
  readonly op: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes?: Readonly<Record<string, Attribute>>
  /** Operator set; ONNX's own unless given. */
  readonly domain?: string
  readonly name?: string
  readonly doc?: string
}

/** Name and type of a tensor; a dimension is a number, a symbol, or null where nothing is known. No `dims`: not even their number is. */
export interface ValueInfo {
  readonly name: string
  readonly type: ElementType
  readonly dims?: readonly (number | string | null)[]
  readonly doc?: string
}

/** Nodes in an order in which each only needs those before it. */
export interface Graph {
  readonly name: string
  readonly nodes: readonly Node[]
  readonly initializers?: readonly Tensor[]
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  /** Types of values in between. */
  readonly values?: readonly ValueInfo[]
  readonly doc?: string
}

/** An ONNX model: a graph, the operator sets (by domain, '' being ONNX's own) it is written in, and what is said of it. */
export interface Model {
  readonly irVersion: number
  readonly opsets: Readonly<Record<string, number>>
  readonly graph: Graph
  readonly producer?: string
  readonly producerVersion?: string
  readonly domain?: string
  readonly modelVersion?: Integer
  readonly metadata?: Readonly<Record<string, string>>
  readonly doc?: string
}

/** Numbers of the attribute kinds in ONNX. */
export const ATTRIBUTE_KINDS = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
  tensors: 9,
  graphs: 10,
} as const satisfies Record<Attribute['kind'], number>
