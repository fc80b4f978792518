import { at } from '../../core/panel.ts'
import { chanceAtLeast, KERNEL, logLikelihood, tailMoments } from './kernel.ts'
import { Known, type Ledger } from './ledger.ts'

/** What a day's demand can be in multiples of the usual: from hardly any to a bulk order. */
export const MOODS: readonly number[] = [
  0.01, 0.1, 0.22, 0.36, 0.5, 0.64, 0.8, 1, 1.25, 1.55, 1.95, 2.5, 3.2, 4.2, 5.6, 7.5, 10, 14, 20, 28,
]

/** How often each mood comes, for classes of series that scatter alike. */
export interface Moods {
  readonly classOf: Int32Array
  /** `weights[class · MOODS + mood]`, summing to 1 over the moods of a class. */
  readonly weights: Float64Array
  readonly classes: number
  /** Units of the smallest scatter: 1 for whole numbers. */
  readonly unit: number
  /** Equal parts whose mean a known share scatters like. */
  readonly trust: number
}

const SIZE = MOODS.length
/** Classes have at least this many series; there are at most {@link MOST_CLASSES}. */
const LEAST_SERIES = 8
const MOST_CLASSES = 6
/** Cells of a class that its moods are learned from, at the most. */
const MOST_CELLS = 30_000
const LEARNING_ROUNDS = 12

/** Moods before anything was learned: classes by how much series scatter beyond chance, all moods about the usual. */
export function openMoods(ledger: Ledger, unit: number, trust: number): Moods {
  const n = ledger.panel.ids.length
  const scatter = scatters(ledger, unit)
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => at(scatter, a) - at(scatter, b) || a - b)
  const classes = Math.max(1, Math.min(MOST_CLASSES, Math.floor(n / LEAST_SERIES)))
  const classOf = new Int32Array(n)
  order.forEach((i, rank) => {
    classOf[i] = Math.min(classes - 1, Math.floor((rank * classes) / n))
  })
  const weights = new Float64Array(classes * SIZE)
  for (let c = 0; c < classes; c++) {
    const bell = MOODS.map((mood) => Math.exp(-0.5 * (Math.log(mood) / 0.8) ** 2) + 1e-4)
    const total = bell.reduce((a, b) => a + b, 0)
    bell.forEach((b, j) => {
      weights[c * SIZE + j] = b / total
    })
  }
  return { classOf, weights, classes, unit, trust }
}

/** For each series, the variance of what its days in stock are multiples of the usual by, chance of small counts taken off. */
function scatters({ panel, known, sales, usual }: Ledger, unit: number): Float64Array {
  return Float64Array.from(panel.ids, (_, i) => {
    let excess = 0
    let squares = 0
    for (let k = at(panel.offsets, i); k < at(panel.offsets, i + 1); k++) {
      const m = at(usual, k)
      if (at(known, k) !== Known.sales || !(m > 0)) continue
      excess += (at(sales, k) - m) ** 2 - unit * m
      squares += m * m
    }
    return squares > 0 ? excess / squares : 0
  })
}

/**
 * Learns how often each mood comes by maximum likelihood without assuming a shape (Kiefer and Wolfowitz, 1956; expectation–maximisation of Laird,
 * 1978), from days in stock as they are and from days out of stock as the lower bounds that they are, so that the busy days that empty
 * shelves are counted.
 */
export function learnMoods(ledger: Ledger, moods: Moods): void {
  const { panel, known, usual } = ledger
  const cells: number[][] = Array.from({ length: moods.classes }, () => [])
  for (let i = 0; i < panel.ids.length; i++)
    for (let k = at(panel.offsets, i); k < at(panel.offsets, i + 1); k++)
      if (at(known, k) !== Known.none && at(known, k) !== Known.nothing && at(usual, k) > 0)
        cells[at(moods.classOf, i)]?.push(k)
  for (let c = 0; c < moods.classes; c++) {
    const all = cells[c] as number[]
    const stride = Math.max(1, Math.ceil(all.length / MOST_CELLS))
    const rows = Math.ceil(all.length / stride)
    if (rows === 0) continue
    const likelihoods = new Float64Array(rows * SIZE)
    for (let r = 0; r < rows; r++)
      likelihoodOf(ledger, moods, all[r * stride] as number, likelihoods.subarray(r * SIZE, (r + 1) * SIZE))
    maximise(likelihoods, rows, moods.weights.subarray(c * SIZE, (c + 1) * SIZE))
  }
}

function maximise(likelihoods: Float64Array, rows: number, weights: Float64Array): void {
  const sums = new Float64Array(SIZE)
  for (let round = 0; round < LEARNING_ROUNDS; round++) {
    sums.fill(0)
    for (let r = 0; r < rows; r++) {
      let total = 0
      for (let j = 0; j < SIZE; j++) total += at(weights, j) * at(likelihoods, r * SIZE + j)
      if (!(total > 0)) continue
      for (let j = 0; j < SIZE; j++)
        sums[j] = at(sums, j) + (at(weights, j) * at(likelihoods, r * SIZE + j)) / total
    }
    const all = sums.reduce((a, b) => a + b, 0)
    if (!(all > 0)) return
    for (let j = 0; j < SIZE; j++) weights[j] = at(sums, j) / all
  }
}

/** How likely a cell is under each mood, the best being 1. */
function likelihoodOf(ledger: Ledger, moods: Moods, cell: number, into: Float64Array): void {
  const { known, sales, usual, share } = ledger
  const count = at(sales, cell) / moods.unit
  const mean = at(usual, cell) / moods.unit
  if (at(known, cell) === Known.bound) {
    for (let j = 0; j < SIZE; j++) into[j] = chanceAtLeast(count, mean * (MOODS[j] as number), KERNEL)
    return
  }
  const p = at(known, cell) === Known.share ? at(share, cell) : 1
  const dispersion = dispersionOf(p, moods.trust)
  let most = Number.NEGATIVE_INFINITY
  for (let j = 0; j < SIZE; j++) {
    const l = logLikelihood(count, p * mean * (MOODS[j] as number), dispersion)
    into[j] = l
    most = Math.max(most, l)
  }
  for (let j = 0; j < SIZE; j++) into[j] = Math.exp(at(into, j) - most)
}

/** Scatter of what is sold in a share of the day: that of a day, and that of the share about its profile. */
function dispersionOf(share: number, trust: number): number {
  return share >= 1 ? KERNEL : 1 / (1 / KERNEL + (1 - share) / (share * trust))
}

/** Mean and second moment of the demand of a cell out of stock, given its sales. */
export type Posterior = (series: number, cell: number) => readonly [mean: number, second: number]

/** Makes the function that says what was demanded in a cell, by what is known of it. */
export function posteriorOf(ledger: Ledger, moods: Moods): Posterior {
  const { known, sales, usual, share } = ledger
  const { unit, weights, classOf } = moods
  const chances = new Float64Array(SIZE)
  const moments = new Float64Array(3)
  return (series, cell) => {
    const own = at(classOf, series) * SIZE
    const mean = at(usual, cell) / unit
    const sold = at(sales, cell)
    if (!(mean > 0)) return [sold, sold * sold]
    if (at(known, cell) === Known.bound) {
      let [chance, first, second] = [0, 0, 0]
      for (let j = 0; j < SIZE; j++) {
        tailMoments(sold / unit, mean * (MOODS[j] as number), KERNEL, moments)
        const w = at(weights, own + j)
        chance += w * at(moments, 0)
        first += w * at(moments, 1)
        second += w * at(moments, 2)
      }
      // So far out that no mood reaches it: what was sold is all that is known.
      if (!(chance > 1e-12)) return [sold, sold * sold]
      return [Math.max(sold, (unit * first) / chance), (unit * unit * second) / chance]
    }
    const p = at(known, cell) === Known.share ? at(share, cell) : 0
    if (p > 0) likelihoodOf(ledger, moods, cell, chances)
    else chances.fill(1)
    let [total, first, second] = [0, 0, 0]
    for (let j = 0; j < SIZE; j++) {
      const w = at(weights, own + j) * at(chances, j)
      const hidden = (1 - p) * mean * (MOODS[j] as number)
      total += w
      first += w * hidden
      second += w * (hidden + hidden * hidden * (1 + 1 / KERNEL))
    }
    const more = (unit * first) / total
    return [sold + more, sold * sold + 2 * sold * more + (unit * unit * second) / total]
  }
}
