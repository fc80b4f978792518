import type { TreeEnsemble } from '../ensemble.ts'

/**
 * How much each feature's splits gained in training, in shares that add up to 1 (all 0 if nothing was gained).
 *
 * Features with many distinct values are favoured by it (Strobl et al., 2007); {@link permutationImportance} is not so.
 *
 * @example
 * gainImportance(trees)[0] // the share of the first feature
 */
export const gainImportance = (trees: TreeEnsemble): Float64Array => shares(trees, trees.gain)

/**
 * How many of the splits are by each feature, in shares that add up to 1 (all 0 if there are none).
 *
 * @example
 * splitImportance(trees)[0] // the share of the first feature
 */
export const splitImportance = (trees: TreeEnsemble): Float64Array => shares(trees)

function shares(trees: TreeEnsemble, worth?: Float64Array): Float64Array {
  const sums = new Float64Array(trees.features.length)
  let total = 0
  for (let node = 0; node < trees.feature.length; node++) {
    const feature = trees.feature[node] as number
    if (feature < 0) continue
    const one = worth ? Math.max(0, worth[node] as number) : 1
    sums[feature] = (sums[feature] as number) + one
    total += one
  }
  return total > 0 ? sums.map((sum) => sum / total) : sums
}
