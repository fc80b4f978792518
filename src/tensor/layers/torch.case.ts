import { readFileSync } from 'node:fs'

/** A tensor as PyTorch had it. */
export interface Kept {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}
export type AllKept = Readonly<Record<string, Kept>>

/** What `bench/peers/torch_fixtures.py` wrote under a name. */
export const fixture = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`../../../test/fixtures/torch/${name}.json`, import.meta.url), 'utf8')) as T

/** Brings a tensor of PyTorch to our layout: weights and gradients by the same way. */
export type Brought = (torch: AllKept) => Kept

/** The tensor of a name as it is. */
export const as =
  (name: string): Brought =>
  (torch) => {
    const kept = torch[name]
    if (!kept) throw new Error(`no ${name} among ${Object.keys(torch).join(', ')}`)
    return kept
  }

/** A matrix whose rows and columns change places: PyTorch's linear layers hold a row for each unit. */
export const turned =
  (of: string | Brought): Brought =>
  (torch) => {
    const { shape, data } = (typeof of === 'string' ? as(of) : of)(torch)
    const [rows, columns] = shape as readonly [number, number]
    return {
      shape: [columns, rows],
      data: data.map((_, k) => data[(k % rows) * columns + Math.floor(k / rows)] as number),
    }
  }

/** Equal blocks of the first axis in another order: gates. */
export const blocks =
  (of: string, order: readonly number[]): Brought =>
  (torch) => {
    const { shape, data } = as(of)(torch)
    const size = data.length / order.length
    return { shape, data: order.flatMap((k) => data.slice(k * size, (k + 1) * size)) }
  }

/** Tensors one below the other. */
export const stacked =
  (...of: readonly string[]): Brought =>
  (torch) => {
    const parts = of.map((name) => as(name)(torch))
    const [first] = parts as [Kept, ...Kept[]]
    const rows = parts.reduce((sum, { shape }) => sum + (shape[0] as number), 0)
    return { shape: [rows, ...first.shape.slice(1)], data: parts.flatMap(({ data }) => data) }
  }

/** A part of the first axis. */
export const rows =
  (of: string, from: number, to: number): Brought =>
  (torch) => {
    const { shape, data } = as(of)(torch)
    const size = data.length / (shape[0] as number)
    return { shape: [to - from, ...shape.slice(1)], data: data.slice(from * size, to * size) }
  }

/** The weights of a convolution, [units, channels, kernel], as ours, [kernel · channels, units]. */
export const kernels =
  (of: string): Brought =>
  (torch) => {
    const { shape, data } = as(of)(torch)
    const [units, channels, kernel] = shape as readonly [number, number, number]
    const ours = Array.from({ length: data.length }, (_, at) => {
      const [unit, row] = [at % units, Math.floor(at / units)]
      const [channel, step] = [row % channels, Math.floor(row / channels)]
      return data[(unit * channels + channel) * kernel + step] as number
    })
    return { shape: [kernel * channels, units], data: ours }
  }

/** Where our dense layer has its weights from. */
export const linear = (ours: string, torch: string): Readonly<Record<string, Brought>> => ({
  [`${ours}.weight`]: turned(`${torch}.weight`),
  [`${ours}.bias`]: as(`${torch}.bias`),
})

/** Where our normalisation has its weights from. */
export const norm = (ours: string, torch: string): Readonly<Record<string, Brought>> => ({
  [`${ours}scale`]: as(`${torch}weight`),
  [`${ours}shift`]: as(`${torch}bias`),
})
