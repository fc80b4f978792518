import { z } from 'zod'
import { ForetideError } from '../../core/errors.ts'
import { ARCHITECTURES } from './architectures/architectures.ts'
import type { ExampleInput } from './examples/options.ts'
import { HEADS } from './heads/heads.ts'

const names = <T extends object>(table: T) => Object.keys(table) as [keyof T & string, ...(keyof T & string)[]]

const schema = z.strictObject({
  name: z.string().min(1),
  architecture: z.strictObject({ name: z.enum(names(ARCHITECTURES)), options: z.looseObject({}).default({}) }),
  head: z
    .strictObject({ name: z.enum(names(HEADS)), options: z.looseObject({}).default({}) })
    .prefault({ name: 'quantiles' }),
  /** How the panel becomes examples. */
  examples: z.looseObject({}).default({}),
  /** Networks that are trained from other beginnings; their answers are averaged. */
  members: z.int().min(1).default(1),
  training: z
    .strictObject({
      /** Examples of a batch, fewer where there are not as many. */
      batch: z.int().min(2).default(256),
      /** How often each example is seen, within bounds of steps. */
      epochs: z.number().positive().default(10),
      leastSteps: z.int().min(1).default(300),
      mostSteps: z.int().min(1).default(3000),
      /** The learning rate at its highest; it goes up and down again over the training. */
      rate: z.number().positive().default(2e-3),
      /** What weight decay takes. */
      decay: z.number().min(0).default(1e-4),
      /** Length that gradients have at most. */
      clip: z.number().positive().default(1),
      /** Share that the moving average of weights keeps at every step. */
      average: z.number().min(0).lt(1).default(0.98),
      /** Newest periods whose truths are held out, by which the best weights are chosen and training ends early; none unless given. */
      validation: z.int().min(0).default(0),
      /** Looks at what is held out without a new best after which training ends. */
      patience: z.int().min(1).default(8),
      /** Standard deviation of noise that is added to what is seen of the series. */
      noise: z.number().min(0).default(0),
      /** How far what is seen of the series is moved to where it hurts most, in units of its scale; half of the loss is that of moved examples. */
      adversarial: z.number().min(0).default(0),
      /** Cycles of the learning rate, each of whose ends gives a member; with 1, the rate goes up and down once. */
      snapshots: z.int().min(1).default(1),
    })
    .prefault({}),
  forecasting: z
    .strictObject({
      /** Passes of each network in which units still drop out by chance, whose distributions are mixed; 0 drops none. */
      chance: z.int().min(0).default(0),
    })
    .prefault({}),
})

/** What can be chosen of a neural model, as plain data. */
export type NeuralSettings = z.infer<typeof schema>
export type NeuralInput = z.input<typeof schema>

/** Fills in defaults; refuses unknown and impossible options, naming them. */
export function neuralSettings(input: NeuralInput): NeuralSettings {
  const parsed = schema.safeParse(input)
  const refused = (option: string, problem: string) =>
    new ForetideError('neural.option', { network: input.name, option, problem }, { fault: 'usage' })
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const option = issue?.code === 'unrecognized_keys' ? issue.keys.join(', ') : (issue?.path.join('.') ?? '')
    throw refused(option, issue?.message ?? '')
  }
  const { head, examples } = parsed.data
  const { scale, transform } = examples as ExampleInput
  if (HEADS[head.name](head.options).counts) {
    if (scale === 'standard')
      throw refused('examples.scale', `'${head.name}' speaks of units from 0 on, which 'standard' moves`)
    if (transform !== undefined && transform !== 'none')
      throw refused('examples.transform', `'${head.name}' speaks of units, which '${transform}' bends`)
  }
  return parsed.data
}
