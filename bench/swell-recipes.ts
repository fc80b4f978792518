import type { SwellModelOptions } from '../src/models/pretrained/model.ts'

/** How the pretrained model learns on, chosen on windows before the withheld ones. */
export const FINETUNING = {
  'fresh-daily': { parts: 'all', steps: 1500, batch: 256, rate: 5e-4, refit: true },
  'orange-juice': { parts: 'all', steps: 600, batch: 128, rate: 5e-4, refit: true },
} as const satisfies Record<string, SwellModelOptions['finetune']>
