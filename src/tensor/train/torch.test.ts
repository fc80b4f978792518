import { expect, test } from 'vitest'
import { at } from '../../core/panel.ts'
import { gradients } from '../graph/gradients.ts'
import { tensorGraph } from '../graph/graph.ts'
import { gelu, mean, mul, sub } from '../graph/operators.ts'
import type { Float } from '../graph/value.ts'
import { dense } from '../layers/dense.ts'
import { layerNormalised } from '../layers/normalise.ts'
import { parametersOf } from '../layers/parameters.ts'
import { type AllKept, fixture, linear, norm } from '../layers/torch.case.ts'
import type { Tensor } from '../onnx/model.ts'
import { writeModel } from '../onnx/write.ts'
import { session } from '../runtime.ts'
import { correctionsAt, type OptimiserOptions } from './optimiser.ts'
import { PACE, trainingStep } from './step.ts'

/** A step of PyTorch, and the gradient it was taken along. */
interface Taken {
  readonly loss: number
  /** Length of the gradient before it was clipped. */
  readonly norm: number
  readonly clipped: AllKept
  /** After the step. */
  readonly weights: AllKept
}

/** Steps of PyTorch's optimisers: a fixture. */
interface Steps {
  readonly clip: number
  readonly options: Readonly<Record<string, { readonly lr: number }>>
  readonly begun: AllKept
  readonly batches: readonly AllKept[]
  readonly steps: Readonly<Record<string, readonly Taken[]>>
}

const BROUGHT = { ...linear('hidden', '0'), ...norm('norm.', '1.'), ...linear('out', '3') }

/** Options of ours that are those of the fixture. */
const OPTIMISERS: Readonly<Record<string, OptimiserOptions>> = {
  adamw: { kind: 'adamw', beta1: 0.8, beta2: 0.95, decay: 0.1 },
  adam: { kind: 'adam', decay: 0.1 },
  momentum: { kind: 'sgd', momentum: 0.9, decay: 0.1 },
  nesterov: { kind: 'sgd', momentum: 0.9, nesterov: true, decay: 0.1 },
}

const floats = (dims: readonly number[], data: readonly number[] | Float32Array): Tensor => ({
  type: 'float32',
  dims,
  data: Float32Array.from(data),
})

test.each(Object.entries(OPTIMISERS))('whole steps by %s are those of PyTorch', async (name, optimiser) => {
  const { clip, options, begun, batches, steps } = fixture<Steps>('steps')
  const expected = steps[name] as readonly Taken[]
  const parameters = parametersOf(tensorGraph())
  const x = parameters.graph.input('x', [6, 3])
  const y = parameters.graph.input('y', [6, 2])
  const hidden = gelu(layerNormalised(parameters.in('norm'), dense(parameters.in('hidden'), x, 5)))
  const error = sub(dense(parameters.in('out'), hidden, 2), y)
  const mse = mean(mul(error, error))
  const named = [...parameters.all]
  const slopes = gradients(
    mse,
    named.map(([, { value }]) => value),
  )
  const shown = Object.fromEntries(named.map(([n], k) => [`slope.${n}`, slopes[k] as Float]))
  const step = trainingStep(parameters, mse, { optimiser, clip }, shown)
  const brought = (weights: AllKept) =>
    step.places.flatMap((place) => {
      const { shape, data } = (BROUGHT[place.name] as NonNullable<(typeof BROUGHT)[string]>)(weights)
      expect(shape, place.name).toEqual(place.shape)
      return data
    })
  const model = await session(writeModel(step.model), { threads: 1 })
  let rows = Object.fromEntries(
    step.rows.map((row) => [
      row,
      floats([step.size], row === 'parameters' ? brought(begun) : new Float32Array(step.size)),
    ]),
  )
  for (const [k, batch] of batches.entries()) {
    const pace = [options[name]?.lr as number, ...correctionsAt(optimiser, k + 1)]
    const given: Record<string, Tensor> = {
      ...rows,
      ...Object.fromEntries(Object.entries(batch).map(([n, { shape, data }]) => [n, floats(shape, data)])),
      ...Object.fromEntries(PACE.map((n, i) => [n, floats([], [pace[i] as number])])),
    }
    const out = await model.run(given)
    const { loss, norm: length, clipped, weights } = expected[k] as Taken
    expect(Number(out.loss?.data[0]) / loss).toBeCloseTo(1, 5)
    expect(Number(out['gradient.norm']?.data[0]) / length).toBeCloseTo(1, 5)
    const slope = step.places.flatMap((place) => [
      ...(out[`slope.${place.name}`] as Tensor & { readonly data: Float32Array }).data,
    ])
    const share = Math.min(1, clip / length)
    for (const [i, value] of brought(clipped).entries())
      expect(Math.abs(share * at(slope, i) - value)).toBeLessThan(1e-5)
    rows = Object.fromEntries(step.rows.map((row) => [row, out[`next.${row}`] as Tensor]))
    const ours = rows.parameters?.data as Float32Array
    for (const [i, value] of brought(weights).entries()) expect(Math.abs(at(ours, i) - value)).toBeLessThan(1e-5)
  }
  await model.dispose()
})
