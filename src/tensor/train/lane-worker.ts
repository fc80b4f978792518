import { type SessionOptions, session } from '../runtime.ts'
import type { Way } from './lanes.ts'

/** Places of a lane's control: how often it was told to go, which way, how often it was done. */
export const GO = 0
export const WAY = 1
export const DONE = 2

/** A lane: its arrays, and how it is told what to do. */
export interface LaneJob {
  readonly ways: readonly Way[]
  readonly control: Int32Array
}

/** Runs a model whenever it is told to, on the arrays of the way that it is told; ends at a way below zero. */
export function laneRunner({ bytes, settings }: { readonly bytes: Uint8Array; readonly settings: SessionOptions }) {
  return async ({ ways, control }: LaneJob): Promise<void> => {
    const model = await session(bytes, settings)
    try {
      const prepared = ways.map(({ feeds, outputs }) => model.prepare(feeds, outputs))
      for (let seen = 0; ; seen++) {
        Atomics.wait(control, GO, seen)
        const way = Atomics.load(control, WAY)
        if (way < 0) return
        await prepared[way]?.()
        Atomics.add(control, DONE, 1)
        Atomics.notify(control, DONE)
      }
    } finally {
      await model.dispose()
    }
  }
}
