import { modelContract } from '../contract.case.ts'
import { NEURAL_NAMES, neuralNamed } from './presets.ts'

/** Small enough to be trained over and over: what is proved does not depend on it. */
const quick = { training: { leastSteps: 150, mostSteps: 150, batch: 64, rate: 5e-3 }, examples: { context: 21 } }

for (const name of NEURAL_NAMES)
  modelContract(() => neuralNamed(name, quick), {
    notConstant: 'a network shared by series of all kinds keeps none of them exactly',
  })
