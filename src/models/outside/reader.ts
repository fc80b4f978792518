import { ForetideError } from '../../core/errors.ts'
import { at } from '../../core/panel.ts'
import { checkInterrupt, type Run } from '../../core/run.ts'
import type { Tensor } from '../../tensor/onnx/model.ts'
import { session } from '../../tensor/runtime.ts'
import type { Opened } from './open.ts'
import { type MASK_TYPES, shapesOf, shapeText } from './wiring.ts'

/** Series at once, where a model takes any number. */
const BATCH = 64

/** Reads series, so many by number, and hands out the quantiles of each in units: `own[step · levels + level]`, good until the next. */
export interface Reader {
  read(
    lengths: ArrayLike<number>,
    contextOf: (k: number) => Float64Array,
    visit: (k: number, own: Float64Array) => void,
  ): Promise<void>
  dispose(): Promise<void>
}

type Numbers = Float32Array | Float64Array
type MaskType = (typeof MASK_TYPES)[number]
const MASKS: { readonly [T in MaskType]: (flags: Uint8Array) => Tensor['data'] } = {
  float32: (flags) => Float32Array.from(flags),
  float64: (flags) => Float64Array.from(flags),
  int64: (flags) => BigInt64Array.from(flags, BigInt),
  int32: (flags) => Int32Array.from(flags),
  bool: (flags) => flags,
}

/** Most periods of the past that a model is shown. */
export const contextLengthOf = ({ layout, wiring }: Opened): number =>
  Math.min(layout.contextLength, wiring.length ?? layout.contextLength)

/** Loads a model into the engine. */
export async function readerOf(opened: Opened, run: Run): Promise<Reader> {
  const { file, layout, wiring } = opened
  const loaded = await session(file, { threads: run.threads })
  const { horizon } = layout
  const n = layout.levels.length
  const own = new Float64Array(horizon * n)
  const [perStep, perLevel] = layout.axes === 'quantiles-steps' ? [1, horizon] : [n, 1]

  const answer = async (contexts: readonly Float64Array[]) => {
    const rows = wiring.batch ?? contexts.length
    const columns = wiring.length ?? Math.max(...contexts.map(({ length }) => length))
    const scales = contexts.map((context) => (layout.scaling === 'mean' ? scaleOf(context) : 1))
    const values: Numbers = new (wiring.context.type === 'float32' ? Float32Array : Float64Array)(rows * columns)
    if (layout.missing === 'nan') values.fill(Number.NaN)
    const flags = new Uint8Array(rows * columns)
    for (const [r, context] of contexts.entries()) {
      const place = (r + 1) * columns - context.length
      for (let t = 0; t < context.length; t++) {
        const y = at(context, t)
        if (Number.isNaN(y)) continue
        values[place + t] = y / at(scales, r)
        flags[place + t] = 1
      }
    }
    const dims = [rows, columns]
    const feeds: Record<string, Tensor> = {
      [wiring.context.name]: { type: wiring.context.type, dims, data: values } as Tensor,
    }
    if (wiring.mask) {
      const { name, type } = wiring.mask
      feeds[name] = { type, dims, data: MASKS[type](flags) } as Tensor
    }
    const said = (await loaded.run(feeds))[wiring.outputs] as Tensor
    const fits = said.dims[0] === rows && shapesOf(layout).some((shape) => shape.join() === said.dims.slice(1).join())
    if (!fits) {
      const found = `[${said.dims.join(', ')}]`
      throw new ForetideError('outside.dims', { file, name: wiring.outputs, found, wanted: shapeText(layout) })
    }
    return { data: said.data as Numbers, scales }
  }

  return {
    async read(lengths, contextOf, visit) {
      for (const batch of batchesOf(lengths, opened)) {
        checkInterrupt(run)
        const { data, scales } = await answer(batch.map(contextOf))
        for (const [r, k] of batch.entries()) {
          for (let h = 0; h < horizon; h++)
            for (let l = 0; l < n; l++)
              own[h * n + l] = at(scales, r) * at(data, r * own.length + h * perStep + l * perLevel)
          visit(k, own)
        }
      }
    },
    dispose: () => loaded.dispose(),
  }
}

/** The mean absolute value of what was observed; 1 where that is 0. */
function scaleOf(context: Float64Array): number {
  let [sum, count] = [0, 0]
  for (const y of context)
    if (!Number.isNaN(y)) {
      sum += Math.abs(y)
      count++
    }
  return sum > 0 ? sum / count : 1
}

/** Series of like lengths together, by number: shorter ones are filled up on the left to the longest of their batch. */
function batchesOf(lengths: ArrayLike<number>, { layout, wiring }: Opened): number[][] {
  const order = Array.from({ length: lengths.length }, (_, k) => k)
  order.sort((a, b) => at(lengths, a) - at(lengths, b) || a - b)
  // A model that takes filling for sales of 0 is not shown any that it need not be.
  const blind = layout.missing === 'zero' && !wiring.mask
  const most = wiring.batch ?? BATCH
  const batches: number[][] = []
  for (const k of order) {
    const last = batches.at(-1)
    const fits = last && last.length < most && (!blind || at(lengths, last[0] as number) === at(lengths, k))
    if (fits) last.push(k)
    else batches.push([k])
  }
  return batches
}
