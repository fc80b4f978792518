import { modelContract } from '../contract.case.ts'
import { globalModel } from './global-model.ts'
import { STRATEGIES } from './options.ts'
import { ridgeCase } from './ridge.case.ts'

const features = {
  families: [
    { family: 'lags', lags: [1], seasons: [1] },
    { family: 'rolling', windows: [7], stats: ['mean'] },
    { family: 'seasonal', counts: [3] },
    { family: 'column' },
  ],
}

for (const strategy of STRATEGIES)
  modelContract(
    () => globalModel({ name: `ridge-${strategy}`, strategy, features, point: { make: ridgeCase, options: {} } }),
    { notConstant: 'a line through series of all kinds keeps none of them exactly' },
  )
