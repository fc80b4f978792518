import { z } from 'zod'
import { optionsOf } from '../architectures/options.ts'

const schema = z.strictObject({
  /** Whether windows are drawn from a distribution that is kept near a standard normal one; only then can new series be made. */
  variational: z.boolean().default(true),
  /** Periods of a window. */
  context: z.int().min(2).default(28),
  /** Numbers that a window is said again from. */
  latent: z.int().min(1).default(8),
  /** Units of the hidden layers on the way in; on the way out they stand in reverse. */
  hidden: z.array(z.int().min(1)).min(1).default([128, 64]),
  /** What divergence from the standard normal counts. */
  beta: z.number().min(0).default(1),
  /** Standard deviation of noise on what goes in, so that a window cannot be learned by heart (Vincent et al., 2008). */
  noise: z.number().min(0).default(0.1),
  batch: z.int().min(2).default(256),
  epochs: z.number().positive().default(20),
  leastSteps: z.int().min(1).default(400),
  mostSteps: z.int().min(1).default(4000),
  rate: z.number().positive().default(2e-3),
  /** Columns, statics and keys that are not looked at. */
  without: z.array(z.string()).default([]),
})

/** What can be chosen of an autoencoder, as plain data. */
export type AutoencoderSettings = z.infer<typeof schema>
export type AutoencoderOptions = z.input<typeof schema>

/** Fills in defaults; refuses unknown and impossible options, naming them. */
export const autoencoderSettings = (options: AutoencoderOptions): AutoencoderSettings =>
  optionsOf('autoencoder', schema, options)
