import { modelContract } from '../contract.case.ts'
import { neuralNamed } from './presets.ts'

const quick = { training: { leastSteps: 150, mostSteps: 150, batch: 64, rate: 5e-3 }, examples: { context: 21 } }

modelContract(() => neuralNamed('mlp', { ...quick, head: { name: 'negativeBinomial' } }), {
  notConstant: 'a network shared by series of all kinds keeps none of them exactly',
})
