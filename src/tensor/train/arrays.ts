import { sharedFloat32 } from '../../core/memory.ts'
import { sizeOf } from '../graph/shapes.ts'
import type { Tensor } from '../onnx/model.ts'
import type { Fields } from './network.ts'

/** Numbers of a batch by field, example after example. */
export type Arrays = Readonly<Record<string, Float32Array | BigInt64Array>>

/** Empty arrays of fields on shared memory, for batches of so many examples. */
export function arraysOf(fields: Fields, batch: number): Arrays {
  return Object.fromEntries(
    Object.entries(fields).map(([name, { shape, type }]) => {
      const length = batch * sizeOf(shape)
      return [name, type === 'int64' ? new BigInt64Array(new SharedArrayBuffer(8 * length)) : sharedFloat32(length)]
    }),
  )
}

/** `count` examples from `from` on as tensors, without a copy. */
export function tensorsOf(fields: Fields, arrays: Arrays, count: number, from = 0): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, { shape, type }]) => {
      const size = sizeOf(shape)
      const data = arrays[name]?.subarray(from * size, (from + count) * size)
      return [name, { type: type ?? 'float32', dims: [count, ...shape], data } as Tensor]
    }),
  )
}
