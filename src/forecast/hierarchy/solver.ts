import { at } from '../../core/panel.ts'
import { conjugateGradients } from './conjugate-gradients.ts'
import { type Gram, gramOf, gramTimes } from './gram.ts'
import { type Factor, factorOf, factorSolve, type Pattern, patternOf } from './sparse-cholesky.ts'
import type { Summing } from './summing.ts'

/** Solves with (A diag(bottom variances) A′ + diag(upper variances)) for the columns of an array of uppers × columns. */
export interface Solver {
  /** Whether by exact elimination, or by conjugate gradients with the elimination of chains of nested levels before them. */
  readonly exact: boolean
  solve(b: Float64Array, columns: number): Float64Array
}

/** Beyond so many entries, or multiplications to find them, elimination fills in too much and the iteration takes over. */
const MOST_ENTRIES = 8e6
const MOST_WORK = 2e9

/**
 * The solver for a hierarchy under variances of its nodes: a tree is eliminated without fill, crossed levels as long as what they fill
 * in stays small; beyond that conjugate gradients.
 */
export function solverOf(summing: Summing, variances: Float64Array, iterate = false): Solver {
  const gram = gramOf(summing, variances)
  const whole = iterate ? undefined : patternOf(gram, MOST_ENTRIES)
  if (whole && whole.work <= MOST_WORK) {
    const factor = factorOf(gram, whole)
    return { exact: true, solve: (b, columns) => placed(gram, b, columns, (x) => factorSolve(factor, x, columns)) }
  }
  const chains = factorOf(gram, chainPatternOf(summing, gram))
  return {
    exact: false,
    solve: (b, columns) => placed(gram, b, columns, (x) => iterated(gram, chains, x, columns)),
  }
}

/** The solution by conjugate gradients, the chains' factor being the preconditioner. */
export function iterated(
  gram: Gram,
  chains: Factor,
  b: Float64Array,
  columns: number,
  tolerance?: number,
): Float64Array {
  const times = (x: Float64Array, width: number) => gramTimes(gram, x, width)
  const precondition = (r: Float64Array, width: number) => factorSolve(chains, r, width)
  return conjugateGradients({ times, precondition }, b, columns, tolerance).x
}

/** Puts rows into the order of the gram's places, solves, and puts them back. */
export function placed(
  { position, size }: Gram,
  b: Float64Array,
  columns: number,
  solve: (x: Float64Array) => Float64Array,
): Float64Array {
  const x = new Float64Array(b.length)
  for (let u = 0; u < size; u++) x.set(b.subarray(u * columns, (u + 1) * columns), at(position, u) * columns)
  const y = solve(x)
  const back = new Float64Array(b.length)
  for (let u = 0; u < size; u++)
    back.set(y.subarray(at(position, u) * columns, (at(position, u) + 1) * columns), u * columns)
  return back
}

/** The pattern of the gram without what couples one chain of nested levels to another: a forest, which fills in nothing. */
export function chainPatternOf(summing: Summing, gram: Gram): Pattern {
  const chain = chainsOf(summing)
  const keeps = (k: number, j: number) => at(chain, at(gram.levelOf, k)) === at(chain, at(gram.levelOf, j))
  return patternOf(gram, Number.POSITIVE_INFINITY, keeps) as Pattern
}

/** Divides the upper levels into chains, each of which goes up by nesting: the chain of each level. */
export function chainsOf(summing: Summing): Int32Array {
  const counts = summing.above.map((level) => new Set(level).size)
  const order = counts.map((_, l) => l).sort((a, b) => at(counts, b) - at(counts, a) || b - a)
  const chain = new Int32Array(counts.length).fill(-1)
  let chains = 0
  for (const [rank, l] of order.entries()) {
    if (at(chain, l) >= 0) continue
    let last = l
    chain[l] = chains
    for (const next of order.slice(rank + 1))
      if (at(chain, next) < 0 && nests(summing, last, next)) {
        chain[next] = chains
        last = next
      }
    chains++
  }
  return chain
}

/** Whether every node of the finer level lies within one node of the coarser one. */
export function nests({ above, uppers, bottoms }: Summing, finer: number, coarser: number): boolean {
  const outer = above[coarser]
  const inner = above[finer]
  if (!outer) return false
  if (!inner) return true
  const within = new Int32Array(uppers).fill(-2)
  for (let i = 0; i < bottoms; i++) {
    const node = at(inner, i)
    if (node < 0) continue
    if (at(within, node) === -2) within[node] = at(outer, i)
    else if (at(within, node) !== at(outer, i)) return false
  }
  return true
}
