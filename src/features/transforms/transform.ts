import { ForetideError } from '../../core/errors.ts'

/**
 * A change of scale that can be undone.
 *
 * `fit` learns from a series (NaN where missing) and gives plain data that JSON can hold; NaN stays NaN in both directions.
 */
export interface Transform<State extends object = object> {
  readonly name: string
  /** Whether each value changes by itself and keeps its order among others, so that quantiles change as values do. */
  readonly pointwise: boolean
  fit(values: Float64Array): State
  /** The series that was fitted, or a stretch that begins where it did, transformed. */
  apply(values: Float64Array, state: State): Float64Array
  /** Undoes {@link apply}. */
  invert(values: Float64Array, state: State): Float64Array
  /** Undoes the transform for values that follow the fitted series: a forecast's mean, or one path. */
  follow(values: Float64Array, state: State): Float64Array
}

/** Undoes a pointwise transform for quantiles; refuses one that adds steps up, since quantiles of sums are no sums of quantiles. */
export function followQuantiles<State extends object>(
  transform: Transform<State>,
  quantiles: Float64Array,
  state: State,
): Float64Array {
  if (!transform.pointwise) throw new ForetideError('transform.quantiles', { transform: transform.name })
  return transform.follow(quantiles, state)
}

/** A transform that maps values one by one, made of a function each way. */
export function pointwise<State extends object>(given: {
  readonly name: string
  fit(values: Float64Array): State
  forward(value: number, state: State): number
  back(value: number, state: State): number
}): Transform<State> {
  const back = (values: Float64Array, state: State) => values.map((x) => (Number.isNaN(x) ? x : given.back(x, state)))
  return {
    name: given.name,
    pointwise: true,
    fit: given.fit,
    apply: (values, state) => values.map((x) => (Number.isNaN(x) ? x : given.forward(x, state))),
    invert: back,
    follow: back,
  }
}

/** The observed values of a series; refuses one that has none. */
export function observed(values: Float64Array, transform: string): Float64Array {
  const some = values.filter((x) => !Number.isNaN(x))
  if (some.length === 0) throw new ForetideError('transform.empty', { transform })
  return some
}
