import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InferenceSession } from 'onnxruntime-node'
import { expect, test } from 'vitest'
import { at } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { parametersOf } from '../layers/parameters.ts'
import { gru, lstm, stepsOf } from '../layers/recurrent.ts'
import type { Model } from '../onnx/model.ts'
import { readModel } from '../onnx/read.ts'
import { writeModel } from '../onnx/write.ts'
import { session } from '../runtime.ts'
import { checkpointed } from './checkpointed.ts'
import { toOnnx } from './emit.ts'
import { gradients } from './gradients.ts'
import { tensorGraph } from './graph.ts'
import { add, div, exp, matmul, mul, sigmoid, split, sub, sum, tanh } from './operators.ts'
import type { Float, TensorGraph, Value } from './value.ts'

type Make = (inputs: readonly Float[]) => readonly Float[]
/** Segments as they are, or checkpointed. */
type Way = (make: Make, inputs: readonly Float[]) => readonly Float[]
const plainly: Way = (make, inputs) => make(inputs)

/** A loss and its gradients by all inputs of the graph, on numbers by chance. */
async function found(build: (graph: TensorGraph, way: Way) => Float, way: Way) {
  const graph = tensorGraph()
  const loss = build(graph, way)
  const inputs = [...graph.inputs].sort(([a], [b]) => (a < b ? -1 : 1)) as [string, Float][]
  const slopes = gradients(
    loss,
    inputs.map(([, value]) => value),
  )
  const model = toOnnx({ loss, ...Object.fromEntries(inputs.map(([name], k) => [`d.${name}`, slopes[k] as Value])) })
  const random = Random.of(3, 'checkpoint')
  const feeds = inputs.map(([name, { shape }]) => {
    const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal() / 2)
    return [name, { type: 'float32', dims: shape, data }] as const
  })
  const loaded = await session(writeModel(model), { threads: 1 })
  const results = await loaded.run(Object.fromEntries(feeds))
  await loaded.dispose()
  return { results, model }
}

async function alike(build: (graph: TensorGraph, way: Way) => Float) {
  const all = await found(build, plainly)
  const again = await found(build, checkpointed)
  expect(Object.keys(again.results)).toEqual(Object.keys(all.results))
  for (const [name, { data }] of Object.entries(all.results)) {
    const other = again.results[name]?.data as Float32Array
    expect([...(data as Float32Array)].some((x) => x !== 0)).toBe(true)
    for (const [k, x] of (data as Float32Array).entries())
      expect(Math.abs(at(other, k) - x)).toBeLessThan(1e-6 * Math.max(1, Math.abs(x)))
  }
  return { all: all.model, again: again.model }
}
const count = ({ graph }: Model, op: string) => graph.nodes.filter((node) => node.op === op).length

test('gradients are those of what is not checkpointed, by inputs and by what the segment reads beside them', async () => {
  const { all, again } = await alike((graph, way) => {
    const w = graph.input('w', [4, 4])
    let x: Float = graph.input('x', [3, 4])
    for (let k = 0; k < 3; k++) [x] = way(([h]) => [tanh(matmul(sigmoid(matmul(h as Float, w)), w))], [x]) as [Float]
    return sum(mul(x, x))
  })
  expect(count(all, 'Tanh')).toBe(3)
  expect(count(again, 'Tanh')).toBe(6)
})

test('several inputs and outputs, some of which nothing depends on, the same input twice, an input as an output', async () => {
  await alike((graph, way) => {
    const a = graph.input('a', [2, 3])
    const b = graph.input('b', [2, 3])
    const [p, , q] = way(
      ([x, y, z]) => [mul(x as Float, exp(y as Float)), sub(x as Float, 7), add(y as Float, z as Float)],
      [a, b, a],
    ) as [Float, Float, Float]
    const [same, other] = way(([x]) => [x as Float, div(x as Float, 3)], [p]) as [Float, Float]
    return sum(mul(mul(same, other), sigmoid(q)))
  })
})

test('segments within segments, and a value that came before is read beside one that came of it', async () => {
  await alike((graph, way) => {
    const w = graph.input('w', [3, 3])
    const x = graph.input('x', [2, 3])
    const early = tanh(matmul(x, w))
    const [y] = way(
      ([h]) => {
        const [inner] = way(([g]) => split(exp(matmul(g as Float, w)), [1, 2]), [h as Float]) as [Float]
        return [mul(tanh(inner), early)]
      },
      [sigmoid(early)],
    ) as [Float]
    return sum(mul(y, y))
  })
})

test('what depends on none of the inputs is left as it is', () => {
  const x = tensorGraph().input('x', [2])
  const other = x.from.graph.input('other', [2])
  expect(checkpointed(() => [exp(x)], [other])).toEqual([exp(x)])
})

for (const [name, layer] of Object.entries({ lstm, gru })) {
  test(`${name}: segments of any length, and a state to begin from, change no gradient`, async () => {
    for (const segment of [1, 3, 4, 20])
      await alike((graph, way) => {
        const parameters = parametersOf(graph)
        const state = ['s', 't'].slice(0, name === 'gru' ? 1 : 2).map((s) => graph.input(s, [2, 5]) as Float)
        const options = way === checkpointed ? { segment } : {}
        const first = layer(parameters.in('a'), stepsOf(graph.input('x', [2, 7, 3])), 5, undefined, options)
        const second = layer(parameters.in('b'), first.steps, 5, state, options)
        return add(sum(second.steps[3] as Float), sum(mul(second.state.at(-1) as Float, second.steps.at(-1) as Float)))
      })
  })
}

/** The gradients of a long gated recurrent unit as a model. */
function long(time: number, segment?: number): Model {
  const parameters = parametersOf(tensorGraph())
  const x = parameters.graph.input('x', [4, time, 2])
  const { steps } = gru(parameters, stepsOf(x), 8, undefined, segment === undefined ? {} : { segment })
  const loss = sum(mul(steps.at(-1) as Float, steps.at(-1) as Float))
  const values = [...parameters.all.values()].map(({ value }) => value)
  return toOnnx({ loss, ...Object.fromEntries(gradients(loss, values).map((d, k) => [`d${k}`, d])) })
}

/** The most tensors that are held at once when a model's nodes run one after the other, each tensor until it is last read. */
function mostLive({ graph: { nodes } }: Model): number {
  const last = new Map(nodes.flatMap(({ inputs }, k) => inputs.map((name) => [name, k] as const)))
  const ends = Array.from(nodes, () => 0)
  let live = 0
  let most = 0
  for (const [k, { outputs }] of nodes.entries()) {
    live += outputs.length
    most = Math.max(most, live)
    for (const name of outputs) {
      const end = Math.max(last.get(name) ?? k, k)
      ends[end] = at(ends, end) + 1
    }
    live -= at(ends, k)
  }
  return most
}

test('a long sequence in segments holds a fraction of the tensors at once', () => {
  const whole = mostLive(long(512))
  const segmented = mostLive(long(512, 23))
  expect(whole).toBeGreaterThan(512 * 5)
  // Its inputs and its steps' places remain: a few tensors a step and what one segment holds.
  expect(segmented).toBeLessThan(whole / 2)
})

test('ONNX Runtime leaves the second computation as it is, however much it optimises', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'foretide-'))
  const optimised = async (model: Model) => {
    const optimizedModelFilePath = join(folder, 'optimised.onnx')
    const settings = { optimizedModelFilePath, graphOptimizationLevel: 'all', logSeverityLevel: 4 } as const
    await (await InferenceSession.create(writeModel(model), settings)).release()
    return readModel(await readFile(optimizedModelFilePath))
  }
  expect(count(await optimised(long(12)), 'Tanh')).toBe(12)
  expect(count(await optimised(long(12, 4)), 'Tanh')).toBe(24)
  await rm(folder, { recursive: true })
})
