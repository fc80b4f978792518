import { readFileSync } from 'node:fs'

/** What `kernels/assembly/engine.ts` exports; addresses are bytes into the shared memory. */
export interface EngineKernel {
  compact(
    columnCells: number,
    rows: number,
    active: number,
    count: number,
    into: number,
    stride: number,
    from: number,
    to: number,
  ): void
  greatest(values: number, from: number, to: number): number
  quantise(
    gradients: number,
    hessians: number,
    packed: number,
    from: number,
    to: number,
    scale: number,
    hessianScale: number,
    seed: number,
  ): void
  sums(order: number, from: number, to: number, gradients: number, hessians: number, out: number): void
  histogram(
    cells: number,
    stride: number,
    gradients: number,
    order: number,
    from: number,
    to: number,
    into: number,
    columns: number,
  ): void
  merge(packed: number, apart: number, threads: number, bins: number, into: number, again: number, parent: number): void
  partition(cells: number, stride: number, order: number, temp: number, from: number, to: number, table: number): number
  scan(
    histogram: number,
    numbers: number,
    missing: number,
    g: number,
    h: number,
    l2: number,
    least: number,
    out: number,
  ): number
  addToRows(order: number, from: number, to: number, score: number, value: number): void
  addByTree(
    cells: number,
    stride: number,
    rows: number,
    from: number,
    to: number,
    nodes: number,
    tables: number,
    values: number,
    width: number,
    score: number,
    apart: number,
  ): void
}

/** Packed gradients may be added up over so many rows before they must be merged, or a 32-bit half could overflow. */
export const ROWS_A_MERGE = 65_536

let compiled: WebAssembly.Module | undefined

/** The training kernel on a memory of this thread's or shared with others. */
export function engineKernel(memory: WebAssembly.Memory): EngineKernel {
  compiled ??= new WebAssembly.Module(readFileSync(new URL('../kernels/engine.wasm', import.meta.url)))
  return new WebAssembly.Instance(compiled, { env: { memory } }).exports as unknown as EngineKernel
}
