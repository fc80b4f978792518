import { expect, test } from 'vitest'
import { Calendar } from '../../core/calendar.ts'
import { askOf } from '../../core/forecast.ts'
import { at, panelOf } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { runOf } from '../../core/run.ts'
import { memorySource } from '../../store/source.ts'
import { windowAt } from '../../store/window.ts'
import { toOnnx } from '../../tensor/graph/emit.ts'
import { tensorGraph } from '../../tensor/graph/graph.ts'
import { concat, reshape, slice } from '../../tensor/graph/operators.ts'
import type { Float, Int } from '../../tensor/graph/value.ts'
import { parametersOf } from '../../tensor/layers/parameters.ts'
import type { Tensor } from '../../tensor/onnx/model.ts'
import { writeModel } from '../../tensor/onnx/write.ts'
import { session } from '../../tensor/runtime.ts'
import { inputsOf } from '../../tensor/train/network.ts'
import type { Frame, Stepwise, View } from './architecture.ts'
import { deepar } from './architectures/deepar.ts'
import { viewByChance } from './architectures/running.case.ts'
import { inputFields } from './forecaster.ts'
import { neuralModel } from './neural-model.ts'
import { quantilesOfDraws } from './stepwise.ts'

const FRAME: Frame = { batch: 3, context: 6, horizon: 4, past: 2, known: 2, statics: 1, categories: [3] }
const WIDTH = 2

test.each(['lstm', 'gru'] as const)('step by step is the same as all at once, fed what came: %s', async (cell) => {
  const architecture = deepar({ cell, units: 5, layers: 2 })
  const stepwise = architecture.stepwise as Stepwise
  const parameters = parametersOf(tensorGraph(), { training: false })
  const fields = { ...inputFields(FRAME), truth: { shape: [4] }, weight: { shape: [4] } }
  const view = inputsOf(parameters.graph, fields, FRAME.batch) as unknown as Required<View>
  const { raw } = architecture.forward(parameters, view, FRAME, WIDTH)
  // The same by hand: each step cut out of what came.
  const of = (x: Float, t: number) => slice(x, 1, t, t + 1)
  let state = stepwise.start(parameters, view, FRAME)
  const steps: Float[] = []
  const zeros = parameters.graph.constant(new Float32Array(6), [3, 2]) as Float
  for (let h = 0; h < 4; h++) {
    const known = knownOf(view.known, FRAME.context + h)
    const said = stepwise.next(
      parameters,
      state,
      {
        previous: h === 0 ? of(view.target, 5) : of(view.truth, h - 1),
        there: h === 0 ? of(view.observed, 5) : of(view.weight, h - 1),
        known,
        past: h === 0 ? knownOf(view.past, 5) : zeros,
        statics: view.statics,
        categories: view.categories as Int,
      },
      FRAME,
      WIDTH,
    )
    state = said.state
    steps.push(said.raw)
  }
  const model = await session(writeModel(toOnnx({ raw, steps: concat(steps, 1) })), { threads: 1 })
  const random = Random.of(3, cell)
  const feeds: Record<string, Tensor> = {
    ...viewByChance(FRAME, random),
    truth: { type: 'float32', dims: [3, 4], data: Float32Array.from({ length: 12 }, () => random.normal()) },
    weight: { type: 'float32', dims: [3, 4], data: Float32Array.from({ length: 12 }, (_, k) => (k % 5 === 2 ? 0 : 1)) },
  }
  for (const [name, { value }] of parameters.all)
    feeds[name] = {
      type: 'float32',
      dims: value.shape,
      data: Float32Array.from({ length: value.shape.reduce((a, b) => a * b, 1) }, () => 0.5 * random.normal()),
    }
  const out = await model.run(Object.fromEntries(model.inputs.map((name) => [name, feeds[name] as Tensor])))
  await model.dispose()
  const [whole, single] = [out.raw?.data as Float32Array, out.steps?.data as Float32Array]
  for (let k = 0; k < whole.length; k++) expect(Math.abs(at(whole, k) - at(single, k))).toBeLessThan(1e-5)
})

const knownOf = (x: Float, t: number) => reshape(slice(x, 1, t, t + 1), [x.shape[0] as number, x.shape[2] as number])

test('paths go together as the days of the series do', async () => {
  // Demand wanders: an autoregression with 0.85, around 50, deviation 10 in the long run.
  const [persistence, deviation] = [0.85, 10]
  const series = Array.from({ length: 40 }, (_, i) => {
    const random = Random.of(i, 'wanders')
    let x = random.normal() * deviation
    const values = Array.from({ length: 120 }, () => {
      x = persistence * x + Math.sqrt(1 - persistence ** 2) * deviation * random.normal()
      return 50 + x
    })
    return { id: `item ${i}`, start: 0, values }
  })
  const panel = panelOf(series, { calendar: new Calendar({ unit: 'day' }) })
  const window = windowAt(memorySource(panel), 113, 6)
  const model = neuralModel({
    name: 'deepar',
    architecture: { name: 'deepar', options: { units: 16, layers: 1, paths: 200, dropout: 0 } },
    head: { name: 'gaussian' },
    examples: { context: 20, calendar: false },
    training: { leastSteps: 500, mostSteps: 500, batch: 128, rate: 0.01 },
  })
  const run = runOf({ seed: 5, threads: 1 })
  const fitted = await model.fit(window, run)
  const { paths, mean } = await fitted.forecast(window, askOf({ paths: 200 }), run)
  const values = paths?.values as Float64Array
  let [together, first, second, later] = [0, 0, 0, 0]
  for (let i = 0; i < 40; i++)
    for (let p = 0; p < 200; p++) {
      const off = (h: number) => at(values, (i * 200 + p) * 6 + h) - at(mean, i * 6 + h)
      together += off(3) * off(4)
      first += off(3) ** 2
      second += off(4) ** 2
      later += off(0) ** 2
    }
  const correlation = together / Math.sqrt(first * second)
  // What is known of the errors 4 and 5 steps ahead: corr = ρ √(v₄ / v₅) with vₕ = 1 − ρ²ʰ.
  const v = (h: number) => 1 - persistence ** (2 * h)
  expect(Math.abs(correlation - persistence * Math.sqrt(v(4) / v(5)))).toBeLessThan(0.12)
  expect(Math.abs(Math.sqrt(second / later) / Math.sqrt(v(5) / v(1)) - 1)).toBeLessThan(0.3)
})

test('the mean is that of the paths, for series that are near nothing or never sold, too', async () => {
  const series = Array.from({ length: 12 }, (_, i) => {
    const random = Random.of(i, 'small')
    const values = Array.from({ length: 80 }, () => (i === 0 ? 0 : random.poisson(i < 6 ? 0.3 : 6)))
    return { id: `item ${i}`, start: 0, values }
  })
  const window = windowAt(memorySource(panelOf(series, { calendar: new Calendar({ unit: 'day' }) })), 74, 4)
  const model = neuralModel({
    name: 'deepar',
    architecture: { name: 'deepar', options: { units: 8, layers: 1, paths: 50 } },
    examples: { context: 14 },
    training: { leastSteps: 80, mostSteps: 80, batch: 64, rate: 0.01 },
  })
  const run = runOf({ seed: 5, threads: 1 })
  const { paths, mean } = await (await model.fit(window, run)).forecast(window, askOf({ paths: 50 }), run)
  for (let i = 0; i < 12; i++)
    for (let h = 0; h < 4; h++) {
      let average = 0
      for (let p = 0; p < 50; p++) average += at(paths?.values ?? [], (i * 50 + p) * 4 + h) / 50
      expect(Math.abs(average - at(mean, i * 4 + h))).toBeLessThan(1e-9 + 1e-6 * at(mean, i * 4 + h))
    }
  expect(at(mean, 0)).toBeLessThan(0.5)
})

test('quantiles of draws are joined by lines', () => {
  const into = new Float64Array(3)
  quantilesOfDraws(Float64Array.of(0, 1, 2, 10), [0.5, 0.75, 1], into)
  expect([...into]).toEqual([1.5, 4, 10])
})
