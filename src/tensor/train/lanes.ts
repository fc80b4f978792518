import { enlist } from '../../core/parallel.ts'
import type { Tensor } from '../onnx/model.ts'
import { type SessionOptions, session } from '../runtime.ts'
import { DONE, GO, type LaneJob, WAY } from './lane-worker.ts'

const workerUrl = new URL(import.meta.url.endsWith('.ts') ? './lane-worker.ts' : './lane-worker.js', import.meta.url)

/** Arrays that a model is run on. */
export interface Way {
  readonly feeds: Readonly<Record<string, Tensor>>
  readonly outputs: Readonly<Record<string, Tensor>>
}

/** One model that runs on several sets of arrays at once. */
export interface Lanes {
  /** Runs every lane on the arrays of its way of a number; resolves when all are done. */
  run(way: number): Promise<void>
  dispose(): Promise<void>
}

/** How lanes run; `threads` are those of all of them together. */
export interface LanesOptions extends SessionOptions {
  readonly threads: number
}

/**
 * Loads a model once a lane, the first on the calling thread and, where there are threads for it, the others on threads of their own:
 * operations that are too small to be shared out run side by side. `ways[lane][way]` are arrays on shared memory.
 */
export async function lanesOf(
  bytes: Uint8Array,
  ways: readonly (readonly Way[])[],
  { threads, providers }: LanesOptions,
): Promise<Lanes> {
  // One thread each, however many there are: products that are shared out would differ in their last digits.
  const each = ways.length > 1 ? 1 : threads
  const alone = threads < ways.length
  const [first, ...others] = ways
  const settings: SessionOptions = { threads: each, ...(providers && { providers }) }
  const own = await session(bytes, settings)
  const prepared = (alone ? ways : [first as readonly Way[]]).map((list) =>
    list.map(({ feeds, outputs }) => own.prepare(feeds, outputs)),
  )
  const jobs: readonly LaneJob[] = alone
    ? []
    : others.map((list) => ({ ways: list, control: new Int32Array(new SharedArrayBuffer(12)) }))
  const failures: unknown[] = []
  const wake = () => {
    for (const { control } of jobs) Atomics.notify(control, DONE)
  }
  const enlisted =
    jobs.length > 0
      ? await enlist({ module: workerUrl, fn: 'laneRunner', shared: { bytes, settings }, jobs })
      : undefined
  const ended = enlisted?.done.catch((error: unknown) => {
    failures.push(error)
    wake()
  })
  let count = 0
  return {
    async run(way) {
      if (failures.length > 0) throw failures[0]
      for (const { control } of jobs) {
        Atomics.store(control, WAY, way)
        Atomics.add(control, GO, 1)
        Atomics.notify(control, GO)
      }
      for (const list of prepared) await list[way]?.()
      const before = count++
      for (const { control } of jobs)
        while (Atomics.load(control, DONE) === before) {
          if (failures.length > 0) throw failures[0]
          const waiting = Atomics.waitAsync(control, DONE, before)
          if (waiting.async) await waiting.value
        }
    },
    async dispose() {
      for (const { control } of jobs) {
        Atomics.store(control, WAY, -1)
        Atomics.add(control, GO, 1)
        Atomics.notify(control, GO)
      }
      await ended
      await own.dispose()
    },
  }
}
