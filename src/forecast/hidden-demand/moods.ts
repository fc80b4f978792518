import { at } from '../../core/panel.ts'
import { chanceAtLeast, KERNEL, logLikelihood, tailMoments } from './kernel.ts'
import { Known, type Ledger } from './ledger.ts'

/** What a day's demand can be in multiples of the usual: from hardly any to a bulk order. */
const MOODS: readonly number[] = [
  0.01, 0.1, 0.22, 0.36, 0.5, 0.64, 0.8, 1, 1.25, 1.55, 1.95, 2.5, 3.2, 4.2, 5.6, 7.5, 10, 14, 20, 30, 50, 90, 160, 300,
]

/** How often each mood comes, for classes of series that scatter alike. */
export interface Moods {
  readonly classOf: Int32Array
  /** What moods are multiples of in slow series, the usual size of a sale; 0 where it is what is usual for the cell. */
  readonly sizes: Float64Array
  /** The greatest multiple that each class showed on a day in stock: further out nothing is claimed but the sales. */
  readonly furthest: Float64Array
  /** `weights[class · MOODS + mood]`, summing to 1 over the moods of a class. */
  readonly weights: Float64Array
  readonly classes: number
  /** Units of the smallest scatter: 1 for whole numbers. */
  readonly unit: number
  /** Equal parts whose mean a known share scatters like. */
  readonly trust: number
}

const SIZE = MOODS.length
/** Moods rarer than this change nothing. */
const NEGLIGIBLE = 1e-9
/** Classes have at least this many series; there are at most {@link MOST_CLASSES}. */
const LEAST_SERIES = 8
const MOST_CLASSES = 6
/** Cells of a class that its moods are learned from, at the most. */
const MOST_CELLS = 15_000
const LEARNING_ROUNDS = 12

/** Spread of moods on the scale of logarithms where days seem to scatter by chance alone. */
const LEAST_WIDTH = 0.15
/**
 * What any mood is given to begin with: hardly anything, since days out of stock are spread over what lies beyond them in the proportion that it has,
 * and only days in stock should give weight to the far end.
 */
const FLOOR = 1e-6

/** Moods before anything was learned: classes by how much series scatter beyond chance, all moods about the usual. */
export function openMoods(ledger: Ledger, unit: number, trust: number): Moods {
  const scatter = scatters(ledger, unit)
  const { classOf, sizes, classes } = classify(ledger, scatter, unit)
  const weights = new Float64Array(classes * SIZE)
  for (let c = 0; c < classes; c++) {
    const members = [...classOf.keys()].filter((i) => at(classOf, i) === c)
    const mean = members.reduce((a, i) => a + Math.max(0, at(scatter, i)), 0) / Math.max(1, members.length)
    const width = Math.sqrt(Math.log1p(mean) + LEAST_WIDTH ** 2)
    const bell = MOODS.map((mood) => Math.exp(-0.5 * (Math.log(mood) / width) ** 2) + FLOOR)
    const total = bell.reduce((a, b) => a + b, 0)
    bell.forEach((b, j) => {
      weights[c * SIZE + j] = b / total
    })
  }
  return { classOf, sizes, furthest: new Float64Array(classes), weights, classes, unit, trust }
}

/** Series that sell less than this many units a day are busy when an order comes, and apart from those that sell every day. */
const SLOW = 1

/** Slow series are classes by their pace, the others by their scatter. */
function classify(ledger: Ledger, scatter: Float64Array, unit: number) {
  const means = paceOf(ledger)
  const all = [...scatter.keys()]
  const slow = all.filter((i) => at(means, i) < SLOW * unit).sort((a, b) => at(means, a) - at(means, b) || a - b)
  const brisk = all.filter((i) => at(means, i) >= SLOW * unit).sort((a, b) => at(scatter, a) - at(scatter, b) || a - b)
  const classOf = new Int32Array(scatter.length)
  let classes = 0
  for (const part of [slow, brisk]) {
    if (part.length === 0) continue
    const count = Math.max(1, Math.min(MOST_CLASSES, Math.floor(part.length / LEAST_SERIES)))
    part.forEach((i, rank) => {
      classOf[i] = classes + Math.floor((rank * count) / part.length)
    })
    classes += count
  }
  const sizes = sizesOf(ledger)
  for (const i of brisk) sizes[i] = 0
  return { classOf, sizes, classes: Math.max(1, classes) }
}

/** Mean sales of each series on the days that had any. */
function sizesOf({ panel, sales, known }: Ledger): Float64Array {
  return Float64Array.from(panel.ids, (_, i) => {
    let [had, days] = [0, 0]
    for (let k = at(panel.offsets, i); k < at(panel.offsets, i + 1); k++) {
      if (at(known, k) === Known.none || !(at(sales, k) > 0)) continue
      had += at(sales, k)
      days++
    }
    return days > 0 ? had / days : 0
  })
}

/** What the moods of a cell are multiples of. */
function scaleOf({ usual }: Ledger, { sizes }: Moods, series: number, cell: number): number {
  const size = at(sizes, series)
  return size > 0 ? size : at(usual, cell)
}

/** Mean demand a day of each series, over days that say something of it. */
function paceOf({ panel, demand, weight }: Ledger): Float64Array {
  return Float64Array.from(panel.ids, (_, i) => {
    let [had, days] = [0, 0]
    for (let k = at(panel.offsets, i); k < at(panel.offsets, i + 1); k++) {
      had += at(weight, k) * at(demand, k)
      days += at(weight, k)
    }
    return days > 0 ? had / days : 0
  })
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
  measureFurthest(ledger, moods)
  const cells: [number, number][][] = Array.from({ length: moods.classes }, () => [])
  eachTelling(ledger, moods, (i, k, multiple) => {
    const c = at(moods.classOf, i)
    if (at(ledger.known, k) !== Known.bound || multiple <= at(moods.furthest, c)) cells[c]?.push([i, k])
  })
  for (let c = 0; c < moods.classes; c++) {
    const all = cells[c] as [number, number][]
    const stride = Math.max(1, Math.ceil(all.length / MOST_CELLS))
    const rows = Math.ceil(all.length / stride)
    if (rows === 0) continue
    const likelihoods = new Float64Array(rows * SIZE)
    for (let r = 0; r < rows; r++) {
      const [i, k] = all[r * stride] as [number, number]
      likelihoodOf(ledger, moods, i, k, likelihoods.subarray(r * SIZE, (r + 1) * SIZE))
    }
    const weights = moods.weights.subarray(c * SIZE, (c + 1) * SIZE)
    for (let j = 1; j < SIZE; j++) if ((MOODS[j - 1] as number) > at(moods.furthest, c)) weights[j] = 0
    maximise(likelihoods, rows, weights)
  }
}

/** Finds the greatest multiple that each class sold on a day in stock. */
function measureFurthest(ledger: Ledger, moods: Moods): void {
  const { furthest, classOf } = moods
  furthest.fill(1)
  eachTelling(ledger, moods, (i, k, multiple) => {
    const c = at(classOf, i)
    if (at(ledger.known, k) === Known.sales) furthest[c] = Math.max(at(furthest, c), multiple)
  })
}

/** Calls back for every cell that says something of demand, with its sales as a multiple. */
function eachTelling(ledger: Ledger, moods: Moods, call: (series: number, cell: number, multiple: number) => void) {
  const { panel, known, sales } = ledger
  for (let i = 0; i < panel.ids.length; i++)
    for (let k = at(panel.offsets, i); k < at(panel.offsets, i + 1); k++) {
      const scale = scaleOf(ledger, moods, i, k)
      if (at(known, k) !== Known.none && at(known, k) !== Known.nothing && scale > 0) call(i, k, at(sales, k) / scale)
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
      for (let j = 0; j < SIZE; j++) sums[j] = at(sums, j) + (at(weights, j) * at(likelihoods, r * SIZE + j)) / total
    }
    const all = sums.reduce((a, b) => a + b, 0)
    if (!(all > 0)) return
    for (let j = 0; j < SIZE; j++) weights[j] = at(sums, j) / all
  }
}

/** How likely a cell is under each mood, the best being 1. */
function likelihoodOf(ledger: Ledger, moods: Moods, series: number, cell: number, into: Float64Array): void {
  const { known, sales, share } = ledger
  const count = at(sales, cell) / moods.unit
  const mean = scaleOf(ledger, moods, series, cell) / moods.unit
  if (at(known, cell) === Known.bound) {
    const own = at(moods.classOf, series) * SIZE
    for (let j = 0; j < SIZE; j++)
      into[j] = at(moods.weights, own + j) < NEGLIGIBLE ? 0 : chanceAtLeast(count, mean * (MOODS[j] as number), KERNEL)
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
  const { unit, weights, classOf, furthest } = moods
  const chances = new Float64Array(SIZE)
  const moments = new Float64Array(3)
  const bound = (series: number, sold: number, scale: number): readonly [number, number] => {
    const own = at(classOf, series) * SIZE
    let [chance, first, second] = [0, 0, 0]
    for (let j = 0; j < SIZE; j++) {
      const w = at(weights, own + j)
      if (w < NEGLIGIBLE) continue
      tailMoments(sold / unit, (scale / unit) * (MOODS[j] as number), KERNEL, moments)
      chance += w * at(moments, 0)
      first += w * at(moments, 1)
      second += w * at(moments, 2)
    }
    return chance > 1e-12 && sold <= scale * at(furthest, at(classOf, series))
      ? [Math.max(sold, (unit * first) / chance), (unit * unit * second) / chance]
      : [sold, sold * sold]
  }
  return (series, cell) => {
    const own = at(classOf, series) * SIZE
    const sold = at(sales, cell)
    const scale = scaleOf(ledger, moods, series, cell)
    if (!(scale > 0) || !(at(usual, cell) > 0)) return [sold, sold * sold]
    if (at(known, cell) === Known.bound) return bound(series, sold, scale)
    const p = at(known, cell) === Known.share ? at(share, cell) : 0
    if (p > 0) likelihoodOf(ledger, moods, series, cell, chances)
    else chances.fill(1)
    let [total, first, second] = [0, 0, 0]
    for (let j = 0; j < SIZE; j++) {
      const w = at(weights, own + j) * at(chances, j)
      const hidden = ((1 - p) * scale * (MOODS[j] as number)) / unit
      total += w
      first += w * hidden
      second += w * (hidden + hidden * hidden * (1 + 1 / KERNEL))
    }
    // A whole day without stock is the usual of that day, whatever its class is like on the mean.
    const fit = p > 0 || !(first > 0) ? 1 : (at(usual, cell) * total) / (unit * first)
    const more = (fit * unit * first) / total
    return [sold + more, sold * sold + 2 * sold * more + (fit * fit * unit * unit * second) / total]
  }
}
