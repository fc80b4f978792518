import { ForetideError } from '../../core/errors.ts'
import { ELEMENTS, type ElementType, type Integer, type Tensor } from './model.ts'
import type { WireReader } from './wire-reader.ts'

const TYPES = new Map(Object.entries(ELEMENTS).map(([type, { code }]) => [code as number, type as ElementType]))

/** The element type of a number in ONNX; refuses those that have no plain array here (bfloat16, float8, 4 bits, complex). */
export function elementType(code: number): ElementType {
  const type = TYPES.get(code)
  if (type === undefined)
    throw new ForetideError('onnx.unsupported', { what: `element type ${code}` }, { fault: 'badInput' })
  return type
}

/** Reads a tensor, whether its values are raw bytes or lists; raw bytes stay where they are if they are aligned. */
export function readTensor(from: WireReader): Tensor {
  const dims: Integer[] = []
  const floats: number[] = []
  const ints: Integer[] = []
  const strings: string[] = []
  const names: { name?: string; doc?: string } = {}
  let code = 0
  let raw: Uint8Array | undefined
  while (from.next()) {
    if (from.field === 1) from.ints(dims)
    else if (from.field === 2) code = from.number()
    else if (from.field === 4) from.floats(floats)
    else if (from.field === 5 || from.field === 7 || from.field === 11) from.ints(ints)
    else if (from.field === 6) strings.push(from.string())
    else if (from.field === 8) names.name = from.string()
    else if (from.field === 9) raw = from.chunk()
    else if (from.field === 10) from.doubles(floats)
    else if (from.field === 12) names.doc = from.string()
    else if (from.field === 13 || from.field === 3)
      throw new ForetideError('onnx.unsupported', { what: 'data outside of the file' }, { fault: 'badInput' })
    else from.skip()
  }
  const type = elementType(code)
  const data = type === 'string' ? strings : raw ? viewOf(type, raw) : listOf(type, floats, ints)
  const sizes = dims.map(Number)
  const size = sizes.reduce((product, d) => product * d, 1)
  if (data.length !== size) {
    const details = { tensor: names.name, type, dims: sizes.join('×'), has: data.length }
    throw new ForetideError('onnx.tensor', details, { fault: 'badInput' })
  }
  return { type, dims: sizes, data, ...names } as Tensor
}

function viewOf(type: Exclude<ElementType, 'string'>, raw: Uint8Array): Exclude<Tensor['data'], readonly string[]> {
  const { array } = ELEMENTS[type]
  const aligned = raw.byteOffset % array.BYTES_PER_ELEMENT === 0 ? raw : new Uint8Array(raw)
  return new array(aligned.buffer as ArrayBuffer, aligned.byteOffset, Math.floor(raw.length / array.BYTES_PER_ELEMENT))
}

function listOf(type: Exclude<ElementType, 'string'>, floats: number[], ints: Integer[]): Tensor['data'] {
  if (type === 'int64') return BigInt64Array.from(ints, BigInt)
  if (type === 'uint64') return BigUint64Array.from(ints, BigInt)
  return ELEMENTS[type].array.from(type === 'float32' || type === 'float64' ? floats : ints.map(Number))
}
