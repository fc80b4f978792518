import type { FeatureBins } from '../bins.ts'
import type { ObjectiveOptions } from '../objectives/objective.ts'
import type { Growth } from './growth.ts'

/** Addresses of rows in the shared memory; 0 where there is none of a kind. */
export interface Rows {
  readonly rows: number
  readonly cells: number
  readonly target: number
  readonly weight: number
  /** `outputs` times `rows` f64. */
  readonly score: number
  /** Scores at the beginning of a round, where a round has several trees. */
  readonly before: number
  readonly queries: number
  readonly queryCount: number
}

/** Where everything lies in the memory that training threads share, and what they need to know; passes to workers as it is. */
export interface Layout {
  readonly memory: WebAssembly.Memory
  readonly threads: number
  readonly objective: ObjectiveOptions
  readonly growth: Growth
  readonly outputs: number
  readonly seed: number
  /** Bytes a row of cells. */
  readonly stride: number
  /** What the bins of each column are. */
  readonly bins: readonly FeatureBins[]
  readonly train: Rows
  readonly valid: Rows | undefined
  /** The same cells column by column, for parting rows; 0 where memory is short. */
  readonly columnCells: number
  /** How many columns the tree may split by, and which (i32): all unless cells can be chosen from. */
  readonly active: number
  /** Cells of the active columns alone, row by row, `chosenStride` bytes each; 0 where trees see all columns or memory is short. */
  readonly chosenCells: number
  readonly chosenStride: number
  /** One packed gradient and hessian a row. */
  readonly packed: number
  /** f32 a row, for exact sums in leaves; 0 where memory is short, then worked out again. */
  readonly gradient: number
  readonly hessian: number
  /** Rows of the tree in order of leaves, then those left out of it. */
  readonly order: number
  readonly temp: number
  /** Histograms of leaves: `slots` times `columns` times 256 pairs of f64. */
  readonly histograms: number
  readonly slots: number
  /** Packed histograms of each thread, `apart` bytes from each other. */
  readonly own: number
  readonly apart: number
  readonly control: number
  readonly parameters: number
  /** One f64 a thread. */
  readonly results: number
  /** Best splits: RECORD f64 for each of two leaves of each thread. */
  readonly splits: number
  /** Allowed columns, one byte each, for two leaves. */
  readonly allowed: number
  /** 256 bytes a split, 1 for bins that go left; nodes of the tree for going down; values of leaves. */
  readonly tables: number
  readonly nodes: number
  readonly values: number
  /** Where leaves begin and end in `order`: pairs of f64. */
  readonly segments: number
  readonly scratch: number
}

/** Bytes of a histogram's column: 256 pairs of f64. */
export const COLUMN_BYTES = 4096
/** Bytes of a packed histogram's column: 256 integers of 64 bits. */
export const PACKED_COLUMN_BYTES = 2048
/** Numbers that describe a split. */
export const RECORD = 16
/** Rows a thread works out gradients for at a time. */
export const SCRATCH_ROWS = 16_384
/** Gradients and hessians are rounded to so many steps. */
export const STEPS = 32_767

/** Hands out addresses in one shared memory that grows as needed, up to 4 GiB. */
export class Arena {
  /** The first page is the kernel's own. */
  #next = 65_536
  readonly memory = new WebAssembly.Memory({ initial: 1, maximum: 65_536, shared: true })

  take(bytes: number): number {
    const address = this.#next
    this.#next = Math.ceil((address + bytes) / 64) * 64
    const pages = Math.ceil(this.#next / 65_536)
    const have = this.memory.buffer.byteLength / 65_536
    if (pages > have) this.memory.grow(pages - have)
    return address
  }

  get used(): number {
    return this.#next
  }
}
