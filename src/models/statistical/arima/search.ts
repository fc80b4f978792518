import { seasonalStrength } from '../mstl/decompose.ts'
import { type Criterion, Estimator, type Fit, isSafe, type Method, type Sample } from './estimate.ts'
import { constantOf, difference, lost, type Order } from './order.ts'
import { residualsOf } from './regressors.ts'
import { differencesNeeded, isConstant } from './unit-root.ts'

/** What the automatic choice of an order may consider. */
export interface SearchOptions {
  /** Largest orders, as in `forecast::auto.arima`: p 5, q 5, P 2, Q 2. */
  readonly most: { readonly p: number; readonly q: number; readonly P: number; readonly Q: number }
  readonly criterion: Criterion
  /** Fixed numbers of differences; chosen by tests where absent. */
  readonly d?: number
  readonly D?: number
  /** Whether orders are compared by the conditional sum of squares, and the best then fitted exactly. */
  readonly approximate: boolean
}

/** Seasonal strength above which a seasonal difference is taken (Hyndman's rule). */
const STRONG = 0.64
/** The most models that the stepwise search looks at. */
const MODELS = 94

/** Steps of the search, in the order tried: changes of p, q, P, Q. */
const STEPS: readonly (readonly [number, number, number, number])[] = [
  [0, 0, -1, 0],
  [0, 0, 0, -1],
  [0, 0, 1, 0],
  [0, 0, 0, 1],
  [0, 0, -1, -1],
  [0, 0, -1, 1],
  [0, 0, 1, -1],
  [0, 0, 1, 1],
  [-1, 0, 0, 0],
  [0, -1, 0, 0],
  [1, 0, 0, 0],
  [0, 1, 0, 0],
  [-1, -1, 0, 0],
  [-1, 1, 0, 0],
  [1, -1, 0, 0],
  [1, 1, 0, 0],
]

/**
 * Chooses and fits an order by the stepwise search of Hyndman and Khandakar (2008): differences by seasonal strength and
 * KPSS, then from a few simple models to whichever neighbour has the lower criterion, until none has.
 *
 * Each model starts from the coefficients of its neighbour, so a few steps are enough. Refuses nothing: where no model is
 * safe the differences alone are fitted.
 */
export function searchOrder(sample: Sample, m: number, options: SearchOptions): Fit {
  const estimator = new Estimator(sample, { safe: true })
  const { d, D, flat } = chooseDifferences(sample, m, options)
  if (flat) return estimator.fit({ p: 0, d, q: 0, P: 0, D, Q: 0, m, constant: true })
  return new Search(estimator, { d, D, m }, options).run()
}

/** How often to difference, seasonally first, and whether nothing but a constant is left then. */
function chooseDifferences(
  sample: Sample,
  m: number,
  options: Pick<SearchOptions, 'd' | 'D'>,
): { d: number; D: number; flat: boolean } {
  const level = residualsOf(sample)
  const filled = level.some(Number.isNaN) ? interpolated(level) : level
  const D = options.D ?? (hasStrongSeason(level, filled, m) ? 1 : 0)
  const rest = difference(filled, { d: 0, D, m })
  const d = options.d ?? differencesNeeded(rest, 2)
  return { d, D, flat: isFlat(difference(rest, { d, D: 0, m }), filled) }
}

function hasStrongSeason(level: Float64Array, filled: Float64Array, m: number): boolean {
  if (m < 2 || filled.length <= 2 * m || isConstant(filled) || !eachPhaseSeen(level, m)) return false
  return seasonalStrength(filled, m) > STRONG
}

/** Whether values differ by no more than rounding, measured by what they were made of. */
function isFlat(values: Float64Array, origin: Float64Array): boolean {
  let size = 0
  for (let t = 0; t < origin.length; t++) size = Math.max(size, Math.abs(origin[t] as number))
  const first = values[0] as number
  return values.every((v) => Math.abs(v - first) <= 1e-12 * size)
}

/** Whether every place in the season was observed; a seasonal difference could not forecast the others. */
function eachPhaseSeen(values: Float64Array, m: number): boolean {
  const seen = new Uint8Array(m)
  values.forEach((v, t) => {
    if (!Number.isNaN(v)) seen[t % m] = 1
  })
  return seen.every((s) => s === 1)
}

function interpolated(values: Float64Array): Float64Array {
  const out = values.slice()
  let last = -1
  for (let t = 0; t < out.length; t++) {
    if (Number.isNaN(out[t] as number)) continue
    for (let g = last + 1; g < t; g++)
      out[g] =
        last < 0
          ? (out[t] as number)
          : (out[last] as number) + (((out[t] as number) - (out[last] as number)) * (g - last)) / (t - last)
    last = t
  }
  if (last >= 0) out.fill(out[last] as number, last + 1)
  return out
}

class Search {
  readonly #estimator: Estimator
  readonly #base: Pick<Order, 'd' | 'D' | 'm'>
  readonly #options: SearchOptions
  readonly #most: SearchOptions['most']
  readonly #method: Method
  readonly #seen = new Map<string, number>()
  readonly #constant: boolean
  #best: Fit | undefined
  #bestValue = Number.POSITIVE_INFINITY

  constructor(estimator: Estimator, base: Pick<Order, 'd' | 'D' | 'm'>, options: SearchOptions) {
    this.#estimator = estimator
    this.#base = base
    this.#options = options
    this.#method = options.approximate ? 'conditional' : 'exact'
    this.#constant = base.d + base.D < 2
    const { m } = base
    const n = estimator.sample.values.filter((v) => !Number.isNaN(v)).length
    const third = Math.floor(n / 3)
    const plain = (most: number) => Math.min(most, third, m > 1 ? m - 1 : third)
    const seasonal = (most: number) => (m > 1 ? Math.min(most, Math.floor(n / 3 / m)) : 0)
    const { p, q, P, Q } = options.most
    this.#most = { p: plain(p), q: plain(q), P: seasonal(P), Q: seasonal(Q) }
  }

  run(): Fit {
    const most = this.#most
    const short = this.#estimator.sample.values.length < 10
    const one = (limit: number) => Math.min(1, limit)
    const constant = this.#constant
    this.#try(this.#order(0, 0, 0, 0, constant))
    if (most.p + most.P > 0) this.#try(this.#order(one(most.p), 0, one(most.P), 0, constant))
    if (most.q + most.Q > 0) this.#try(this.#order(0, one(most.q), 0, one(most.Q), constant))
    if (constant) this.#try(this.#order(0, 0, 0, 0, false))
    // The classic four starts all have a constant, and where its model is unsafe the climb would never see these.
    for (const has of constant ? [true, false] : [false]) {
      this.#try(this.#order(0, one(most.q), 0, 0, has))
      this.#try(this.#order(one(most.p), one(most.q), 0, 0, has))
      this.#try(this.#order(Math.min(2, most.p), 0, 0, 0, has))
    }
    const start = short
      ? this.#order(one(most.p), one(most.q), 0, 0, constant)
      : this.#order(Math.min(2, most.p), Math.min(2, most.q), one(most.P), one(most.Q), constant)
    this.#try(start)
    this.#climb()
    return this.#final()
  }

  #order(p: number, q: number, P: number, Q: number, constant: boolean): Order {
    return { ...this.#base, p, q, P, Q, constant }
  }

  #climb(): void {
    for (let improved = true; improved && this.#best; ) {
      improved = false
      const { p, q, P, Q, constant } = this.#best.order
      for (const [dp, dq, dP, dQ] of STEPS) {
        improved = this.#try(this.#order(p + dp, q + dq, P + dP, Q + dQ, constant))
        if (improved) break
      }
      if (!improved && this.#constant) improved = this.#try(this.#order(p, q, P, Q, !constant))
    }
  }

  /** Fits an order unless it was seen or is out of bounds; whether it is the best so far. */
  #try(order: Order): boolean {
    const { p, q, P, Q } = this.#most
    if (order.p < 0 || order.q < 0 || order.P < 0 || order.Q < 0) return false
    if (order.p > p || order.q > q || order.P > P || order.Q > Q) return false
    const key = `${order.p},${order.q},${order.P},${order.Q},${order.constant}`
    if (this.#seen.has(key) || this.#seen.size >= MODELS) return false
    const { criterion } = this.#options
    const beat = { criterion, value: this.#method === 'exact' ? this.#bestValue : Number.POSITIVE_INFINITY }
    const fit = this.#estimator.fit(order, { method: this.#method, start: startFrom(this.#best, order), beat })
    const value = isSafe(fit) ? this.#value(fit) : Number.POSITIVE_INFINITY
    this.#seen.set(key, value)
    if (!(value < this.#bestValue)) return false
    this.#best = fit
    this.#bestValue = value
    return true
  }

  /** The criterion; of conditional fits over the observations that all orders share, so that they compare. */
  #value(fit: Fit): number {
    const value = fit[this.#options.criterion]
    if (this.#method === 'exact') return Number.isNaN(value) ? Number.POSITIVE_INFINITY : value
    const n = this.#estimator.count(fit.order)
    return value + (n - fit.count) * ((-2 * fit.loglik) / fit.count)
  }

  /** Fits the best order exactly to the last digit, or the next best where that is unsafe. */
  #final(): Fit {
    const held = this.#best
    if (held) {
      const fit = this.#estimator.fit(held.order, { start: held.free, fine: true })
      if (isSafe(fit)) return fit
    }
    const ranked = [...this.#seen].filter(([, value]) => value < Number.POSITIVE_INFINITY).sort((a, b) => a[1] - b[1])
    for (const [key] of ranked) {
      const [p = 0, q = 0, P = 0, Q = 0] = key.split(',').map(Number)
      const fit = this.#estimator.fit(this.#order(p, q, P, Q, key.endsWith('true')), { fine: true })
      if (isSafe(fit)) return fit
    }
    return this.#estimator.fit(this.#order(0, 0, 0, 0, this.#constant), { fine: true })
  }
}

/** Free numbers for an order from those of a neighbour: what both have is kept, what is new begins near zero. */
export function startFrom(from: Fit | undefined, order: Order): Float64Array {
  const counts = [order.p, order.q, order.P, order.Q]
  const free = new Float64Array(counts.reduce((a, b) => a + b, 0)).fill(0.1)
  if (!from) return free
  const held = [from.order.p, from.order.q, from.order.P, from.order.Q]
  let to = 0
  let at = 0
  counts.forEach((count, i) => {
    const shared = Math.min(count, held[i] as number)
    for (let j = 0; j < shared; j++) free[to + j] = Math.max(-1, Math.min(1, from.free[at + j] as number))
    to += count
    at += held[i] as number
  })
  return free
}

/** The least observations that an order needs, its differences included. */
export const neededFor = (order: Order) =>
  lost(order) + order.p + order.q + order.P + order.Q + (constantOf(order) === 'none' ? 2 : 3)
