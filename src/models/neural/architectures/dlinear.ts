import { z } from 'zod'
import { add, div, matmul, maximum, mul, reshape, sub } from '../../../tensor/graph/operators.ts'
import type { Float } from '../../../tensor/graph/value.ts'
import { dense } from '../../../tensor/layers/dense.ts'
import { zeros } from '../../../tensor/layers/parameters.ts'
import type { Architecture, Frame, View } from '../architecture.ts'
import { encode } from '../encoding.ts'
import { optionsOf } from './options.ts'

const schema = z.strictObject({
  /** Periods of the moving average that parts trend from season. */
  window: z.int().min(1).default(25),
})

/** Linear layers begin as zeros: the problem has one minimum, and nothing is said before something is learned. */
const LINEAR = { initialise: zeros }

/**
 * Linear maps of trend and season of the context to every step (DLinear of Zeng et al., 2023), with linear terms of everything else.
 *
 * What is known of a step counts at that step only, by the same weights at all of them; numbers of the series as a whole count alike at all steps.
 * Missing periods take the mean of those around them.
 *
 * @example
 * dlinear().options // → { window: 25 }
 */
export function dlinear(options: object = {}): Architecture {
  const chosen = optionsOf('dlinear', schema, options)
  return {
    name: 'dlinear',
    options: chosen,
    forward(parameters, view, frame, width) {
      const { batch, context, horizon } = frame
      const [trend, season] = parted(view, frame, chosen.window)
      const onto = (name: string, x: Float) =>
        reshape(dense(parameters.in(name), x, horizon * width, LINEAR), [batch, horizon, width])
      const { future, whole } = encode(parameters, view, frame)
      const terms = [onto('trend', trend), onto('season', season)]
      if (view.past) terms.push(onto('past', reshape(view.past, [batch, context * frame.past])))
      if (future) terms.push(dense(parameters.in('known'), future, width, LINEAR))
      if (whole) terms.push(reshape(dense(parameters.in('whole'), whole, width, LINEAR), [batch, 1, width]))
      return { raw: terms.reduce((a, b) => add(a, b)) }
    },
  }
}

/** The moving average of what was observed and what is left of it, [batch, context] each. */
function parted({ target, observed }: View, { context }: Frame, window: number): readonly [Float, Float] {
  const around = target.from.graph.constant(averaging(context, window), [context, context]) as Float
  // Where nothing was observed the sum above is zero too, and so is the mean.
  const trend = div(matmul(target, around), maximum(matmul(observed, around), 1e-6))
  return [trend, mul(sub(target, trend), observed)]
}

/** Weights of the context's periods (rows) in the moving average at each (columns), the ends repeated beyond the ends. */
export function averaging(context: number, window: number): Float32Array {
  const weights = new Float32Array(context * context)
  const before = Math.floor((window - 1) / 2)
  for (let t = 0; t < context; t++)
    for (let k = 0; k < window; k++) {
      const from = Math.min(Math.max(t - before + k, 0), context - 1)
      weights[from * context + t] = (weights[from * context + t] as number) + 1 / window
    }
  return weights
}
