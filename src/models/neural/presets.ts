import type { Model } from '../model.ts'
import { neuralModel } from './neural-model.ts'
import type { NeuralInput } from './options.ts'

type Preset = Omit<NeuralInput, 'name'>

/** Every neural model by name. */
const PRESETS = {
  mlp: { architecture: { name: 'mlp' } },
  dlinear: { architecture: { name: 'dlinear' } },
  nhits: { architecture: { name: 'nhits' } },
  tide: { architecture: { name: 'tide' } },
  tsmixer: { architecture: { name: 'tsmixer' } },
  tcn: { architecture: { name: 'tcn' } },
  lstm: { architecture: { name: 'lstm' } },
  gru: { architecture: { name: 'gru' } },
  'cnn-lstm': { architecture: { name: 'cnnLstm' } },
  deepar: { architecture: { name: 'deepar' } },
  seq2seq: { architecture: { name: 'seq2seq' } },
  transformer: { architecture: { name: 'transformer' } },
  tft: { architecture: { name: 'tft' } },
} as const satisfies Readonly<Record<string, Preset>>

export type NeuralName = keyof typeof PRESETS

/** The names of all neural models. */
export const NEURAL_NAMES = Object.keys(PRESETS) as readonly NeuralName[]

/** Options of one's own, laid over a preset's. */
export interface NeuralOptions extends Partial<Omit<NeuralInput, 'name' | 'architecture'>> {
  /** Options of the architecture. */
  readonly network?: object
}

/**
 * A neural model by name, with options of one's own laid over the preset's; refuses options that there are not.
 *
 * @example
 * neuralNamed('tsmixer', { members: 3, network: { features: 64 } }).name // → 'tsmixer'
 */
export function neuralNamed(name: NeuralName, { network = {}, ...own }: NeuralOptions = {}): Model {
  const { architecture, ...preset }: Preset = PRESETS[name]
  return neuralModel({
    ...preset,
    ...own,
    name,
    architecture: { name: architecture.name, options: { ...architecture.options, ...network } },
    training: { ...preset.training, ...own.training },
    examples: { ...preset.examples, ...own.examples },
  })
}
