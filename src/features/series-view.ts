import type { Period } from '../core/calendar.ts'
import { ForetideError } from '../core/errors.ts'
import { Mask } from '../core/panel.ts'
import { Observed } from './kernels/observed.ts'

/** The arrays of a block as a worker sees them: past cells series-major, and `horizon` cells a series of what is known. */
export interface BlockArrays {
  readonly start: Int32Array
  readonly offsets: Int32Array
  readonly target: Float64Array
  readonly mask: Uint8Array
  readonly horizon: number
  readonly columns: readonly {
    readonly name: string
    readonly past: Float64Array
    /** Absent for a column that only the past shows. */
    readonly future?: Float64Array
  }[]
  readonly statics: readonly { readonly name: string; readonly values: Float64Array }[]
}

interface Slot {
  readonly past: Float64Array
  readonly future: Float64Array | undefined
  readonly observed: Observed
  /** The series for which `observed` and `joined` were last loaded. */
  observedOf: number
  joined: Float64Array
  joinedOf: number
  view: Float64Array
}

/**
 * One series at a time as feature families see it: the past of every column, the future of those known ahead, and nothing else.
 *
 * Moving on to another series invalidates what was handed out.
 */
export class SeriesView {
  index = -1
  /** Cells of the past. */
  length = 0
  readonly horizon: number
  start: Period = 0
  readonly #block: BlockArrays
  readonly #hidden: number
  readonly #slots = new Map<string, Slot>()
  readonly #statics = new Map<string, Float64Array>()
  #cleaned = new Float64Array(0)
  #cleanedOf = -1
  #from = 0

  /** `hidden`: bits of the mask whose cells count as gaps of the target. */
  constructor(block: BlockArrays, hidden: number) {
    this.#block = block
    this.#hidden = hidden
    this.horizon = block.horizon
    const slot = (past: Float64Array, future?: Float64Array): Slot => ({
      past,
      future,
      observed: new Observed(),
      observedOf: -1,
      joined: new Float64Array(0),
      joinedOf: -1,
      view: new Float64Array(0),
    })
    for (const { name, past, future } of block.columns) this.#slots.set(name, slot(past, future))
    for (const { name, values } of block.statics) this.#statics.set(name, values)
    this.#slots.set('target', slot(block.target))
    this.#slots.set('censored', slot(new Float64Array(0)))
  }

  moveTo(index: number): void {
    this.index = index
    this.#from = this.#block.offsets[index] as number
    this.length = (this.#block.offsets[index + 1] as number) - this.#from
    this.start = this.#block.start[index] as number
  }

  /** The past of a column ready for the kernels. */
  past(name: string): Observed {
    const slot = this.#slot(name)
    if (slot.observedOf !== this.index) {
      slot.observed.load(this.#values(name, slot))
      slot.observedOf = this.index
    }
    return slot.observed
  }

  /** Past and horizon of a known-ahead column, one after the other. */
  whole(name: string): Float64Array {
    const slot = this.#slot(name)
    if (!slot.future) throw new ForetideError('features.notKnownAhead', { family: '', column: name })
    if (slot.joinedOf !== this.index) {
      const total = this.length + this.horizon
      if (slot.joined.length < total) slot.joined = new Float64Array(2 * total)
      slot.view = slot.joined.subarray(0, total)
      slot.view.set(slot.past.subarray(this.#from, this.#from + this.length))
      slot.view.set(slot.future.subarray(this.index * this.horizon, (this.index + 1) * this.horizon), this.length)
      slot.joinedOf = this.index
    }
    return slot.view
  }

  /** As {@link whole}, ready for the kernels. */
  wholeObserved(name: string): Observed {
    const view = this.whole(name)
    const slot = this.#slot(name)
    if (slot.observedOf !== -2 - this.index) {
      slot.observed.load(view)
      slot.observedOf = -2 - this.index
    }
    return slot.observed
  }

  /** The series' value of a static column. */
  fixed(name: string): number {
    return this.#statics.get(name)?.[this.index] ?? Number.NaN
  }

  #slot(name: string): Slot {
    const slot = this.#slots.get(name)
    if (!slot) throw new ForetideError('features.column', { family: '', column: name, columns: '' })
    return slot
  }

  #values(name: string, slot: Slot): Float64Array {
    if (name === 'censored') return this.#censored()
    const view = slot.past.subarray(this.#from, this.#from + this.length)
    return name === 'target' ? this.#clean(view) : view
  }

  #clean(view: Float64Array): Float64Array {
    const { mask } = this.#block
    const hidden = this.#hidden
    const from = this.#from
    let some = 0
    for (let k = 0; k < this.length; k++) some |= (mask[from + k] as number) & hidden
    if (some === 0) return view
    if (this.#cleanedOf === this.index) return this.#cleaned
    this.#cleaned = Float64Array.from(view)
    for (let k = 0; k < this.length; k++) if ((mask[from + k] as number) & hidden) this.#cleaned[k] = Number.NaN
    this.#cleanedOf = this.index
    return this.#cleaned
  }

  #censored(): Float64Array {
    const { mask } = this.#block
    const flags = new Float64Array(this.length)
    for (let k = 0; k < this.length; k++) flags[k] = (mask[this.#from + k] as number) & Mask.censored ? 1 : 0
    return flags
  }
}
