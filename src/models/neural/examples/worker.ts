import { CannotForecast } from '../../../core/errors.ts'
import { enlist } from '../../../core/parallel.ts'
import { type Batches, batchOf, copyBatch, type DrawOptions } from './batches.ts'
import { type Drawing, type DrawJob, EMPTY, FULL, SLOTS, STOP } from './draw-worker.ts'
import type { PanelExamples } from './examples.ts'

const workerUrl = new URL(import.meta.url.endsWith('.ts') ? './draw-worker.ts' : './draw-worker.js', import.meta.url)

/**
 * Draws batches on a worker thread while the caller is busy with those before, the same to the last bit as on its own.
 *
 * A ring of `slots` batches lies on shared memory; asking for a step other than the next begins anew there. Errors of the worker come
 * out of `next`. Until it is closed it holds the process open.
 */
export function batchesAhead(examples: PanelExamples, options: DrawOptions & { readonly slots?: number }): Batches {
  const { seed, size, slots: count = 3 } = options
  const control = new Int32Array(new SharedArrayBuffer(4 * (SLOTS + count)))
  const slots = Array.from({ length: count }, () => batchOf(examples.frame, size, true))
  const shared: Drawing = { laid: examples.laid, slots, control, seed, size }
  let done: Promise<void> | undefined
  let failure: { readonly error: unknown } | undefined
  let from = 0
  let expected = -1
  const wakeAll = () => {
    for (let slot = 0; slot < count; slot++) Atomics.notify(control, SLOTS + slot)
  }
  const free = (slot: number) => {
    Atomics.store(control, SLOTS + slot, EMPTY)
    Atomics.notify(control, SLOTS + slot)
  }
  const stop = async () => {
    Atomics.store(control, STOP, 1)
    for (let slot = 0; slot < count; slot++) free(slot)
    await done
    done = undefined
    expected = -1
  }
  const start = async (step: number) => {
    control.fill(0)
    failure = undefined
    from = step
    expected = step
    const jobs: readonly DrawJob[] = [{ from }]
    const enlisted = await enlist({ module: workerUrl, fn: 'batchDrawer', shared, jobs })
    done = enlisted.done.then(
      () => {},
      (error: unknown) => {
        failure = { error }
        wakeAll()
      },
    )
  }
  const next: Batches['next'] = async (step) => {
    if (examples.count === 0) throw new CannotForecast('noValues')
    if (step !== expected) {
      await stop()
      await start(step)
    } else if (step > from) free((step - 1 - from) % count)
    expected = step + 1
    const slot = (step - from) % count
    while (Atomics.load(control, SLOTS + slot) !== FULL) {
      if (failure) throw failure.error
      const waiting = Atomics.waitAsync(control, SLOTS + slot, EMPTY)
      if (waiting.async) await waiting.value
    }
    return slots[slot] as (typeof slots)[number]
  }
  return { next, put: async (step, into) => copyBatch(await next(step), into), close: stop }
}
