import type { Model } from '../src/models/model.ts'
import { neuralModel } from '../src/models/neural/neural-model.ts'

/** Makes a training as short as a quick try needs. */
export interface NetSize {
  readonly mostSteps: number
}

/** What was found best for daily groceries on windows before those of `fresh-daily`. */
export function groceriesNet({ mostSteps }: NetSize = { mostSteps: 8000 }): Model {
  return neuralModel({
    name: 'network for groceries',
    architecture: { name: 'mlp', options: { hidden: [512, 512, 256], dropout: 0.15, recall: 8 } },
    examples: {
      context: 28,
      units: ['demand', 'sale_in_stock'],
      groups: [['store'], ['product'], ['product', 'city'], ['city', 'category3'], ['store', 'category3'], ['city']],
      groupsOf: 'demand',
      weighting: 0.8,
      age: false,
    },
    training: { batch: 1024, epochs: 2, average: 0.995, leastSteps: Math.min(300, mostSteps), mostSteps, rate: 2e-3 },
  })
}

/** For monthly spare parts. */
export function partsNet({ mostSteps }: NetSize = { mostSteps: 2000 }): Model {
  return neuralModel({
    name: 'network for parts',
    architecture: { name: 'mlp' },
    examples: { context: 24 },
    training: { batch: 512, epochs: 10, leastSteps: Math.min(300, mostSteps), mostSteps, rate: 1e-3 },
  })
}

/**
 * What was found best for weekly juice on rounds before those of `orange-juice`: weeks of alike prices are recalled, distributions learned of logarithms, and the point
 * said at which relative errors are least.
 */
export function juiceNet({ mostSteps }: NetSize = { mostSteps: 3000 }): Model {
  return neuralModel({
    name: 'network for juice',
    architecture: { name: 'mlp', options: { hidden: [128, 128], dropout: 0.3, recall: 8, newest: 13 } },
    head: { name: 'quantiles', options: { point: 'relative' } },
    examples: { context: 78, transform: 'log1p', scale: 'standard', identity: true, groups: [['brand'], ['store']] },
    training: { batch: 256, epochs: 3, leastSteps: Math.min(100, mostSteps), mostSteps, rate: 2e-3, decay: 1e-3 },
  })
}
