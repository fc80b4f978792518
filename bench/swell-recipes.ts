import type { SwellModelOptions } from '../src/models/pretrained/model.ts'

/** How the pretrained model learns on, chosen on windows before the withheld ones. */
export const FINETUNING = {
  'fresh-daily': { parts: 'all', steps: 800, batch: 256, rate: 2e-4, refit: true, patience: 25 },
  'orange-juice': { parts: 'all', steps: 400, batch: 128, rate: 5e-4, refit: true, patience: 8 },
} as const satisfies Record<string, SwellModelOptions['finetune']>
