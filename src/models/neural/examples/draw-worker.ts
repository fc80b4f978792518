import type { Batch } from '../examples.ts'
import { fillerOf, type Laid } from './fill.ts'
import { examplesAt } from './order.ts'

/** Places of the control array: whether to stop, then the state of each slot. */
export const STOP = 0
export const SLOTS = 1
/** States of a slot: to be filled, or to be read. */
export const EMPTY = 0
export const FULL = 1

/** What a filling thread shares with the one that reads. */
export interface RingShared {
  readonly slots: readonly Batch[]
  readonly control: Int32Array
}

/** What batches of a panel's examples are drawn from. */
export interface Drawing extends RingShared {
  readonly laid: Laid
  readonly seed: number
  readonly size: number
}

/** The step to begin with. */
export interface DrawJob {
  readonly from: number
}

/** Draws batches of a panel's examples into the slots of a ring. */
export function batchDrawer({ laid, slots, control, seed, size }: Drawing): (job: DrawJob) => void {
  const fill = fillerOf(laid)
  const chosen = new Int32Array(size)
  return fillSlots({ slots, control }, (step, into) =>
    fill(examplesAt(seed, step, size, laid.series.length, chosen), into),
  )
}

/** Fills slots one after the other, waiting for each to be free, until told to stop. */
export function fillSlots(
  { slots, control }: RingShared,
  fill: (step: number, into: Batch) => void,
): (job: DrawJob) => void {
  return ({ from }) => {
    for (let step = from; ; step++) {
      const slot = (step - from) % slots.length
      // Being stopped is looked at before every wait: the slot may be one that was filled after all were freed.
      while (Atomics.load(control, STOP) === 0 && Atomics.load(control, SLOTS + slot) === FULL)
        Atomics.wait(control, SLOTS + slot, FULL)
      if (Atomics.load(control, STOP) === 1) return
      fill(step, slots[slot] as Batch)
      Atomics.store(control, SLOTS + slot, FULL)
      Atomics.notify(control, SLOTS + slot)
    }
  }
}
