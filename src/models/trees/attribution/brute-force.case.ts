import type { TableBlock } from '../../table.ts'
import { goesLeft, rawScores, type TreeEnsemble, treeCount } from '../ensemble.ts'
import { rowOf } from './random-trees.case.ts'

/** What a set of features (as bits) answers for a row, one number an output. */
export type Game = (set: number) => Float64Array

/** Features outside the set averaged over by cover, tree by tree (Lundberg et al., 2018, algorithm 1). */
export function coverGame(trees: TreeEnsemble, value: (feature: number) => number): Game {
  const { width, averaged } = trees
  const expected = (node: number, set: number, k: number): number => {
    const feature = trees.feature[node] as number
    if (feature < 0) return trees.value[node * width + k] as number
    const left = trees.left[node] as number
    const right = trees.right[node] as number
    if ((set >> feature) & 1) return expected(goesLeft(trees, node, value(feature)) ? left : right, set, k)
    const l = trees.cover[left] as number
    const r = trees.cover[right] as number
    const share = l + r > 0 ? l / (l + r) : 0.5
    return share * expected(left, set, k) + (1 - share) * expected(right, set, k)
  }
  return (set) => {
    const sums = new Float64Array(trees.outputs)
    const counts = new Float64Array(trees.outputs)
    for (let t = 0; t < treeCount(trees); t++)
      for (let k = 0; k < width; k++) {
        const output = width > 1 ? k : (trees.outputOf[t] as number)
        sums[output] = (sums[output] as number) + expected(trees.roots[t] as number, set, k)
        counts[output] = (counts[output] as number) + 1
      }
    return sums.map((s, k) => (trees.base[k] as number) + (averaged ? s / Math.max(1, counts[k] as number) : s))
  }
}

/** Features outside the set taken from each row of the background, the answers averaged. */
export function backgroundGame(trees: TreeEnsemble, value: (feature: number) => number, background: TableBlock): Game {
  return (set) => {
    const mean = new Float64Array(trees.outputs)
    let total = 0
    for (let z = 0; z < background.rows; z++) {
      const weight = background.weight?.[z] ?? 1
      const other = rowOf(background, z)
      const scores = rawScores(trees, (f) => ((set >> f) & 1 ? value(f) : other(f)))
      for (let k = 0; k < mean.length; k++) mean[k] = (mean[k] as number) + weight * (scores[k] as number)
      total += weight
    }
    return mean.map((m) => m / total)
  }
}

/** Shapley's values by going through all sets, `outputs × players`. */
export function shapley(game: Game, players: number, outputs: number): Float64Array {
  const answers = Array.from({ length: 1 << players }, (_, set) => game(set))
  const values = new Float64Array(outputs * players)
  for (let set = 0; set < 1 << players; set++)
    for (let i = 0; i < players; i++) {
      if ((set >> i) & 1) continue
      const size = members(set)
      const weight = (factorial(size) * factorial(players - size - 1)) / factorial(players)
      for (let k = 0; k < outputs; k++) {
        const gain = (answers[set | (1 << i)]?.[k] as number) - (answers[set]?.[k] as number)
        values[k * players + i] = (values[k * players + i] as number) + weight * gain
      }
    }
  return values
}

/** Shapley's interaction values by going through all sets, `outputs × players × players`, the diagonal what is left. */
export function shapleyPairs(game: Game, players: number, outputs: number): Float64Array {
  const answers = Array.from({ length: 1 << players }, (_, set) => game(set))
  const single = shapley(game, players, outputs)
  const values = new Float64Array(outputs * players * players)
  for (let k = 0; k < outputs; k++)
    for (let i = 0; i < players; i++) {
      let left = single[k * players + i] as number
      for (let j = 0; j < players; j++) {
        if (i === j) continue
        let sum = 0
        for (let set = 0; set < 1 << players; set++) {
          if ((set >> i) & 1 || (set >> j) & 1) continue
          const size = members(set)
          const weight = (factorial(size) * factorial(players - size - 2)) / (2 * factorial(players - 1))
          const at = (s: number) => answers[s]?.[k] as number
          sum += weight * (at(set | (1 << i) | (1 << j)) - at(set | (1 << i)) - at(set | (1 << j)) + at(set))
        }
        values[(k * players + i) * players + j] = sum
        left -= sum
      }
      values[(k * players + i) * players + i] = left
    }
  return values
}

/**
 * Shapley's values by the sizes of sets instead of the sets, for paths of many features: each leaf's game is a product, whose
 * coalitions of k others are told by the coefficient of y^k in Π (r_j + o_j · y). `outputs × features`, not averaged forests.
 *
 * `outside` says what share goes to the left of a node for a feature that is not in the set.
 */
export function shapleyBySizes(
  trees: TreeEnsemble,
  value: (feature: number) => number,
  outside: (node: number) => number,
): Float64Array {
  const count = trees.features.length
  const values = new Float64Array(trees.outputs * count)
  const visit = (node: number, tree: number, way: ReadonlyMap<number, { met: number; ratio: number }>) => {
    const feature = trees.feature[node] as number
    if (feature >= 0) {
      const left = goesLeft(trees, node, value(feature)) ? 1 : 0
      const share = outside(node)
      const { met, ratio } = way.get(feature) ?? { met: 1, ratio: 1 }
      visit(trees.left[node] as number, tree, new Map(way).set(feature, { met: met * left, ratio: ratio * share }))
      const right = { met: met * (1 - left), ratio: ratio * (1 - share) }
      visit(trees.right[node] as number, tree, new Map(way).set(feature, right))
      return
    }
    for (const [i, mine] of way) {
      let sizes = [1]
      for (const [j, { met, ratio }] of way)
        if (j !== i) sizes = [...sizes, 0].map((s, k) => s * ratio + met * (sizes[k - 1] ?? 0))
      let weight = 1 / way.size
      let sum = 0
      for (const [k, s] of sizes.entries()) {
        sum += s * weight
        weight *= (k + 1) / (way.size - 1 - k)
      }
      for (let k = 0; k < trees.width; k++) {
        const output = trees.width > 1 ? k : (trees.outputOf[tree] as number)
        const gain = (mine.met - mine.ratio) * sum * (trees.value[node * trees.width + k] as number)
        values[output * count + i] = (values[output * count + i] as number) + gain
      }
    }
  }
  for (let t = 0; t < treeCount(trees); t++) visit(trees.roots[t] as number, t, new Map())
  return values
}

/** The share of the cover that a node sends to the left. */
export const coverShare = (trees: TreeEnsemble) => (node: number) => {
  const left = trees.cover[trees.left[node] as number] as number
  const total = left + (trees.cover[trees.right[node] as number] as number)
  return total > 0 ? left / total : 0.5
}

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1))
const members = (set: number): number => (set === 0 ? 0 : (set & 1) + members(set >> 1))
