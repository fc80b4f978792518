import type { Frame } from './architecture.ts'

/** The arrays of a batch, one field after the other: inputs of a network and labels of its loss. */
export interface Batch {
  readonly target: Float32Array
  readonly observed: Float32Array
  readonly past?: Float32Array
  readonly known?: Float32Array
  readonly statics?: Float32Array
  readonly categories?: BigInt64Array
  /** What came, in the network's units, 0 where unknown, [batch, horizon]. */
  readonly truth: Float32Array
  /** What each step counts, 0 where unknown, [batch, horizon]. */
  readonly weight: Float32Array
  /** units = offset + level · number, [batch, 1] each. */
  readonly level: Float32Array
  readonly offset: Float32Array
}

/** Pairs of a series and an origin, and how they are laid out as batches. */
export interface Examples {
  readonly frame: Omit<Frame, 'batch'>
  /** How many there are. */
  readonly count: number
  /** Writes examples of some numbers, one a row. */
  fill(examples: ArrayLike<number>, into: Batch): void
}
