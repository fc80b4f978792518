import { modelContract } from '../contract.case.ts'
import { NEURAL_NAMES, type NeuralName, neuralNamed } from './presets.ts'

/** Small enough to be trained over and over: what is proved does not depend on it. */
const quick = { training: { leastSteps: 150, mostSteps: 150, batch: 64, rate: 5e-3 }, examples: { context: 21 } }

/** Those of many small operations are made narrower, too. */
const NARROW: { readonly [N in NeuralName]?: object } = {
  deepar: { units: 16, layers: 1, entry: 8, paths: 40 },
  tft: { width: 8, heads: 2 },
}

for (const name of NEURAL_NAMES)
  modelContract(() => neuralNamed(name, { ...quick, network: NARROW[name] ?? {} }), {
    notConstant: 'a network shared by series of all kinds keeps none of them exactly',
  })
