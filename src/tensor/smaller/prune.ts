import { type Run, runOf } from '../../core/run.ts'
import { mul } from '../graph/operators.ts'
import { sizeOf } from '../graph/shapes.ts'
import type { Float } from '../graph/value.ts'
import type { Parameters } from '../layers/parameters.ts'
import type { Fields, Network } from '../train/network.ts'
import type { Place } from '../train/step.ts'
import { type Source, type TrainOptions, train } from '../train/train.ts'
import type { Weights } from '../train/weights.ts'

/** How much is taken away. */
export interface PruneOptions {
  /** Share of the numbers in matrices that become 0, from 0 to 1. */
  readonly share: number
  /** Whether that share is of all matrices together or of each; of all together unless given. */
  readonly scope?: 'global' | 'layer'
}

const isMatrix = ({ shape }: Place) => shape.length > 1

/**
 * 1 where a weight stays and 0 where it is taken away: the numbers of matrices that are nearest to 0 (Han et al., 2015); biases and scales stay.
 *
 * @example
 * const mask = magnitudeMask(weights, { share: 0.8 })
 */
export function magnitudeMask({ places, row }: Weights, { share, scope = 'global' }: PruneOptions): Float32Array {
  const mask = new Float32Array(row.length).fill(1)
  const matrices = places.filter(isMatrix)
  for (const group of scope === 'global' ? [matrices] : matrices.map((place) => [place])) {
    const at = group.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, k) => from + k))
    at.sort((a, b) => Math.abs(row[a] as number) - Math.abs(row[b] as number) || a - b)
    for (const k of at.slice(0, Math.round(share * at.length))) mask[k] = 0
  }
  return mask
}

/** The share of zeros among the numbers in matrices. */
export function sparsityOf({ places, row }: Weights): number {
  let [zeros, all] = [0, 0]
  for (const { from, to } of places.filter(isMatrix)) {
    for (let k = from; k < to; k++) if (row[k] === 0) zeros++
    all += to - from
  }
  return all > 0 ? zeros / all : 0
}

/**
 * Takes away the weights of a trained network that are nearest to 0 and goes on training the others.
 *
 * What is taken away stays 0, so that the file is packed smaller by gzip. It is not faster: ONNX Runtime multiplies by zeros as by other numbers.
 */
export async function pruned<I extends Fields, L extends Fields>(
  network: Network<I, L>,
  weights: Weights,
  source: Source,
  { share, scope = 'global', ...training }: PruneOptions & TrainOptions,
  run: Run = runOf(),
): Promise<Weights> {
  const mask = magnitudeMask(weights, { share, scope })
  const begun = { places: weights.places, row: weights.row.map((w, k) => w * (mask[k] as number)) }
  const { weights: tuned } = await train(
    masked(network, weights.places, mask),
    source,
    { ...training, from: begun },
    run,
  )
  // Beneath the mask numbers are as they were, but for what weight decay takes; above it they are 0.
  return { places: tuned.places, row: tuned.row.map((w, k) => (mask[k] === 0 ? 0 : w)) }
}

/** A network whose parameters are multiplied by a mask wherever they are used, so that what is masked has no gradient either. */
function masked<I extends Fields, L extends Fields>(
  network: Network<I, L>,
  places: readonly Place[],
  mask: Float32Array,
): Network<I, L> {
  const byName = new Map(places.map((place) => [place.name, place]))
  const known = new Map<Float, Float>()
  const through = (parameters: Parameters, prefix: string): Parameters => ({
    ...parameters,
    get(name, shape, initialise) {
      const value = parameters.get(name, shape, initialise)
      const place = byName.get(prefix + name)
      if (!place || sizeOf(shape) !== place.to - place.from || !isMatrix(place)) return value
      const cut =
        known.get(value) ??
        mul(value, parameters.graph.constant(mask.slice(place.from, place.to), place.shape) as Float)
      known.set(value, cut)
      return cut
    },
    in: (scope) => through(parameters.in(scope), `${prefix}${scope}.`),
  })
  return { ...network, forward: (parameters, inputs) => network.forward(through(parameters, ''), inputs) }
}
