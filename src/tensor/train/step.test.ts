import { expect, test } from 'vitest'
import { at } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { tensorGraph } from '../graph/graph.ts'
import { add, matmul, mean, mul, sub } from '../graph/operators.ts'
import { constantly, normal, parametersOf, zeros } from '../layers/parameters.ts'
import { writeModel } from '../onnx/write.ts'
import { session } from '../runtime.ts'
import { correctionsAt, type OptimiserOptions } from './optimiser.ts'
import { initialRow, PACE, type StepOptions, trainingStep } from './step.ts'

const ROWS = 64
const WEIGHTS = [1.5, -2, 0.5]
const scalar = (x: number) => ({ type: 'float32', dims: [], data: Float32Array.of(x) }) as const

/** A line that is learned: `steps` steps at a rate, and what came of each. */
async function learned(options: StepOptions, steps: number, rate: number, start = 0) {
  const random = Random.of(2, 'line')
  const parameters = parametersOf(tensorGraph())
  const { graph } = parameters
  const x = graph.input('x', [ROWS, 3])
  const y = graph.input('y', [ROWS, 1])
  const out = add(
    matmul(x, parameters.get('w', [3, 1], constantly(start))),
    parameters.get('b', [1], constantly(start)),
  )
  const error = sub(out, y)
  const step = trainingStep(parameters, mean(mul(error, error)), options)
  const model = await session(writeModel(step.model), { threads: 1 })
  const inputs = Float32Array.from({ length: ROWS * 3 }, () => random.normal())
  const targets = Float32Array.from({ length: ROWS }, (_, r) =>
    WEIGHTS.reduce((s, w, k) => s + w * at(inputs, 3 * r + k), 0.7),
  )
  const row = (data: Float32Array) => ({ type: 'float32', dims: [step.size], data }) as const
  let rows = Object.fromEntries(
    step.rows.map((name) => [
      name,
      row(
        name === 'optimiser.first' || name === 'optimiser.second' || name === 'optimiser.momentum'
          ? new Float32Array(step.size)
          : initialRow(parameters, random),
      ),
    ]),
  )
  const losses: number[] = []
  const norms: number[] = []
  const path: Float32Array[] = []
  const averages: Float32Array[] = []
  for (let t = 1; t <= steps; t++) {
    const pace = [rate, ...correctionsAt(options.optimiser, t)].map((v, k) => [PACE[k] as string, scalar(v)] as const)
    const given = {
      x: { type: 'float32', dims: [ROWS, 3], data: inputs },
      y: { type: 'float32', dims: [ROWS, 1], data: targets },
      ...Object.fromEntries(pace),
      ...rows,
    } as const
    const all: Record<string, (typeof given)['x']> = { ...given } as never
    const out = await model.run(
      Object.fromEntries(model.inputs.map((name) => [name, all[name] as (typeof given)['x']])),
    )
    losses.push(Number(out.loss?.data[0]))
    norms.push(Number(out['gradient.norm']?.data[0]))
    rows = Object.fromEntries(step.rows.map((name) => [name, row(out[`next.${name}`]?.data as Float32Array)]))
    path.push((rows.parameters as { data: Float32Array }).data)
    if (rows.average) averages.push((rows.average as { data: Float32Array }).data)
  }
  await model.dispose()
  return { losses, norms, path, averages, inputs, targets }
}

const KINDS: readonly [string, OptimiserOptions, number][] = [
  ['gradient descent', { kind: 'sgd' }, 0.1],
  ['momentum', { kind: 'sgd', momentum: 0.9 }, 0.03],
  ['Nesterov momentum', { kind: 'sgd', momentum: 0.9, nesterov: true }, 0.03],
  ['Adam', { kind: 'adam' }, 0.1],
  ['AdamW', { kind: 'adamw', decay: 1e-4 }, 0.1],
]

test.each(KINDS)('%s finds the line', async (_, optimiser, rate) => {
  const { losses, path } = await learned({ optimiser }, 200, rate)
  expect(losses.at(-1)).toBeLessThan(1e-4)
  for (const [k, w] of [...WEIGHTS, 0.7].entries()) expect(at(path.at(-1) as Float32Array, k)).toBeCloseTo(w, 1)
})

test.each(KINDS)('%s takes the steps of its equations', async (_, optimiser, rate) => {
  const { path, inputs, targets } = await learned({ optimiser }, 5, rate, 0.5)
  const p = [0.5, 0.5, 0.5, 0.5]
  const first = [0, 0, 0, 0]
  const second = [0, 0, 0, 0]
  for (let t = 1; t <= 5; t++) {
    const g = [0, 0, 0, 0]
    for (let r = 0; r < ROWS; r++) {
      const x = [0, 1, 2].map((k) => at(inputs, 3 * r + k)).concat(1)
      const e = x.reduce((s, v, k) => s + v * at(p, k), 0) - at(targets, r)
      for (const [k, v] of x.entries()) g[k] = at(g, k) + (2 * e * v) / ROWS
    }
    for (const [k, slope] of g.entries()) {
      const old = at(p, k)
      if (optimiser.kind === 'sgd') {
        const { momentum = 0, nesterov = false } = optimiser
        first[k] = momentum * at(first, k) + slope
        p[k] = old - rate * (nesterov ? slope + momentum * at(first, k) : at(first, k))
        continue
      }
      first[k] = 0.9 * at(first, k) + 0.1 * slope
      second[k] = 0.999 * at(second, k) + 0.001 * slope * slope
      const [m, v] = [at(first, k) / (1 - 0.9 ** t), at(second, k) / (1 - 0.999 ** t)]
      // The bias does not decay.
      const pull = optimiser.kind === 'adamw' && k < 3 ? rate * (optimiser.decay ?? 0.01) * old : 0
      p[k] = old - (rate * m) / (Math.sqrt(v) + 1e-8) - pull
    }
    for (const [k, value] of p.entries())
      expect(Math.abs(at(path[t - 1] as Float32Array, k) - value)).toBeLessThan(2e-5)
  }
})

test('a gradient that is too long is clipped, and says how long it was', async () => {
  const free = await learned({ optimiser: { kind: 'sgd' } }, 1, 1)
  const clipped = await learned({ optimiser: { kind: 'sgd' }, clip: 0.25 }, 1, 1)
  expect(clipped.norms[0]).toBeCloseTo(free.norms[0] as number, 5)
  expect(clipped.norms[0]).toBeGreaterThan(1)
  const length = Math.hypot(...(clipped.path[0] as Float32Array))
  expect(length).toBeCloseTo(0.25, 5)
  const short = await learned({ optimiser: { kind: 'sgd' }, clip: 100 }, 1, 1)
  expect(short.path[0]).toEqual(free.path[0])
})

test('a moving average of the parameters is kept', async () => {
  const { path, averages } = await learned({ optimiser: { kind: 'adam' }, average: 0.8 }, 3, 0.1, 0.5)
  let average = 0.5
  for (const [t, row] of path.entries()) {
    average = 0.8 * average + 0.2 * at(row, 0)
    expect(at(averages[t] as Float32Array, 0)).toBeCloseTo(average, 5)
  }
})

test('first parameters are the same under the same seed', () => {
  const rows = [1, 1, 2].map((seed) => {
    const p = parametersOf(tensorGraph())
    p.get('w', [4, 4], normal(0.02))
    p.get('b', [4], zeros)
    return initialRow(p, Random.of(seed, 'first'))
  })
  expect(rows[0]).toEqual(rows[1])
  expect(rows[0]).not.toEqual(rows[2])
  expect([...(rows[0] as Float32Array).slice(16)]).toEqual([0, 0, 0, 0])
})
