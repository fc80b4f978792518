import type { Place } from './step.ts'

/** Everything that a network has learned: all parameters in one row, and where each of them stands in it. */
export interface Weights {
  readonly places: readonly Place[]
  readonly row: Float32Array
}

/** The numbers of one parameter, by its full name, without a copy; undefined where there is none of that name. */
export function weightOf({ places, row }: Weights, name: string): Float32Array | undefined {
  const place = places.find((p) => p.name === name)
  return place && row.subarray(place.from, place.to)
}
