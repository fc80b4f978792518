import { z } from 'zod'
import { ForetideError } from '../../../core/errors.ts'

/** Fills in defaults; refuses unknown and impossible options, naming them. */
export function optionsOf<S extends z.ZodType>(network: string, schema: S, given: object): z.infer<S> {
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const option = issue?.code === 'unrecognized_keys' ? issue.keys.join(', ') : (issue?.path.join('.') ?? '')
  throw new ForetideError('neural.option', { network, option, problem: issue?.message ?? '' }, { fault: 'usage' })
}

/** How many units a layer has. */
export const units = z.int().min(1)
/** Share of numbers that dropout zeros while learning. */
export const share = z.number().min(0).lt(1)
/** Whether a linear map of the target's context is added to every output. */
export const skip = z.boolean().default(true)
