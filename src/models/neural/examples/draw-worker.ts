import type { Batch } from '../examples.ts'
import { fillerOf, type Laid } from './fill.ts'
import { examplesAt } from './order.ts'

/** Places of the control array: whether to stop, then the state of each slot. */
export const STOP = 0
export const SLOTS = 1
/** States of a slot: to be filled, or to be read. */
export const EMPTY = 0
export const FULL = 1

/** What a drawing thread shares with the one that reads. */
export interface Drawing {
  readonly laid: Laid
  readonly slots: readonly Batch[]
  readonly control: Int32Array
  readonly seed: number
  readonly size: number
}

/** The step to begin with. */
export interface DrawJob {
  readonly from: number
}

/** Fills slots one after the other, waiting for each to be free, until told to stop. */
export function batchDrawer({ laid, slots, control, seed, size }: Drawing): (job: DrawJob) => void {
  const fill = fillerOf(laid)
  const chosen = new Int32Array(size)
  return ({ from }) => {
    for (let step = from; ; step++) {
      const slot = (step - from) % slots.length
      // Being stopped is looked at before every wait: the slot may be one that was filled after all were freed.
      while (Atomics.load(control, STOP) === 0 && Atomics.load(control, SLOTS + slot) === FULL)
        Atomics.wait(control, SLOTS + slot, FULL)
      if (Atomics.load(control, STOP) === 1) return
      fill(examplesAt(seed, step, size, laid.series.length, chosen), slots[slot] as Batch)
      Atomics.store(control, SLOTS + slot, FULL)
      Atomics.notify(control, SLOTS + slot)
    }
  }
}
