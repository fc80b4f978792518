import { at } from '../../core/panel.ts'
import { pinball } from '../pinball.ts'

/** What members said of the cells of validation windows, beside what came. */
export interface Rounds {
  /** Observed cells. */
  readonly count: number
  readonly levels: readonly number[]
  /** Quantiles of each member: `grids[m][cell · levels + l]`. */
  readonly grids: readonly Float32Array[]
  readonly truth: Float64Array
  /** How much the loss of each cell counts. */
  readonly weight: Float64Array
  /** The segment of each cell. */
  readonly segment: Int32Array
  readonly segments: number
}

/** How members are weighed. */
export interface WeighOptions {
  /** Members taken in turn, with replacement: weights are multiples of one over these; 30 unless given. */
  readonly draws?: number
  /** Cells by which a segment leans on the weights of all; 3,000 unless given. */
  readonly lean?: number
  /** Share of the weights that goes by how members do alone, against chance in few windows; 0.2 unless given. */
  readonly alone?: number
}

/** Weights of members: `weights[segment · members + m]`, those of each segment adding up to 1. */
export interface Weighed {
  readonly weights: Float64Array
  /** Weights over all cells together. */
  readonly overall: Float64Array
  /** Mean loss of each member alone, and of the members together by the weights of all. */
  readonly losses: readonly number[]
  readonly together: number
}

/**
 * Weights of members whose quantiles are averaged: greedy forward selection with replacement on the quantile loss (Caruana et al., 2004), first
 * over all cells, then segment by segment, each leaning on the whole by its number of cells.
 *
 * @example
 * const truth = Float64Array.of(1, 2, 3, 4)
 * const members = [Float32Array.of(0, 1, 2, 3), Float32Array.of(2, 3, 4, 5)]
 * const cells = { count: 4, levels: [0.5], grids: members, truth, weight: truth.map(() => 1) }
 * weigh({ ...cells, segment: new Int32Array(4), segments: 1 }).overall.join(' ') // → '0.5 0.5'
 */
export function weigh(rounds: Rounds, { draws = 30, lean = 3000, alone = 0.2 }: WeighOptions = {}): Weighed {
  const members = rounds.grids.length
  const every = Int32Array.from({ length: rounds.count }, (_, k) => k)
  const drawn = (cells: Int32Array) => {
    const losses = rounds.grids.map((_, m) => lossOf(rounds, unit(members, m), cells))
    const own = greedy(rounds, cells, draws)
    const prior = byLoss(losses)
    return { losses, weights: own.map((w, m) => (1 - alone) * w + alone * at(prior, m)) }
  }
  const { losses, weights: overall } = drawn(every)
  const weights = new Float64Array(rounds.segments * members)
  for (let s = 0; s < rounds.segments; s++) {
    const cells = every.filter((k) => at(rounds.segment, k) === s)
    const own = rounds.segments > 1 && cells.length > 0 ? drawn(cells).weights : overall
    const share = cells.length / (cells.length + lean)
    for (let m = 0; m < members; m++) weights[s * members + m] = share * at(own, m) + (1 - share) * at(overall, m)
  }
  return { weights, overall, losses, together: lossOf(rounds, overall, every) }
}

const unit = (members: number, m: number) => Float64Array.from({ length: members }, (_, k) => (k === m ? 1 : 0))

/** How fast weights fall with loss: a member a tenth worse than the best weighs a seventh. */
const STEEP = 20

/** Weights of members by how they do alone. */
function byLoss(losses: readonly number[]): number[] {
  const best = Math.min(...losses)
  const shares = losses.map((loss) => (loss > 0 ? (best / loss) ** STEEP : 1))
  const total = shares.reduce((sum, share) => sum + share, 0)
  return shares.map((share) => share / total)
}

/** The mean quantile loss of members averaged by weights, over some cells. */
export function lossOf({ grids, levels, truth, weight }: Rounds, weights: Float64Array, cells: Int32Array): number {
  const n = levels.length
  let [sum, total] = [0, 0]
  for (const k of cells) {
    let loss = 0
    for (let l = 0; l < n; l++) {
      let q = 0
      for (let m = 0; m < grids.length; m++)
        if (at(weights, m) > 0) q += at(weights, m) * at(grids[m] as Float32Array, k * n + l)
      loss += pinball(at(truth, k) - q, at(levels, l))
    }
    sum += at(weight, k) * loss
    total += at(weight, k)
  }
  return total > 0 ? (2 * sum) / n / total : Number.NaN
}

function greedy({ grids, levels, truth, weight }: Rounds, cells: Int32Array, draws: number): Float64Array {
  const n = levels.length
  const counts = new Float64Array(grids.length)
  const sum = new Float32Array(cells.length * n)
  for (let d = 0; d < draws; d++) {
    let best = { member: 0, loss: Number.POSITIVE_INFINITY }
    for (const [m, grid] of grids.entries()) {
      let loss = 0
      for (let c = 0; c < cells.length; c++) {
        const k = at(cells, c)
        const y = at(truth, k)
        let own = 0
        for (let l = 0; l < n; l++)
          own += pinball(y - (at(sum, c * n + l) + at(grid, k * n + l)) / (d + 1), at(levels, l))
        loss += at(weight, k) * own
      }
      if (loss < best.loss) best = { member: m, loss }
    }
    const taken = grids[best.member] as Float32Array
    counts[best.member] = at(counts, best.member) + 1
    for (let c = 0; c < cells.length; c++)
      for (let l = 0; l < n; l++) sum[c * n + l] = at(sum, c * n + l) + at(taken, at(cells, c) * n + l)
  }
  return counts.map((count) => count / draws)
}
