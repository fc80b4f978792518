import { CannotForecast } from '../../../core/errors.ts'
import { enlist } from '../../../core/parallel.ts'
import { type Batches, batchOf, copyBatch, type DrawOptions } from './batches.ts'
import { type Drawing, type DrawJob, EMPTY, FULL, type RingShared, SLOTS, STOP } from './draw-worker.ts'
import type { PanelExamples } from './examples.ts'

const workerUrl = new URL(import.meta.url.endsWith('.ts') ? './draw-worker.ts' : './draw-worker.js', import.meta.url)

/**
 * Draws batches on a worker thread while the caller is busy with those before, the same to the last bit as on its own; refuses to where there are no
 * examples.
 */
export function batchesAhead(examples: PanelExamples, options: DrawOptions & { readonly slots?: number }): Batches {
  const { seed, size, slots } = options
  const { laid } = examples
  const ring = ringOf<Drawing>({
    ...{ frame: examples.frame, size, module: workerUrl, fn: 'batchDrawer', shared: { laid, seed, size } },
    ...(slots !== undefined && { slots }),
  })
  const next: Batches['next'] = async (step) => {
    if (examples.count === 0) throw new CannotForecast('noValues')
    return await ring.next(step)
  }
  return { ...ring, next }
}

/** Who fills the slots of a ring, and with what. */
export interface RingOptions<S extends RingShared> {
  readonly frame: PanelExamples['frame']
  readonly size: number
  /** Batches that are drawn ahead at most. */
  readonly slots?: number
  /** The module whose export `fn` gets what is shared and returns what fills slots from a step on; see `fillSlots`. */
  readonly module: URL
  readonly fn: string
  readonly shared: Omit<S, keyof RingShared>
}

/**
 * A ring of batches on shared memory that a worker thread fills; asking for a step other than the next begins anew there.
 *
 * Errors of the worker come out of `next`. Until it is closed it holds the process open.
 */
export function ringOf<S extends RingShared>({ frame, size, slots: count = 3, ...worker }: RingOptions<S>): Batches {
  const control = new Int32Array(new SharedArrayBuffer(4 * (SLOTS + count)))
  const slots = Array.from({ length: count }, () => batchOf(frame, size, true))
  const shared = { ...worker.shared, slots, control }
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
    const enlisted = await enlist({ module: worker.module, fn: worker.fn, shared, jobs })
    done = enlisted.done.then(
      () => {},
      (error: unknown) => {
        failure = { error }
        wakeAll()
      },
    )
  }
  const next: Batches['next'] = async (step) => {
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
