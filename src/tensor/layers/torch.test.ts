import { expect, test } from 'vitest'
import { at } from '../../core/panel.ts'
import { toOnnx } from '../graph/emit.ts'
import { gradients } from '../graph/gradients.ts'
import { tensorGraph } from '../graph/graph.ts'
import { concat, mul, reshape, slice, sum, transpose } from '../graph/operators.ts'
import type { Float } from '../graph/value.ts'
import type { Tensor } from '../onnx/model.ts'
import { writeModel } from '../onnx/write.ts'
import { session } from '../runtime.ts'
import { attention, causalMask, missingMask, selfAttention } from './attention.ts'
import { convolution, pooling } from './convolution.ts'
import { dense } from './dense.ts'
import { gatedResidual, selectedVariables } from './gated.ts'
import { mixing, residualBlock } from './mixing.ts'
import { batchNormalised, layerNormalised, reversible, rmsNormalised } from './normalise.ts'
import { type Parameters, parametersOf } from './parameters.ts'
import { gru, lstm, type Recurrence, stepsOf } from './recurrent.ts'
import {
  type AllKept,
  as,
  type Brought,
  blocks,
  fixture,
  type Kept,
  kernels,
  linear,
  norm,
  rows,
  stacked,
  turned,
} from './torch.case.ts'
import { transformerBlock } from './transformer.ts'

/** A layer of PyTorch, run: a fixture. */
interface Run {
  readonly inputs: AllKept
  readonly weights: AllKept
  readonly output: Kept
  readonly upstream: Kept
  readonly gradients: AllKept
}

/** The same layer of ours, and where each of its parameters stands in PyTorch's. */
interface Case {
  build(parameters: Parameters, inputs: Readonly<Record<string, Float>>): Float
  readonly parameters: Readonly<Record<string, Brought>>
}

const LSTM = [0, 1, 3, 2]
const recurrentLayer = (ours: string, torch: string, order: readonly number[]) => ({
  [`${ours}input`]: turned(blocks(`weight_ih_${torch}`, order)),
  [`${ours}hidden`]: turned(blocks(`weight_hh_${torch}`, order)),
  [`${ours}bias`]: blocks(`bias_ih_${torch}`, order),
})
/** [batch, time, units] of what a recurrent layer gave. */
const whole = ({ steps }: Recurrence) =>
  concat(
    steps.map((step) => reshape(step, [2, 1, 4])),
    1,
  )

const gated = (ours: string, torch: string) => ({
  ...linear(`${ours}input`, `${torch}input`),
  ...linear(`${ours}inner`, `${torch}inner`),
  // F.glu has its gate second.
  [`${ours}gate.weight`]: turned((torchs) => blocks(`${torch}gate.weight`, [1, 0])(torchs)),
  [`${ours}gate.bias`]: blocks(`${torch}gate.bias`, [1, 0]),
  ...norm(`${ours}norm.`, `${torch}norm.`),
})
const context = (ours: string, torch: string) => ({ [`${ours}context.weight`]: turned(`${torch}context.weight`) })

const selfAttended = (ours: string, torch: string) => ({
  [`${ours}into.weight`]: turned(`${torch}in_proj_weight`),
  [`${ours}into.bias`]: as(`${torch}in_proj_bias`),
  ...linear(`${ours}out`, `${torch}out_proj`),
})

/** For each fixture the layer of ours that is to be equal to it. */
const CASES: Readonly<Record<string, Case>> = {
  lstm: {
    build: (p, { input }) => {
      const first = lstm(p.in('first'), stepsOf(input as Float), 4)
      return whole(lstm(p.in('second'), first.steps, 4))
    },
    parameters: { ...recurrentLayer('first.', 'l0', LSTM), ...recurrentLayer('second.', 'l1', LSTM) },
  },
  gru: {
    build: (p, { input }) => whole(gru(p, stepsOf(input as Float), 4)),
    parameters: { ...recurrentLayer('', 'l0', [0, 1, 2]), hiddenBias: as('bias_hh_l0') },
  },
  'self-attention': {
    build: (p, { input }) => selfAttention(p, input as Float, { heads: 2 }).values,
    parameters: selfAttended('', ''),
  },
  'causal-attention': {
    build: (p, { input }) => selfAttention(p, input as Float, { heads: 2, mask: causalMask(p, 5) }).values,
    parameters: selfAttended('', ''),
  },
  'missing-attention': {
    build: (p, { query, memory }) => {
      const observed = p.graph.constant(Float32Array.of(1, 0, 1, 1, 0, 0, 1, 1, 1, 1), [2, 5]) as Float
      return attention(p, query as Float, memory as Float, { heads: 2, mask: missingMask(observed) }).values
    },
    parameters: {
      'query.weight': turned('q_proj_weight'),
      'query.bias': rows('in_proj_bias', 0, 8),
      'memory.weight': turned(stacked('k_proj_weight', 'v_proj_weight')),
      'memory.bias': rows('in_proj_bias', 8, 24),
      ...linear('out', 'out_proj'),
    },
  },
  transformer: {
    build: (p, { input }) =>
      transformerBlock(p, input as Float, { heads: 2, hidden: 12, mask: causalMask(p, 5) }).values,
    parameters: {
      ...norm('attention.norm.', 'norm1.'),
      ...selfAttended('attention.', 'self_attn.'),
      ...norm('forward.norm.', 'norm2.'),
      ...linear('hidden', 'linear1'),
      ...linear('out', 'linear2'),
    },
  },
  'causal-convolution': {
    build: (p, { input }) => convolution(p, input as Float, 4, { kernel: 3, dilation: 2 }),
    parameters: { weight: kernels('conv.weight'), bias: as('conv.bias') },
  },
  'same-convolution': {
    build: (p, { input }) => convolution(p, input as Float, 4, { kernel: 4, sight: 'same' }),
    parameters: { weight: kernels('conv.weight'), bias: as('conv.bias') },
  },
  pooling: {
    build: (_, { input }) => concat([pooling(input as Float, 3, 'max'), pooling(input as Float, 3, 'mean')]),
    parameters: {},
  },
  'layer-norm': { build: (p, { input }) => layerNormalised(p, input as Float), parameters: norm('', '') },
  'rms-norm': { build: (p, { input }) => rmsNormalised(p, input as Float), parameters: { scale: as('weight') } },
  'batch-norm': { build: (p, { input }) => batchNormalised(p, input as Float), parameters: norm('', 'norm.') },
  reversible: {
    build: (p, { input }) => {
      const { normal, restored } = reversible(p, input as Float)
      return restored(transpose(dense(p.in('time'), transpose(normal), 3)))
    },
    parameters: { scale: as('scale'), shift: as('shift'), ...linear('time', 'time') },
  },
  gated: {
    build: (p, { input, context }) => gatedResidual(p, input as Float, 4, { hidden: 6, context: context as Float }),
    parameters: { ...gated('', ''), ...context('', ''), ...linear('around', 'around') },
  },
  selection: {
    build: (p, { input, context }) => {
      const variables = [0, 2, 4].map((from) => slice(input as Float, 2, from, from + 2))
      return selectedVariables(p, variables, 4, { context: context as Float }).values
    },
    parameters: {
      ...gated('weights.', 'weights.'),
      ...context('weights.', 'weights.'),
      ...linear('weights.around', 'weights.around'),
      ...Object.assign(
        {},
        ...[0, 1, 2].map((j) => ({
          ...gated(`variable${j}.`, `variables.${j}.`),
          ...linear(`variable${j}.around`, `variables.${j}.around`),
        })),
      ),
    },
  },
  mixing: {
    build: (p, { input }) => mixing(p, input as Float, { hidden: 7 }),
    parameters: {
      ...norm('time.norm.', 'norm_time.'),
      ...linear('time', 'time'),
      ...norm('features.norm.', 'norm_width.'),
      ...linear('hidden', 'into'),
      ...linear('out', 'back'),
    },
  },
  residual: {
    build: (p, { input }) => residualBlock(p, input as Float, 3, { hidden: 6 }),
    parameters: {
      ...linear('hidden', 'hidden'),
      ...linear('out', 'out'),
      ...linear('around', 'around'),
      ...norm('norm.', 'norm.'),
    },
  },
}

const tensor = ({ shape, data }: Kept): Tensor => ({ type: 'float32', dims: shape, data: Float32Array.from(data) })

/** How far numbers are from those of PyTorch at most, as a share of these where they are larger than 1. */
function off(ours: Tensor | undefined, { shape, data }: Kept): number {
  expect(ours?.dims).toEqual(shape)
  const numbers = ours?.data as Float32Array
  return data.reduce((most, x, k) => Math.max(most, Math.abs(at(numbers, k) - x) / Math.max(1, Math.abs(x))), 0)
}

test.each(Object.entries(CASES))(
  '%s gives what PyTorch gives, and its gradients',
  async (name, { build, parameters: brought }) => {
    const run = fixture<Run>(name)
    const parameters = parametersOf(tensorGraph())
    const { graph } = parameters
    const inputs = Object.fromEntries(
      Object.entries(run.inputs).map(([n, { shape }]) => [n, graph.input(`in.${n}`, shape)]),
    )
    const output = build(parameters, inputs)
    expect([...parameters.all.keys()].sort()).toEqual(Object.keys(brought).sort())
    const upstream = graph.constant(Float32Array.from(run.upstream.data), run.upstream.shape) as Float
    const learned = [...parameters.all]
    const wanted = [
      ...Object.entries(inputs).map(([n, value]) => [`in.${n}`, value] as const),
      ...learned.map(([n, { value }]) => [n, value] as const),
    ]
    const slopes = gradients(
      sum(mul(output, upstream)),
      wanted.map(([, value]) => value),
    )
    const named = Object.fromEntries(wanted.map(([n], k) => [`slope.${n}`, slopes[k] as Float]))
    const model = await session(writeModel(toOnnx({ output, ...named })), { threads: 1 })
    const feeds = {
      ...Object.fromEntries(Object.entries(run.inputs).map(([n, kept]) => [`in.${n}`, tensor(kept)])),
      ...Object.fromEntries(Object.entries(brought).map(([n, bring]) => [n, tensor(bring(run.weights))])),
    }
    const found = await model.run(feeds)
    await model.dispose()
    expect(off(found.output, run.output)).toBeLessThan(1e-5)
    for (const n of Object.keys(inputs))
      expect(off(found[`slope.in.${n}`], run.gradients[n] as Kept), n).toBeLessThan(1e-5)
    for (const [n, bring] of Object.entries(brought))
      expect(off(found[`slope.${n}`], bring(run.gradients)), n).toBeLessThan(1e-5)
  },
)
