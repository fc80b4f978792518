import { concat, reshape, slice } from '../../tensor/graph/operators.ts'
import type { Float, Int } from '../../tensor/graph/value.ts'
import { embedding } from '../../tensor/layers/dense.ts'
import type { Parameters } from '../../tensor/layers/parameters.ts'
import type { Frame, View } from './architecture.ts'

/** What a network sees, laid out for those that do not tell columns apart. */
export interface Encoded {
  /** Everything of the periods up to the origin, [batch, context, …]. */
  readonly past: Float
  /** Everything known of the horizon, [batch, horizon, known]; absent where nothing is. */
  readonly future?: Float
  /** Everything of the series as a whole, categories embedded, [batch, …]; absent where there is nothing. */
  readonly whole?: Float
}

/** Numbers that a category is embedded in where nothing else is said: more for more values, 50 at most. */
export const widthOf = (count: number): number => Math.min(50, Math.ceil(1.6 * count ** 0.35))

/** Embeds the categories and lays out what is seen side by side. */
export function encode(parameters: Parameters, view: View, frame: Frame): Encoded {
  const { batch, context } = frame
  const wide = (x: Float) => reshape(x, [batch, context, 1])
  const past = [wide(view.target), wide(view.observed)]
  if (view.past) past.push(view.past)
  if (view.known) past.push(slice(view.known, 1, 0, context))
  const whole = [...(view.statics ? [view.statics] : []), ...embedded(parameters, view, frame)]
  return {
    past: concat(past, 2),
    ...(view.known && { future: slice(view.known, 1, context) }),
    ...(whole.length > 0 && { whole: concat(whole, 1) }),
  }
}

/** Each category of the series in numbers of its own, [batch, width] each. */
export function embedded(
  parameters: Parameters,
  { categories }: Pick<View, 'categories'>,
  frame: Frame,
): readonly Float[] {
  if (!categories) return []
  return frame.categories.map((count, k) => {
    const codes = reshape(slice(categories, 1, k, k + 1), [frame.batch]) as Int
    return embedding(parameters.in(`category${k}`), codes, count, widthOf(count))
  })
}
