import { modelContract } from '../contract.case.ts'
import { globalModel } from './global-model.ts'
import { STRATEGIES } from './options.ts'
import { ridgeCase } from './ridge.case.ts'

for (const strategy of STRATEGIES)
  modelContract(
    () =>
      globalModel({
        name: `ridge-${strategy}`,
        strategy,
        maxRows: 1000,
        point: { make: ridgeCase, options: {} },
      }),
    { notConstant: 'a line through series of all kinds keeps none of them exactly' },
  )
