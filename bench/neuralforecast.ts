import type { Model } from '../src/models/model.ts'
import { runPeer } from './mlforecast.ts'

/** How the rival forecasts. */
export interface NeuralforecastOptions {
  readonly name: string
  readonly context: number
  readonly steps: number
  /** Windows of a step. */
  readonly batch: number
  readonly rate: number
  /** Units of the two layers of each of its three stacks. */
  readonly units: number
  readonly dropout: number
  /** Past-only columns that it sees. */
  readonly past: readonly string[]
}

/**
 * N-HiTS of neuralforecast as a model, with the known-ahead columns and their derived ones, past-only columns, and static columns as categories
 * (`bench/peers/neuralforecast_run.py`).
 */
export function neuralforecast(python: string, options: NeuralforecastOptions, log: (line: string) => void): Model {
  const { name, past, ...rest } = options
  const derived = { relative: ['discount'], within: ['product', 'city'], past }
  return {
    name,
    needs: { minHistory: 1, knownAhead: 'required', crossSeries: true, missing: false },
    fit: async () => ({
      forecast: (window, ask) =>
        runPeer(
          { name, python, script: 'neuralforecast_run.py', point: 'point', quantiles: true, derived, log },
          window,
          ask,
          rest,
        ),
      save: () => Promise.reject(new Error('a rival is not saved')),
    }),
    load: () => Promise.reject(new Error('a rival is not loaded')),
  }
}
