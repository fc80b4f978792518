import { expect, test } from 'vitest'
import { modelContract } from '../contract.case.ts'
import { GLOBAL_NAMES, globalNamed } from './presets.ts'

/** Little work for each, so that all can be proved. */
const SMALL = {
  features: {
    families: [
      { family: 'lags', lags: [1], seasons: [1] },
      { family: 'rolling', windows: [7], stats: ['mean'] },
      { family: 'seasonal', counts: [3] },
      { family: 'column' },
    ],
  },
  maxRows: 1500,
}
const TREES = { ...SMALL, regressor: { rounds: 30, trees: 20, minRows: 5, learningRate: 0.2 } }

for (const name of ['boosting', 'random-forest', 'ridge'] as const)
  modelContract(() => globalNamed(name, name === 'ridge' ? SMALL : TREES), {
    notConstant: 'what is learned across series of all kinds keeps none of them exactly',
  })

test('every preset is a model of its name, and lays options over its own', () => {
  for (const name of GLOBAL_NAMES) expect(globalNamed(name).name).toBe(name)
  expect(() => globalNamed('boosting', { nonsense: 1 } as object)).toThrow(/nonsense/)
  expect(() => globalNamed('boosting', { target: { scale: 'wrong' } } as object)).toThrow(/target\.scale/)
  expect(() => globalNamed('boosting', { regressor: 3 } as object)).toThrow(/regressor/)
})
