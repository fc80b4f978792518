import { enlist } from '../../../core/parallel.ts'
import type { Layout } from './layout.ts'
import { Op, type Perform, performer } from './thread.ts'

/** How often a waiting thread looks before it goes to sleep: some tenths of a millisecond, a few times what waking up costs. */
const LOOKS = 50_000

const EPOCH = 0
const DONE = 1
const OP = 2
const FAILED = 3

/** Threads that work in step: each command is done by all of them, each its own share, before the next one is given. */
export interface Crew {
  readonly parameters: Float64Array
  /** Does a command on all threads; the parameters that it reads are set beforehand. */
  all(op: Op): void
  /** Does a command's share of one thread only, where it is too small to share out. */
  alone(op: Op): void
  dismiss(): Promise<void>
}

/** Raises a crew of `layout.threads` threads, the calling one among them. */
export async function crewOf(layout: Layout): Promise<Crew> {
  const control = new Int32Array(layout.memory.buffer, layout.control, 16)
  const parameters = new Float64Array(layout.memory.buffer, layout.parameters, 32)
  const own = performer(layout, 0, layout.threads)
  const single = performer(layout, 0, 1)
  const others = layout.threads - 1
  const enlisted =
    others > 0
      ? await enlist({
          module: new URL(import.meta.url.endsWith('.ts') ? './crew.ts' : './crew.js', import.meta.url),
          fn: crewMember.name,
          shared: layout,
          jobs: Array.from({ length: others }, (_, i) => i + 1),
        })
      : undefined
  const command = (op: Op) => {
    control[OP] = op
    Atomics.store(control, DONE, 0)
    Atomics.add(control, EPOCH, 1)
    Atomics.notify(control, EPOCH)
  }
  let failed: unknown
  enlisted?.done.catch((error) => {
    failed = error
  })
  return {
    parameters,
    all(op) {
      if (others === 0) return own(op)
      command(op)
      own(op)
      let looks = 0
      for (let done = Atomics.load(control, DONE); done < others; done = Atomics.load(control, DONE))
        if (++looks > LOOKS) Atomics.wait(control, DONE, done, 1000)
      if (control[FAILED] !== 0) throw new Error('a training thread failed')
    },
    alone: (op) => single(op),
    async dismiss() {
      if (!enlisted) return
      command(Op.exit)
      await enlisted.done.catch(() => {})
      if (failed) throw failed
    },
  }
}

/** What a worker thread of a crew does: follows commands until it is dismissed. @public */
export function crewMember(layout: Layout): (index: number) => void {
  return (index) => {
    const control = new Int32Array(layout.memory.buffer, layout.control, 16)
    const perform: Perform = performer(layout, index, layout.threads)
    let epoch = 0
    for (;;) {
      let looks = 0
      while (Atomics.load(control, EPOCH) === epoch) if (++looks > LOOKS) Atomics.wait(control, EPOCH, epoch)
      epoch = (epoch + 1) | 0
      const op = control[OP] as Op
      try {
        if (op === Op.exit) return
        perform(op)
      } catch (error) {
        Atomics.store(control, FAILED, 1)
        throw error
      } finally {
        Atomics.add(control, DONE, 1)
        Atomics.notify(control, DONE)
      }
    }
  }
}
