import type { Model, Node, Tensor } from '../onnx/model.ts'
import { writeModel } from '../onnx/write.ts'
import { type SessionOptions, session } from '../runtime.ts'
import { type Matrix, type Product, productsOf, swept } from './weights.ts'

/** Inputs of one run of a model, by name. */
export type ModelFeeds = Readonly<Record<string, Tensor>>

/** How ranges of what goes into products are measured. */
export interface CalibrationOptions extends SessionOptions {
  /** Share of the numbers that the range leaves out at each end; none unless given: from the least to the most. */
  readonly beyond?: number
}

/** Numbers of one tensor and run that a range is taken from at most, where it leaves some out. */
const SAMPLE = 10_000

/**
 * A model whose products with weights are done in whole numbers of 8 bits: weights as int8 with a scale for each column, what they are multiplied
 * with as uint8 within the range that it has in runs on `calibration` (Jacob et al., 2018; Wu et al., 2020).
 *
 * Weights of recurrent operators and of tables, and small ones, stay as they are.
 *
 * @example
 * const bytes = writeModel(await quantised(readModel(file), [{ x: { type: 'float32', dims: [32, 64], data } }]))
 */
export async function quantised(
  model: Model,
  calibration: readonly ModelFeeds[],
  options: CalibrationOptions = {},
): Promise<Model> {
  const products = productsOf(model.graph)
  const ranges = await rangesOf(
    model,
    [...new Set([...products.values()].map(({ given }) => given))],
    calibration,
    options,
  )
  return rewritten(model, products, (given, { held, fresh }) => {
    const [low, high] = ranges.get(given) ?? [0, 1]
    const scale = (high - low) / 255 || 1
    const point = Math.min(255, Math.max(0, Math.round(-low / scale)))
    const by = held({ type: 'float32', dims: [], data: Float32Array.of(scale) })
    const zero = held({ type: 'uint8', dims: [], data: Uint8Array.of(point) })
    const whole = fresh('whole')
    return { nodes: [{ op: 'QuantizeLinear', inputs: [given, by, zero], outputs: [whole] }], whole, scale: by, zero }
  })
}

/**
 * A model whose products with weights are done in whole numbers of 8 bits, ranges being measured anew at every run: needs no calibration, and
 * takes a little longer.
 */
export function dynamicallyQuantised(model: Model): Model {
  return rewritten(model, productsOf(model.graph), (given, { fresh }) => {
    const [whole, scale, zero] = [fresh('whole'), fresh('scale'), fresh('zero')]
    const nodes = [{ op: 'DynamicQuantizeLinear', inputs: [given], outputs: [whole, scale, zero] }]
    return { nodes, whole, scale, zero }
  })
}

/** A tensor in whole numbers: (whole − zero) · scale. */
interface Whole {
  readonly nodes: readonly Node[]
  readonly whole: string
  readonly scale: string
  readonly zero: string
}

/** Names of new values and tensors. */
interface Scribe {
  held(tensor: Tensor): string
  fresh(what: string): string
}

/** A model with each product in whole numbers, what goes into several of them being made whole once. */
function rewritten(
  model: Model,
  products: ReadonlyMap<Node, Product>,
  wholeOf: (given: string, scribe: Scribe) => Whole,
): Model {
  const { graph } = model
  const initializers = [...(graph.initializers ?? [])]
  let count = 0
  const fresh = (what: string) => `int8.${what}${count++}`
  const held = (tensor: Tensor) => {
    const name = fresh('held')
    initializers.push({ ...tensor, name })
    return name
  }
  const wholes = new Map<string, Whole>()
  const weights = new Map<string, Readonly<Record<'values' | 'scales', string>>>()
  const nodes = graph.nodes.flatMap((node): readonly Node[] => {
    const product = products.get(node)
    if (!product) return [node]
    const { given, weight, matrix, added, result } = product
    const known = wholes.get(given)
    const whole = known ?? wholeOf(given, { held, fresh })
    wholes.set(given, whole)
    // The same weights may be used both as they are and turned.
    const key = `${weight} ${matrix.rows} ${matrix.columns} ${node.op}`
    let kept = weights.get(key)
    if (!kept) {
      const { values, scales } = columnwise(matrix)
      kept = {
        values: held({ type: 'int8', dims: [matrix.rows, matrix.columns], data: values }),
        scales: held({ type: 'float32', dims: [matrix.columns], data: scales }),
      }
      weights.set(key, kept)
    }
    const [sum, real, scale] = [fresh('sum'), fresh('real'), fresh('scale')]
    const scaled = added ? fresh('product') : result
    return [
      ...(known ? [] : whole.nodes),
      { op: 'MatMulInteger', inputs: [whole.whole, kept.values, whole.zero], outputs: [sum] },
      { op: 'Cast', inputs: [sum], outputs: [real], attributes: { to: { kind: 'int', value: 1 } } },
      { op: 'Mul', inputs: [whole.scale, kept.scales], outputs: [scale] },
      { op: 'Mul', inputs: [real, scale], outputs: [scaled] },
      ...(added ? [{ op: 'Add', inputs: [scaled, added], outputs: [result] }] : []),
    ]
  })
  return { ...model, graph: swept({ ...graph, nodes, initializers }) }
}

/** Whole numbers from −127 to 127 and a scale for each column. */
function columnwise({ rows, columns, data }: Matrix) {
  const scales = new Float32Array(columns)
  for (const [k, w] of data.entries()) scales[k % columns] = Math.max(scales[k % columns] as number, Math.abs(w) / 127)
  for (let c = 0; c < columns; c++) scales[c] ||= 1
  const values = Int8Array.from({ length: rows * columns }, (_, k) =>
    Math.round((data[k] as number) / (scales[k % columns] as number)),
  )
  return { values, scales }
}

/** The range of each of some values of a model over runs, 0 always within. */
async function rangesOf(
  model: Model,
  names: readonly string[],
  calibration: readonly ModelFeeds[],
  { beyond = 0, ...options }: CalibrationOptions,
): Promise<ReadonlyMap<string, readonly [number, number]>> {
  const { graph } = model
  const open = new Set([...graph.inputs, ...graph.outputs].map(({ name }) => name))
  const watched = names.filter((name) => !open.has(name)).map((name) => ({ name, type: 'float32' }) as const)
  const loaded = await session(
    writeModel({ ...model, graph: { ...graph, outputs: [...graph.outputs, ...watched] } }),
    options,
  )
  const ranges = new Map<string, readonly [number, number]>(names.map((name) => [name, [0, 0]]))
  const samples = new Map<string, number[]>(names.map((name) => [name, []]))
  try {
    for (const feeds of calibration) {
      const values: ModelFeeds = { ...feeds, ...(await loaded.run(feeds)) }
      for (const name of names) {
        const data = values[name]?.data as Float32Array
        const [low, high] = ranges.get(name) as readonly [number, number]
        if (beyond === 0)
          ranges.set(name, [data.reduce((a, b) => Math.min(a, b), low), data.reduce((a, b) => Math.max(a, b), high)])
        else {
          const every = Math.ceil(data.length / SAMPLE)
          for (let k = 0; k < data.length; k += every) samples.get(name)?.push(data[k] as number)
        }
      }
    }
  } finally {
    await loaded.dispose()
  }
  if (beyond > 0)
    for (const [name, sample] of samples) {
      const sorted = Float64Array.from(sample).sort()
      const end = Math.floor(beyond * (sorted.length - 1))
      ranges.set(name, [Math.min(0, sorted[end] ?? 0), Math.max(0, sorted[sorted.length - 1 - end] ?? 0)])
    }
  return ranges
}
