import type { Arrays } from '../../../tensor/train/arrays.ts'
import type { Frame } from '../architecture.ts'
import type { Batch, Examples } from '../examples.ts'
import { examplesAt } from './order.ts'

/** Room for a batch of so many examples, on shared memory if asked. */
export function batchOf(frame: Omit<Frame, 'batch'>, size: number, shared = false): Batch {
  const { context, horizon, past, known, statics, categories } = frame
  const bytes = (count: number) => (shared ? new SharedArrayBuffer(count) : new ArrayBuffer(count))
  const floats = (width: number) => new Float32Array(bytes(4 * size * width) as ArrayBuffer)
  return {
    target: floats(context),
    observed: floats(context),
    ...(past > 0 && { past: floats(context * past) }),
    ...(known > 0 && { known: floats((context + horizon) * known) }),
    ...(statics > 0 && { statics: floats(statics) }),
    ...(categories.length > 0 && {
      categories: new BigInt64Array(bytes(8 * size * categories.length) as ArrayBuffer),
    }),
    truth: floats(horizon),
    weight: floats(horizon),
    level: floats(1),
    offset: floats(1),
  }
}

/** Which batches are drawn. */
export interface DrawOptions {
  readonly seed: number
  /** Examples of a batch. */
  readonly size: number
}

/** Batches in the order of a seed: that of a step is the same whenever and wherever it is drawn. */
export interface Batches {
  /** The batch of a step, to be read until the next is asked for. */
  next(step: number): Promise<Batch>
  /** Puts the batch of a step into arrays of the same fields. */
  put(step: number, into: Arrays): Promise<void>
  /** Ends whatever draws ahead. */
  close(): Promise<void>
}

/** Draws batches on the calling thread; refuses to where there are no examples. */
export function batchesOf(examples: Examples, { seed, size }: DrawOptions): Batches {
  const chosen = new Int32Array(size)
  const fill = (step: number, into: Batch) => examples.fill(examplesAt(seed, step, size, examples.count, chosen), into)
  let room: Batch | undefined
  return {
    async next(step) {
      room ??= batchOf(examples.frame, size)
      fill(step, room)
      return room
    },
    async put(step, into) {
      room ??= batchOf(examples.frame, size)
      fill(step, room)
      copyBatch(room, into)
    },
    async close() {},
  }
}

/** Copies a batch into arrays of some of its fields, or all. */
export function copyBatch(from: Batch, into: Arrays): void {
  for (const [name, array] of Object.entries(into)) (array as Float32Array).set(from[name as 'target'])
}
