import { z } from 'zod'
import { abs, add, div, maximum, minimum, mul, pow, softplus, sub } from '../../../tensor/graph/operators.ts'
import type { Float } from '../../../tensor/graph/value.ts'
import { optionsOf } from '../architectures/options.ts'
import type { Head } from '../head.ts'
import { partsOf } from './parts.ts'

const schema = z.strictObject({
  /** Absolute or squared errors, squared ones that go on as absolute ones, the deviance of a Tweedie distribution, or absolute errors over what came. */
  loss: z.enum(['l1', 'l2', 'huber', 'tweedie', 'relative']).default('l1'),
  /** Where Huber's loss stops being squared, in units of the level. */
  delta: z.number().positive().default(1),
  /** Power of the mean that the variance of a Tweedie distribution goes with. */
  power: z.number().gt(1).lt(2).default(1.5),
  /** Share of the level below which truths count as that much where errors are relative. */
  floor: z.number().positive().default(0.05),
})

/** Least mean of a Tweedie distribution, in units of the level. */
const LEAST = 1e-4

/**
 * One number a step and nothing about its chances: every quantile is the number itself.
 *
 * Losses: least absolute or squared errors; Huber (1964); the deviance of Jørgensen (1987); absolute errors over what came, for MAPE.
 *
 * @example
 * point({ loss: 'huber', delta: 2 }).width // → 1
 */
export function point(options: object = {}): Head {
  const chosen = optionsOf('point', schema, options)
  const { loss, delta, power: p, floor } = chosen
  const positive = loss === 'tweedie'
  const losses: { readonly [L in typeof loss]: (said: Float, truth: Float) => Float } = {
    l1: (said, truth) => abs(sub(truth, said)),
    l2: (said, truth) => mul(sub(truth, said), sub(truth, said)),
    huber(said, truth) {
      const off = abs(sub(truth, said))
      const within = minimum(off, delta)
      return mul(within, sub(off, mul(within, 0.5)))
    },
    tweedie: (said, truth) => sub(div(pow(said, 2 - p), 2 - p), div(mul(truth, pow(said, 1 - p)), 1 - p)),
    relative: (said, truth) => div(abs(sub(truth, said)), maximum(abs(truth), floor)),
  }
  return {
    name: 'point',
    options: chosen,
    width: 1,
    outputs: 1,
    counts: positive,
    median: loss === 'l1' || loss === 'relative',
    transform: (raw) => (positive ? add(softplus(raw), LEAST) : raw),
    loss: (outputs, truth) => losses[loss](partsOf(outputs)[0] as Float, truth),
    mean: (outputs, from) => outputs[from] as number,
    quantiles(outputs, from, _level, levels, into, at) {
      for (let k = 0; k < levels.length; k++) into[at + k] = outputs[from] as number
    },
    sample: (outputs, from) => outputs[from] as number,
  }
}
