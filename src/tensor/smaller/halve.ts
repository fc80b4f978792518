import type { Model, Node, Tensor } from '../onnx/model.ts'
import { LEAST } from './weights.ts'

/** The largest number of 16 bits. */
const MOST = 65_504
/** ONNX's number of float32. */
const FLOAT32 = 1

/**
 * A model whose weights are kept in 16 bits: half the file, for shipping. They become numbers of 32 bits as it is loaded, so that it is as fast as
 * before; small weights, and those with numbers too large for 16 bits, stay as they are.
 */
export function halved(model: Model): Model {
  const { graph } = model
  const casts: Node[] = []
  const initializers = (graph.initializers ?? []).map((tensor): Tensor => {
    const { type, name, data, dims } = tensor
    if (type !== 'float32' || name === undefined || data.length < LEAST || data.some((x) => Math.abs(x) > MOST))
      return tensor
    const half = `half.${name}`
    casts.push({ op: 'Cast', inputs: [half], outputs: [name], attributes: { to: { kind: 'int', value: FLOAT32 } } })
    return { type: 'float16', dims, data: Uint16Array.from(data, halfOf), name: half }
  })
  return { ...model, graph: { ...graph, initializers, nodes: [...casts, ...graph.nodes] } }
}

const REAL = new Float32Array(1)
const BITS = new Uint32Array(REAL.buffer)

/** The bits of the number of 16 bits that is nearest, the even one of two; Node 22 has no array of them. */
export function halfOf(x: number): number {
  REAL[0] = x
  const bits = BITS[0] as number
  const sign = (bits >>> 16) & 0x8000
  const size = Math.abs(x)
  // Below 2⁻¹⁴ numbers are multiples of 2⁻²⁴.
  if (size < 2 ** -14) return sign | even(size * 2 ** 24)
  const exponent = ((bits >>> 23) & 0xff) - 127
  return sign | (((exponent + 15) << 10) + even((size / 2 ** exponent - 1) * 1024))
}

function even(x: number): number {
  const low = Math.floor(x)
  const rest = x - low
  return rest > 0.5 || (rest === 0.5 && low % 2 === 1) ? low + 1 : low
}

let table: Float32Array | undefined

/** The numbers that so many times 16 bits stand for. */
export function ofHalves(bits: Uint16Array): Float32Array<ArrayBuffer> {
  table ??= Float32Array.from({ length: 2 ** 16 }, (_, k) => ofHalf(k))
  const out = new Float32Array(bits.length)
  for (let k = 0; k < bits.length; k++) out[k] = table[bits[k] as number] as number
  return out
}

function ofHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >>> 10) & 0x1f
  const part = bits & 0x3ff
  if (exponent === 0) return sign * part * 2 ** -24
  if (exponent === 31) return part === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (1 + part / 1024) * 2 ** (exponent - 15)
}
