import { ForetideError } from '../../core/errors.ts'
import { sameShape } from '../graph/shapes.ts'
import type { StoredTensor, TensorFile } from './safetensors.ts'
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

/** The row of weights as it is where parameters stand in other places; refuses weights of another network. */
export function laidOut({ places: from, row }: Weights, places: readonly Place[]): Float32Array {
  const named = new Map(from.map((place) => [place.name, place]))
  const out = new Float32Array(places.at(-1)?.to ?? 0)
  for (const { name, shape, from: begin } of places) {
    const place = named.get(name)
    if (!place || !sameShape(place.shape, shape))
      throw new ForetideError('training.weights', { name, shape: shape.join(' × ') })
    out.set(row.subarray(place.from, place.to), begin)
  }
  return out
}

/**
 * Weights as tensors by the names of their parameters, for `writeTensors`.
 *
 * @example
 * const weights = weightsOf(new Map([['out.bias', { type: 'F32', shape: [2], data: Float32Array.of(3, 4) }]]))
 * storedWeights(weights).get('out.bias').data // → [3, 4]
 */
export function storedWeights({ places, row }: Weights): Map<string, StoredTensor> {
  return new Map(places.map(({ name, shape, from, to }) => [name, { type: 'F32', shape, data: row.slice(from, to) }]))
}

/** Tensors by the names of their parameters, as `readTensors` gives them, as weights; refuses any but single-precision ones. */
export function weightsOf(tensors: TensorFile['tensors']): Weights {
  const places: Place[] = []
  let size = 0
  for (const [name, { type, shape, data }] of tensors) {
    if (type !== 'F32') throw new ForetideError('training.weights', { name, shape: `${type}, ${shape.join(' × ')}` })
    places.push({ name, shape, from: size, to: size + data.length })
    size += data.length
  }
  const row = new Float32Array(size)
  for (const { name, from } of places) row.set(tensors.get(name)?.data as Float32Array, from)
  return { places, row }
}
