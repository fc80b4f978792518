import type { Transform } from './transform.ts'

export interface PipelineState {
  readonly states: readonly object[]
}

/**
 * Transforms one after the other, undone in the opposite order.
 *
 * @example
 * const scale = pipeline([log1p, standard])
 * const state = scale.fit(sales)
 * const forecast = scale.follow(answer, state)
 */
export function pipeline(transforms: readonly Transform[]): Transform<PipelineState> {
  const stateOf = (state: PipelineState, i: number) => state.states[i] as object
  return {
    name: transforms.map((t) => t.name).join(' → '),
    pointwise: transforms.every((t) => t.pointwise),
    fit(values) {
      const states: object[] = []
      let current = values
      for (const transform of transforms) {
        const state = transform.fit(current)
        states.push(state)
        current = transform.apply(current, state)
      }
      return { states }
    },
    apply: (values, state) => transforms.reduce((current, t, i) => t.apply(current, stateOf(state, i)), values),
    invert: (values, state) => transforms.reduceRight((current, t, i) => t.invert(current, stateOf(state, i)), values),
    follow: (values, state) => transforms.reduceRight((current, t, i) => t.follow(current, stateOf(state, i)), values),
  }
}
