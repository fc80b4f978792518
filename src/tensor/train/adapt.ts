import { ForetideError } from '../../core/errors.ts'
import { add, matmul } from '../graph/operators.ts'
import { sameShape, sizeOf } from '../graph/shapes.ts'
import type { Float } from '../graph/value.ts'
import { normal, type Parameters, zeros } from '../layers/parameters.ts'
import type { Fields, Network } from './network.ts'
import type { Place } from './step.ts'
import { type Weights, weightOf } from './weights.ts'

/** Which of the weights of a network learn on. */
export interface AdaptOptions {
  /** Beginnings of the names of parameters that learn as they are; all others stay. */
  readonly whole: readonly string[]
  /** Rank of what is learned on top of the matrices that stay: their adapters; none unless given. */
  readonly rank?: number
}

const DOWN = 'down'
const UP = 'up'

/**
 * A network that goes on from weights, most of which stay as they are: some parts learn, and matrices that stay may get low-rank adapters beside them, W + A·B (Hu et al.,
 * 2022). It says what the weights say before it has learned.
 *
 * Refuses, when it is built, weights of another network.
 *
 * @example
 * const tuned = adapted(network, weights, { whole: ['out.'], rank: 4 })
 */
export function adapted<I extends Fields, L extends Fields, O extends string>(
  network: Network<I, L, O>,
  weights: Weights,
  options: AdaptOptions,
): Network<I, L, O> {
  return {
    ...network,
    forward: (parameters, inputs) => network.forward(adapting(parameters, weights, options, '', new Map()), inputs),
  }
}

function adapting(
  inner: Parameters,
  weights: Weights,
  options: AdaptOptions,
  prefix: string,
  made: Map<string, Float>,
): Parameters {
  return {
    ...inner,
    get(name, shape) {
      const full = `${prefix}${name}`
      const known = made.get(full)
      if (known) return known
      const place = weights.places.find((p) => p.name === full)
      const held = weightOf(weights, full)
      if (!place || !held || !sameShape(place.shape, shape))
        throw new ForetideError('training.weights', { name: full, shape: shape.join(' × ') })
      const value = grown(inner, name, shape, held, options, full)
      made.set(full, value)
      return value
    },
    in: (scope) => adapting(inner.in(scope), weights, options, `${prefix}${scope}.`, made),
  }
}

function grown(
  inner: Parameters,
  name: string,
  shape: readonly number[],
  held: Float32Array,
  { whole, rank }: AdaptOptions,
  full: string,
): Float {
  if (whole.some((begin) => full.startsWith(begin))) return inner.get(name, shape, () => held.slice())
  const stays = inner.graph.constant(held, shape) as Float
  const [rows, columns] = shape as readonly [number, number]
  if (rank === undefined || shape.length !== 2 || Math.min(rows, columns) <= rank) return stays
  const own = inner.in(name)
  const down = own.get(DOWN, [rows, rank], normal(1 / Math.sqrt(rows)))
  return add(stays, matmul(down, own.get(UP, [rank, columns], zeros)))
}

/** The weights of the network itself after its adapted form has learned: adapters are added to what they stand beside. */
export function merged(weights: Weights, learned: Weights): Weights {
  const row = weights.row.slice()
  for (const place of weights.places) {
    const whole = weightOf(learned, place.name)
    if (whole) row.set(whole, place.from)
    const down = weightOf(learned, `${place.name}.${DOWN}`)
    const up = weightOf(learned, `${place.name}.${UP}`)
    if (down && up) addProduct(row, place, down, up)
  }
  return { places: weights.places, row }
}

function addProduct(row: Float32Array, { shape, from }: Place, down: Float32Array, up: Float32Array): void {
  const [rows, columns] = shape as readonly [number, number]
  const rank = down.length / rows
  for (let k = 0; k < sizeOf(shape); k++) {
    const [r, c] = [Math.floor(k / columns), k % columns]
    let sum = 0
    for (let j = 0; j < rank; j++) sum += (down[r * rank + j] as number) * (up[j * columns + c] as number)
    row[from + k] = (row[from + k] as number) + sum
  }
}
