import { describe, expect, test } from 'vitest'
import type { ContractOptions } from '../contract.case.ts'
import { modelContract } from '../contract.case.ts'
import { localModel } from '../local-model.ts'
import { MODEL_INFOS } from '../registry.ts'
import { METHODS } from './methods.ts'

const positive = 'multiplicative parts need values above zero'
const REFUSES: Readonly<Record<string, ContractOptions>> = {
  'multiplicative-holt-winters': { refuses: { intermittent: positive, negative: positive } },
}
const home = (options: object) => ({ module: new URL('./methods.ts', import.meta.url).href, options })

/** The other families run the contract beside their own tests. */
const SMOOTHING = MODEL_INFOS.filter((info) => info.family === 'smoothing').map((info) => info.name)

for (const [name, make] of Object.entries(METHODS).filter(([name]) => SMOOTHING.includes(name)))
  modelContract(() => {
    const method = make({})
    return localModel(method, home(method.options))
  }, REFUSES[name])

describe('the table of methods', () => {
  test('names every method as it names itself, and options survive the trip to a worker', () => {
    for (const [name, make] of Object.entries(METHODS)) {
      const method = make({})
      expect(method.name).toBe(name)
      expect(make(method.options).options).toEqual(method.options)
    }
    expect(METHODS['auto-ets']({ criterion: 'bic' }).options).toEqual({ criterion: 'bic' })
  })
})
