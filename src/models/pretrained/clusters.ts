import { at } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import type { Embeddings } from './embed.ts'

/** Groups of series. */
export interface Clusters {
  /** The group of each series. */
  readonly of: Int32Array
  /** Means of the groups, of length 1: `centres[g · width + k]`. */
  readonly centres: Float32Array
  /** The mean cosine of series and their own group's centre. */
  readonly likeness: number
}

const ROUNDS = 50
const STARTS = 4

/**
 * Parts series into groups that lie close together: spherical k-means (Dhillon and Modha, 2001) from k-means++ beginnings, the best of four.
 *
 * Refuses fewer series than groups.
 *
 * @example
 * const all = { ids: ['a', 'b', 'c', 'd'], width: 2, vectors: Float32Array.of(1, 0, 0.8, 0.6, 0, 1, -0.6, 0.8) }
 * const { of } = clustersOf(all, 2)
 * [of[0] === of[1], of[2] === of[3], of[0] === of[2]] // → [true, true, false]
 */
export function clustersOf({ ids, width, vectors }: Embeddings, groups: number, seed = 0): Clusters {
  if (groups < 1 || ids.length < groups) throw new RangeError(`${groups} groups of ${ids.length} series.`)
  let best: Clusters | undefined
  for (let start = 0; start < STARTS; start++) {
    const found = settled(vectors, width, ids.length, groups, Random.of(seed, `clusters ${start}`))
    if (!best || found.likeness > best.likeness) best = found
  }
  return best as Clusters
}

function settled(vectors: Float32Array, width: number, count: number, groups: number, random: Random): Clusters {
  const centres = begun(vectors, width, count, groups, random)
  const of = new Int32Array(count).fill(-1)
  let likeness = 0
  for (let round = 0; round < ROUNDS; round++) {
    let moved = false
    likeness = 0
    for (let i = 0; i < count; i++) {
      let [best, most] = [0, Number.NEGATIVE_INFINITY]
      for (let g = 0; g < groups; g++) {
        const cosine = product(vectors, i, centres, g, width)
        if (cosine > most) [best, most] = [g, cosine]
      }
      likeness += most / count
      moved ||= of[i] !== best
      of[i] = best
    }
    if (!moved) break
    centres.fill(0)
    for (let i = 0; i < count; i++)
      for (let k = 0; k < width; k++) {
        const place = at(of, i) * width + k
        centres[place] = at(centres, place) + at(vectors, i * width + k)
      }
    for (let g = 0; g < groups; g++) {
      const centre = centres.subarray(g * width, (g + 1) * width)
      const length = Math.hypot(...centre)
      // A group that lost all of its series begins anew at one of them.
      if (length === 0) centre.set(seriesAt(vectors, random.integer(count), width))
      else for (let k = 0; k < width; k++) centre[k] = at(centre, k) / length
    }
  }
  return { of, centres, likeness }
}

const seriesAt = (vectors: Float32Array, i: number, width: number) => vectors.subarray(i * width, (i + 1) * width)

function product(a: Float32Array, i: number, b: Float32Array, j: number, width: number): number {
  let sum = 0
  for (let k = 0; k < width; k++) sum += at(a, i * width + k) * at(b, j * width + k)
  return sum
}

/** First centres: each a series by chance, the likelier the less it is like those before (Arthur and Vassilvitskii, 2007). */
function begun(vectors: Float32Array, width: number, count: number, groups: number, random: Random): Float32Array {
  const centres = new Float32Array(groups * width)
  centres.set(seriesAt(vectors, random.integer(count), width))
  const apart = new Float64Array(count).fill(Number.POSITIVE_INFINITY)
  for (let g = 1; g < groups; g++) {
    let sum = 0
    for (let i = 0; i < count; i++) {
      apart[i] = Math.min(at(apart, i), Math.max(0, 1 - product(vectors, i, centres, g - 1, width)))
      sum += at(apart, i)
    }
    let left = random.uniform() * sum
    let chosen = 0
    for (let i = 0; i < count; i++) {
      left -= at(apart, i)
      chosen = i
      if (left < 0) break
    }
    centres.set(seriesAt(vectors, chosen, width), g * width)
  }
  return centres
}
