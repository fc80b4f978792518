import type { Model } from '../model.ts'
import { type SwellModelOptions, swellModel } from './model.ts'

/** Every pretrained model by name. */
const PRESETS = {
  swell: {},
  'swell-finetuned': { finetune: { steps: 400, rate: 3e-4, refit: true } },
} as const satisfies Readonly<Record<string, SwellModelOptions>>

export type PretrainedName = keyof typeof PRESETS

/** The names of all pretrained models. */
export const PRETRAINED_NAMES = Object.keys(PRESETS) as readonly PretrainedName[]

/** A pretrained model by name, with options of one's own laid over the preset's; refuses options that there are not. */
export const pretrainedNamed = (name: PretrainedName, options: SwellModelOptions = {}): Model =>
  swellModel(name, { ...PRESETS[name], ...options })
