import { type Lookup, writeColumn } from './lookup.ts'

/** Rows written column by column before the next ones: their cells stay in the nearest cache meanwhile. */
const TILE = 512
/** What every thread needs; arrays lie on shared memory. */
export interface BinShared {
  readonly lookups: readonly Lookup[]
  /** The features' columns, and where their cells are; features without cells are left out. */
  readonly columns: readonly Float32Array[]
  readonly places: readonly number[]
  readonly stride: number
  readonly cells: Uint8Array
}

/** Rows `from` to `to` of the columns, and the row of the cells that row 0 goes to. */
export interface BinJob {
  readonly from: number
  readonly to: number
  readonly firstRow: number
}

/** Prepares a thread to write the cells of some rows. */
export function binJobs(shared: BinShared): (job: BinJob) => void {
  return (job) => writeRows(shared, job)
}

/** Writes the cells of some rows. */
export function writeRows(
  { lookups, columns, places, stride, cells }: BinShared,
  { from, to, firstRow }: BinJob,
): void {
  for (let tile = from; tile < to; tile += TILE) {
    const end = Math.min(to, tile + TILE)
    const at = (firstRow + tile) * stride
    for (let c = 0; c < lookups.length; c++)
      writeColumn(
        lookups[c] as Lookup,
        columns[c] as Float32Array,
        tile,
        end,
        cells,
        at + (places[c] as number),
        stride,
      )
  }
}
