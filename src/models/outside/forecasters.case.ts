import type { Graph, Model, Node, Tensor, ValueInfo } from '../../tensor/onnx/model.ts'
import { WireReader } from '../../tensor/onnx/wire-reader.ts'
import { writeModel } from '../../tensor/onnx/write.ts'
import { normalQuantile } from '../statistical/normal.ts'
import { LAYOUTS, type LayoutInput } from './layout.ts'

const LEVELS = LAYOUTS['chronos-bolt'].levels
const STEPS = 64

/** What {@link boltLike} adds to the mean for each standard deviation, at a level and a step. */
export const stretch = (level: number, step: number) => normalQuantile(level) * (1 + step / STEPS)

const node = (op: string, inputs: string, output: string, attributes?: Node['attributes']): Node => ({
  op,
  inputs: inputs.split(' '),
  outputs: [output],
  ...(attributes && { attributes }),
})
const float = (name: string, dims: readonly number[], values: readonly number[]): Tensor => ({
  name,
  type: 'float32',
  dims,
  data: Float32Array.from(values),
})
const axis = (name: string, value: number): Tensor => ({
  name,
  type: 'int64',
  dims: [1],
  data: BigInt64Array.of(BigInt(value)),
})
const modelOf = (graph: Omit<Graph, 'name'>): Model => ({
  irVersion: 8,
  opsets: { '': 17 },
  graph: { name: 'forecaster', ...graph },
})
const toFloat = { to: { kind: 'int', value: 1 } } as const
const info = (name: string, dims: ValueInfo['dims'], type: ValueInfo['type'] = 'float32'): ValueInfo => ({
  name,
  type,
  ...(dims && { dims }),
})

/** How a forecaster of the tests differs from the plain one. */
export interface Different {
  readonly input?: string
  readonly output?: string
  readonly inputDims?: ValueInfo['dims']
  readonly outputDims?: ValueInfo['dims']
  readonly type?: 'float32' | 'float64' | 'int64'
  /** An input beside, which the answer does not hang on. */
  readonly more?: ValueInfo
  /** Says the latest value instead of the mean. */
  readonly latest?: boolean
  /** Leaves the table of {@link stretch} out, for {@link outward} to put it into a file of its own. */
  readonly without?: boolean
}

/** The mean of what was observed, and multiples of its standard deviation: a forecaster with the tensors of Chronos-Bolt. */
export function boltLike(different: Different = {}): Uint8Array {
  const { input = 'context', output = 'quantile_preds', type = 'float32', more, without, latest } = different
  const { inputDims = ['batch', 'length'], outputDims = ['batch', LEVELS.length, STEPS] } = different
  const extra = more ? [node('Shape', more.name, 'unused')] : []
  const nodes = [
    node('Cast', input, 'seen', toFloat),
    node('IsNaN', 'seen', 'nan'),
    node('Where', 'nan zero seen', 'clean'),
    node('Not', 'nan', 'known'),
    node('Cast', 'known', 'flags', toFloat),
    node('ReduceSum', 'flags one', 'some'),
    node('Max', 'some least', 'count'),
    node('ReduceSum', 'clean one', 'sum'),
    latest
      ? node('Gather', 'clean end', 'mean', { axis: { kind: 'int', value: 1 } })
      : node('Div', 'sum count', 'mean'),
    node('Sub', 'clean mean', 'all'),
    node('Mul', 'all flags', 'off'),
    node('Mul', 'off off', 'squares'),
    node('ReduceSum', 'squares one', 'total'),
    node('Div', 'total count', 'variance'),
    node('Sqrt', 'variance', 'deviation'),
    node('Unsqueeze', 'mean two', 'centre'),
    node('Unsqueeze', 'deviation two', 'width'),
    node('Mul', 'width table', 'spread'),
    node('Add', 'centre spread', output),
    ...extra,
  ]
  const initializers = [
    float('zero', [], [0]),
    float('least', [], [1]),
    axis('one', 1),
    axis('two', 2),
    axis('end', -1),
  ]
  if (!without) initializers.push(float('table', TABLE, TABLE_VALUES))
  return writeModel(
    modelOf({
      nodes,
      initializers,
      inputs: [info(input, inputDims, type), ...(more ? [more] : [])],
      outputs: [info(output, outputDims)],
    }),
  )
}

const TABLE = [1, LEVELS.length, STEPS]
const TABLE_VALUES = LEVELS.flatMap((level) => Array.from({ length: STEPS }, (_, h) => stretch(level, h)))

/** The same with its table in a file beside it, as exporters write large models. */
export function outward(location: string): { readonly model: Uint8Array; readonly data: Uint8Array } {
  const text = (field: number, value: string) => message(field, [...Buffer.from(value)])
  const entry = message(13, [...text(1, 'location'), ...text(2, location)])
  const dims = TABLE.flatMap((d) => [0x08, d])
  // TensorProto by hand after onnx.proto: dims, data_type 1, name, external_data, data_location 1.
  const tensor = message(5, [...dims, 0x10, 1, ...text(8, 'table'), ...entry, 0x70, 1])
  const plain = boltLike({ without: true })
  const from = new WireReader(plain)
  while (from.next() && from.field !== 7) from.skip()
  const graph = message(7, [...from.chunk(), ...tensor])
  const opset = message(8, [...text(1, ''), 0x10, 17])
  const data = new Uint8Array(Float32Array.from(TABLE_VALUES).buffer)
  return { model: Uint8Array.from([0x08, 8, ...graph, ...opset]), data }
}

function message(field: number, bytes: readonly number[]): number[] {
  const length: number[] = []
  for (let rest = bytes.length; ; rest >>>= 7) {
    if (rest < 0x80) {
      length.push(rest)
      break
    }
    length.push((rest & 0x7f) | 0x80)
  }
  return [(field << 3) | 2, ...length, ...bytes]
}

/** What {@link scaledLike} multiplies the mean by, step by step, and level by level. */
export const FACTORS = [1.02, 1.04, 1.06, 1.08].map((step) => [0.8, 1, 1.2].map((level) => step * level))

/** Its layout: zeros and a mask where nothing was observed, four steps, quantiles last, what it sees divided by its mean. */
export const SCALED: LayoutInput = {
  ...{ context: 'past', mask: 'observed', outputs: 'answer', levels: [0.1, 0.5, 0.9] },
  ...{ contextLength: 10, horizon: 4, axes: 'steps-quantiles', missing: 'zero', scaling: 'mean' },
}

/** A tenth more than multiples of the mean of what was observed, which is told by a mask; or of everything, where there is none. */
export function scaledLike(mask: 'int64' | 'bool' | 'float32' | 'none' = 'int64'): Uint8Array {
  const told =
    mask !== 'none'
      ? [node('Cast', 'observed', 'flags', toFloat)]
      : [node('Mul', 'past zero', 'none'), node('Add', 'none unit', 'flags')]
  return writeModel(
    modelOf({
      nodes: [
        ...told,
        node('Mul', 'past flags', 'clean'),
        node('ReduceSum', 'clean one', 'sum'),
        node('ReduceSum', 'flags one', 'count'),
        node('Div', 'sum count', 'mean'),
        node('Unsqueeze', 'mean two', 'centre'),
        node('Mul', 'centre factors', 'product'),
        node('Add', 'product tenth', 'answer'),
      ],
      initializers: [
        ...[float('zero', [], [0]), float('unit', [], [1]), float('tenth', [], [0.1]), axis('one', 1), axis('two', 2)],
        float('factors', [1, 4, 3], FACTORS.flat()),
      ],
      inputs: [info('past', ['n', 't']), ...(mask !== 'none' ? [info('observed', ['n', 't'], mask)] : [])],
      outputs: [info('answer', undefined)],
    }),
  )
}
