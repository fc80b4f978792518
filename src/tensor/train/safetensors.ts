import { ForetideError } from '../../core/errors.ts'

/** Types of numbers that are read and written, as the format names them; halves as their bits. */
const TYPES = {
  F32: Float32Array,
  F64: Float64Array,
  F16: Uint16Array,
  I64: BigInt64Array,
  I32: Int32Array,
  I8: Int8Array,
  U8: Uint8Array,
} as const
type TypeName = keyof typeof TYPES

/** Numbers in a shape, by the name of their type. */
export interface StoredTensor {
  readonly type: TypeName
  readonly shape: readonly number[]
  readonly data: InstanceType<(typeof TYPES)[TypeName]>
}

/** Tensors by name, and what is said of them all. */
export interface TensorFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>
  readonly metadata: Readonly<Record<string, string>>
}

/** A header longer than this is a broken file: the format's own bound. */
const MOST_HEADER = 100_000_000

/**
 * Writes tensors in the safetensors format: a header in JSON, then all numbers, each tensor on a multiple of 8 bytes.
 *
 * Refuses a tensor whose numbers are not as many as its shape says.
 *
 * @example
 * const bytes = writeTensors({ tensors: new Map([['w', { type: 'F32', shape: [2], data: Float32Array.of(1, 2) }]]), metadata: {} })
 * readTensors(bytes).tensors.get('w')?.shape // → [2]
 */
export function writeTensors({ tensors, metadata }: TensorFile): Uint8Array {
  // Wider numbers first, so that each tensor lies on a multiple of its own size without gaps, which the format does not allow.
  const ordered = [...tensors].sort(([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT)
  const header: Record<string, unknown> = Object.keys(metadata).length > 0 ? { __metadata__: metadata } : {}
  let offset = 0
  for (const [name, { type, shape, data }] of ordered) {
    if (data.length !== shape.reduce((a, b) => a * b, 1))
      throw new ForetideError('safetensors.shape', { name, shape: shape.join(' × '), has: data.length })
    header[name] = { dtype: type, shape, data_offsets: [offset, offset + data.byteLength] }
    offset += data.byteLength
  }
  const text = new TextEncoder().encode(JSON.stringify(header))
  const length = Math.ceil(text.length / 8) * 8
  const bytes = new Uint8Array(8 + length + offset)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true)
  bytes.fill(0x20, 8, 8 + length)
  bytes.set(text, 8)
  let at = 8 + length
  for (const [, { data }] of ordered) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at)
    at += data.byteLength
  }
  return bytes
}

/** Reads what the safetensors format holds; refuses anything that is not whole, saying where. */
export function readTensors(bytes: Uint8Array, file = 'the file'): TensorFile {
  const broken = (what: string): never => {
    throw new ForetideError('safetensors.broken', { file, what })
  }
  if (bytes.length < 8) broken(`${bytes.length} bytes`)
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true))
  if (length > MOST_HEADER || 8 + length > bytes.length) broken(`a header of ${length} bytes`)
  const header = headerOf(bytes.subarray(8, 8 + length), broken)
  const numbers = bytes.subarray(8 + length)
  const tensors = new Map<string, StoredTensor>()
  let metadata: Readonly<Record<string, string>> = {}
  const stretches: (readonly [number, number])[] = []
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') {
      if (!isTexts(entry)) broken('__metadata__')
      metadata = entry as Readonly<Record<string, string>>
      continue
    }
    const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>
    const array = Object.hasOwn(TYPES, String(dtype)) ? TYPES[dtype as TypeName] : undefined
    if (!array || !isCounts(shape) || !isCounts(offsets) || offsets.length !== 2) return broken(`'${name}'`)
    const [from, to] = offsets as [number, number]
    const count = shape.reduce((a, b) => a * b, 1)
    if (to > numbers.length || to - from !== count * array.BYTES_PER_ELEMENT) return broken(`'${name}'`)
    // A copy of its own: a Buffer's slice would be a view of the file, at any byte.
    const data = new array(Uint8Array.from(numbers.subarray(from, to)).buffer)
    tensors.set(name, { type: dtype as TypeName, shape, data })
    stretches.push([from, to])
  }
  let end = 0
  for (const [from, to] of stretches.sort(([a, b], [c, d]) => a - c || b - d)) {
    if (from !== end) broken(`a gap at byte ${8 + length + end}`)
    end = to
  }
  if (end !== numbers.length) broken(`a gap at byte ${8 + length + end}`)
  return { tensors, metadata }
}

function headerOf(text: Uint8Array, broken: (what: string) => never): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text))
    if (typeof header === 'object' && header !== null && !Array.isArray(header))
      return header as Record<string, unknown>
  } catch {
    // Told below, as what is no object.
  }
  return broken('its header')
}

const isCounts = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0)

const isTexts = (value: unknown) =>
  typeof value === 'object' && value !== null && Object.values(value).every((text) => typeof text === 'string')
