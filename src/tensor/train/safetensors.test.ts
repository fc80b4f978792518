import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readTensors, type StoredTensor, writeTensors } from './safetensors.ts'
import { storedWeights, weightOf, weightsOf } from './weights.ts'

const file = {
  tensors: new Map<string, StoredTensor>([
    ['bits', { type: 'U8', shape: [3], data: Uint8Array.of(1, 2, 3) }],
    ['weights', { type: 'F32', shape: [2, 3], data: Float32Array.of(1, -2, 3.5, 0, 1e-20, 4) }],
    ['none', { type: 'F32', shape: [0, 4], data: new Float32Array(0) }],
    ['codes', { type: 'I64', shape: [1], data: BigInt64Array.of(-(2n ** 40n)) }],
    ['one', { type: 'F64', shape: [], data: Float64Array.of(Math.PI) }],
  ]),
  metadata: { digest: 'Größe 大', step: '7' },
}

test('what is written is read again, to the bit', () => {
  const { tensors, metadata } = readTensors(writeTensors(file))
  expect(metadata).toEqual(file.metadata)
  expect(tensors.size).toBe(file.tensors.size)
  for (const [name, tensor] of file.tensors) expect(tensors.get(name)).toEqual(tensor)
})

test('the header is what the format says: its length, then JSON on a multiple of 8 bytes, numbers without gaps', () => {
  const bytes = writeTensors(file)
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true))
  expect(length % 8).toBe(0)
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)))
  expect(header.weights).toMatchObject({ dtype: 'F32', shape: [2, 3] })
  const [from, to] = header.weights.data_offsets
  const numbers = new Float32Array(bytes.slice(8 + length + from, 8 + length + to).buffer)
  expect([...numbers]).toEqual([...Float32Array.of(1, -2, 3.5, 0, 1e-20, 4)])
  expect(bytes.length).toBe(8 + length + 8 + 8 + 24 + 3)
})

test('a file that is cut off or changed is refused or read, never anything else', () => {
  const bytes = writeTensors(file)
  for (let n = 0; n < bytes.length; n++)
    expect(() => readTensors(bytes.subarray(0, n)), `${n} bytes`).toThrow(/safetensors/)
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const changed = Uint8Array.from(bytes)
      changed[at] = (changed[at] as number) ^ flip
      try {
        readTensors(changed)
      } catch (error) {
        expect((error as { code: string }).code).toBe('safetensors.broken')
      }
    }),
    { numRuns: 2000 },
  )
})

test('numbers that are not as many as the shape says are refused', () => {
  const tensors = new Map<string, StoredTensor>([['w', { type: 'F32', shape: [3], data: new Float32Array(2) }]])
  expect(() => writeTensors({ tensors, metadata: {} })).toThrow(/'w' is said to be 3, but holds 2/)
})

test('weights find their names again in a file, whatever they are; numbers of another type are refused', () => {
  const row = Float32Array.of(1, 2, 3, 4, 5, 6, 7)
  const places = [
    { name: 'out.weight', shape: [2, 2], from: 0, to: 4 },
    { name: '7', shape: [], from: 4, to: 5 },
    { name: 'out.bias', shape: [2], from: 5, to: 7 },
  ]
  const { tensors } = readTensors(writeTensors({ tensors: storedWeights({ places, row }), metadata: {} }))
  const read = weightsOf(tensors)
  for (const { name, from, to } of places) expect(weightOf(read, name)).toEqual(row.slice(from, to))
  expect(() => weightsOf(file.tensors)).toThrow("no 'bits' of U8, 3")
})
