import { Random } from '../../src/core/random.ts'
import { tensorGraph } from '../../src/tensor/graph/graph.ts'
import { mean } from '../../src/tensor/graph/operators.ts'
import type { Float } from '../../src/tensor/graph/value.ts'
import { dense } from '../../src/tensor/layers/dense.ts'
import { parametersOf } from '../../src/tensor/layers/parameters.ts'
import { lstm, stepsOf } from '../../src/tensor/layers/recurrent.ts'
import { inputsOf, type Network } from '../../src/tensor/train/network.ts'
import { predictorOf } from '../../src/tensor/train/predictor.ts'
import { initialRow, placesOf } from '../../src/tensor/train/step.ts'
import { atMost, type Bench, shown } from '../bench.ts'
import { median } from '../child.ts'

const SERIES = 42_421
const TIME = 30
const FEATURES = 8
const HORIZON = 7

const network: Network = {
  inputs: { x: { shape: [TIME, FEATURES] } },
  labels: {},
  forward(p, { x }) {
    let steps = stepsOf(x as Float)
    for (let l = 0; l < 2; l++) steps = lstm(p.in(`layer${l}`), steps, 64).steps
    return { y: dense(p.in('out'), steps.at(-1) as Float, HORIZON) }
  },
  loss: ({ y }) => mean(y as Float),
}

const bench: Bench = {
  about: 'an LSTM 2 × 64 of 30 steps answers 7 steps of 42,421 series: seconds, making it ready included',
  async measure({ smoke, log }) {
    const series = smoke ? 2048 : SERIES
    const seconds: number[] = []
    for (let k = 0; k < (smoke ? 1 : 5); k++) seconds.push(await answered(series))
    log(seconds.map((s) => s.toFixed(2)).join(', '))
    return [atMost('42,421 series, 7 steps', median(seconds), 2, 's'), shown('series', series, '')]
  },
}
export default bench

async function answered(series: number): Promise<number> {
  const begun = performance.now()
  const parameters = parametersOf(tensorGraph())
  network.forward(parameters, inputsOf(parameters.graph, network.inputs, 1))
  const weights = { places: placesOf(parameters), row: initialRow(parameters, Random.of(1, 'bench')) }
  const predictor = await predictorOf(network, weights, { batch: 512, threads: 2 })
  const x = predictor.inputs.x as Float32Array
  for (let from = 0; from < series; from += predictor.batch) {
    for (let k = 0; k < x.length; k++) x[k] = ((from + k) % 97) / 97
    await predictor.run()
  }
  await predictor.dispose()
  return (performance.now() - begun) / 1000
}
