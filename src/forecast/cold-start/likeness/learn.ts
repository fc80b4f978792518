import { at } from '../../../core/panel.ts'
import type { Random } from '../../../core/random.ts'
import { centreOf, type Kernel, type Known, opinionOf, weightAt } from './kernel.ts'
import { distances, type Traits, usualWeights } from './traits.ts'

/** Products left out in turn, and products that each is compared with, at most. */
const MOST_LEFT_OUT = 150
const MOST_OTHERS = 500
const LEAST = 12
/** A past launch counts as much as so many other products: it is a launch that is forecast. */
const LAUNCH = 3
const STEPS = [0.1, 0.3, 0.55, 1, 1.8, 3.3, 6]
/** All parts together count so much more or less. */
const SHARPNESS = [0.3, 0.6, 1.5, 2.5]
const LEANS = [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3]
const SLOPES = [-1.2, -0.6, -0.3, 0]
const ROUNDS = 3
/** How strongly the usual weights hold: as so many products that agree with them. */
const HOLD = 2
const HUBER = 0.7

/** What the cold start believes of likeness before it has seen the catalogue. */
export function usualKernel(columns: readonly string[]): Kernel {
  return { weights: usualWeights(columns), priceSlope: -0.3, lean: 0.01 }
}

/**
 * Learns how much each part of likeness counts: leaves products out one by one, past launches above all, and takes the weights under which their neighbours say best at what level they
 * sell and how they began. Coordinate descent on a grid about the usual weights, which hold the more, the fewer products there are; fewer than twelve teach nothing.
 */
export function learnKernel(traits: Traits, known: Known, random: Random): Kernel {
  const usual = usualKernel(traits.columns)
  const all = Array.from({ length: known.level.length }, (_, p) => p).filter((p) => at(known.trust, p) > 0)
  if (all.length < LEAST) return usual
  const order = random.shuffle([...all])
  const launched = order.filter((p) => !Number.isNaN(at(known.early, p)))
  const left = [...new Set([...launched, ...order])].slice(0, MOST_LEFT_OUT)
  const others = order.slice(0, MOST_OTHERS)
  const table = tableOf(traits, left, others)
  const lossAt = (kernel: Kernel) => looLoss(kernel, known, left, others, table)
  return descend(usual, left.length, lossAt)
}

function tableOf(traits: Traits, left: readonly number[], others: readonly number[]): Float64Array {
  const size = usualWeights(traits.columns).length
  const table = new Float64Array(left.length * others.length * size)
  left.forEach((p, a) => {
    others.forEach((q, b) => {
      const from = (a * others.length + b) * size
      distances(traits, p, traits, q, table.subarray(from, from + size))
    })
  })
  return table
}

function descend(usual: Kernel, count: number, lossAt: (kernel: Kernel) => number): Kernel {
  let scales = usual.weights.map(() => 1)
  let best = usual
  let least = lossAt(usual)
  const attempt = (kernel: Kernel, tried: readonly number[]) => {
    const held = tried.reduce((sum, s) => sum + Math.log(s) ** 2, 0)
    const loss = lossAt(kernel) * (1 + (HOLD / count) * held)
    if (loss >= least) return
    least = loss
    best = kernel
    scales = [...tried]
  }
  for (let round = 0; round < ROUNDS; round++) {
    const scaled = (tried: readonly number[]) =>
      attempt({ ...best, weights: usual.weights.map((w, j) => w * (tried[j] as number)) }, tried)
    for (const sharp of SHARPNESS) scaled(scales.map((s) => s * sharp))
    for (let k = 0; k < scales.length; k++) for (const step of STEPS) scaled(scales.map((s, j) => (j === k ? step : s)))
    for (const lean of LEANS) attempt({ ...best, lean }, scales)
    for (const priceSlope of SLOPES) attempt({ ...best, priceSlope }, scales)
  }
  return best
}

function looLoss(
  kernel: Kernel,
  known: Known,
  left: readonly number[],
  others: readonly number[],
  table: Float64Array,
): number {
  const size = kernel.weights.length
  const centre = centreOf(known)
  const likeness = new Float64Array(others.length)
  let [loss, total] = [0, 0]
  left.forEach((p, a) => {
    for (let b = 0; b < others.length; b++)
      likeness[b] = others[b] === p ? 0 : weightAt(kernel.weights, table, (a * others.length + b) * size)
    const told = opinionOf(kernel, known, others, likeness, at(known.price, p), centre)
    const early = at(known.early, p)
    const weight = at(known.trust, p) * (Number.isNaN(early) ? 1 : LAUNCH)
    loss += weight * huber(at(known.level, p) - told.level)
    if (!Number.isNaN(early)) loss += weight * huber(early - told.early)
    total += weight
  })
  return loss / total
}

const huber = (x: number) => (Math.abs(x) < HUBER ? x * x : 2 * HUBER * Math.abs(x) - HUBER * HUBER)
