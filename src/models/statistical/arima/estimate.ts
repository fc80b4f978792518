import { ConditionalLikelihood } from './conditional.ts'
import { GappedLikelihood } from './gapped.ts'
import { minimise, type Patience, type Room, roomFor } from './least-squares.ts'
import { ExactLikelihood, type Residuals } from './likelihood.ts'
import { armaCount, constantOf, difference, lost, type Order } from './order.ts'
import { type Arma, armaOf, rootsBeyond } from './polynomial.ts'

/** A fitted ARIMA model. */
export interface Fit {
  readonly order: Order
  readonly arma: Arma
  /** Free numbers of the optimiser, a start for a neighbouring order. */
  readonly free: Float64Array
  /** Coefficients of constant (if any) and regressors. */
  readonly beta: Float64Array
  /** Variance of the innovations, their squares over observations less coefficients. */
  readonly sigma2: number
  /** Maximised log-likelihood; of the conditional kind where the fit is. */
  readonly loglik: number
  readonly aicc: number
  readonly aic: number
  readonly bic: number
  /** Observations left after differencing. */
  readonly count: number
}

/** How a model is fitted: exactly, or by the conditional sum of squares that leaves out the first observations. */
export type Method = 'exact' | 'conditional'

/** What is fitted: values (NaN where missing) and regressors of the same length. */
export interface Sample {
  readonly values: Float64Array
  readonly regressors: readonly Float64Array[]
}

const ROUGH: Patience = { gain: 1e-4, iterations: 40 }
const FINE: Patience = { gain: 1e-9, iterations: 80 }
/**
 * Roots must be at least this far from zero, as in `forecast::auto.arima`; those of the seasonal polynomials in powers of the
 * season's lag, where R measures them in powers of one period and so forbids most seasonal models of long seasons.
 */
const SAFE_RADIUS = 1.01
/** Held by the optimiser, so that a season which never changes is fitted from just inside rather than refused. */
const SEASONAL_RADIUS = 1.0101

/**
 * Fits ARIMA models of various orders to one sample by maximum likelihood, sharing memory and differenced data between them.
 */
export class Estimator {
  readonly sample: Sample
  /** Whether a value or a regressor is missing somewhere. */
  readonly gapped: boolean
  readonly #seasonalRadius: number
  #room: Room
  readonly #residuals = new Map<string, Residuals>()

  /** With `safe` the seasonal moving average is kept off the unit circle. */
  constructor(sample: Sample, options: { readonly safe?: boolean } = {}) {
    this.sample = sample
    this.#seasonalRadius = options.safe ? SEASONAL_RADIUS : 1
    this.gapped = [sample.values, ...sample.regressors].some((column) => column.some(Number.isNaN))
    this.#room = roomFor(4, sample.values.length)
  }

  /** How many observations differencing leaves. */
  count(order: Order): number {
    return this.#residualsFor(order, 'exact').count
  }

  /** Fits an order from `start`, free numbers of that order (zeros if absent); `fine` asks for the last digits too. */
  fit(order: Order, options: { start?: Float64Array; method?: Method; fine?: boolean } = {}): Fit {
    const parameters = armaCount(order)
    if (this.#room.step.length !== parameters) this.#room = roomFor(parameters, this.sample.values.length)
    const residuals = this.#residualsFor(order, options.method ?? 'exact')
    const arma = armaOf(order, this.#seasonalRadius)
    const free = options.start?.slice() ?? new Float64Array(parameters)
    const sum = minimise(residuals, arma, free, this.#room, options.fine ? FINE : ROUGH)
    return fitOf(order, arma, free, residuals, sum, this.#room.now)
  }

  /** The likelihood at given coefficients. */
  at(order: Order, arma: Arma): Fit {
    const residuals = this.#residualsFor(order, 'exact')
    const sum = residuals.at(arma, this.#room.now)
    return fitOf(order, arma, new Float64Array(armaCount(order)), residuals, sum, this.#room.now)
  }

  #residualsFor(order: Order, method: Method): Residuals {
    const constant = constantOf(order)
    const conditional = method === 'conditional' && !this.gapped
    const key = `${order.d},${order.D},${constant},${conditional ? `${order.p},${order.P}` : ''}`
    let held = this.#residuals.get(key)
    if (!held) {
      held = this.#make(order, constant, conditional)
      this.#residuals.set(key, held)
    }
    return held
  }

  #make(order: Order, constant: ReturnType<typeof constantOf>, conditional: boolean): Residuals {
    const { values, regressors } = this.sample
    const columns = [values, ...constantColumn(constant, values.length), ...regressors]
    if (this.gapped) return new GappedLikelihood(columns, order)
    const n = Math.max(0, values.length - lost(order))
    const flat = new Float64Array(n * columns.length)
    columns.forEach((column, i) => {
      flat.set(difference(column, order), i * n)
    })
    if (conditional) return new ConditionalLikelihood(flat, n, order.m, Math.min(n, order.p + order.P * order.m))
    return new ExactLikelihood(flat, n, order.m)
  }
}

/** The regressor of a constant: ones for a mean, the number of the period from 1 for a drift. */
export function constantColumn(constant: ReturnType<typeof constantOf>, length: number): Float64Array[] {
  if (constant === 'none') return []
  return [Float64Array.from({ length }, (_, t) => (constant === 'mean' ? 1 : t + 1))]
}

function fitOf(
  order: Order,
  arma: Arma,
  free: Float64Array,
  residuals: Residuals,
  sum: number,
  scaled: Float64Array,
): Fit {
  const n = residuals.count
  const parameters = armaCount(order) + residuals.beta.length + 1
  const loglik = -0.5 * n * (Math.log(sum / n) + 1 + Math.log(2 * Math.PI))
  const aic = -2 * loglik + 2 * parameters
  const spare = n - parameters - 1
  const plain = residuals.plain(scaled)
  return {
    order,
    arma,
    free,
    beta: residuals.beta.slice(),
    sigma2: plain / Math.max(1, n - parameters + 1),
    loglik,
    aic,
    aicc: spare > 0 ? aic + (2 * parameters * (parameters + 1)) / spare : Number.POSITIVE_INFINITY,
    bic: aic + parameters * (Math.log(n) - 2),
    count: n,
  }
}

/** Whether no root of a fit's polynomials is too near to the unit circle for its forecasts to be trusted. */
export function isSafe({ arma }: Fit): boolean {
  return (
    rootsBeyond(arma.ar, SAFE_RADIUS) &&
    rootsBeyond(arma.sar, SAFE_RADIUS) &&
    rootsBeyond(
      arma.ma.map((c) => -c),
      SAFE_RADIUS,
    ) &&
    rootsBeyond(
      arma.sma.map((c) => -c),
      SAFE_RADIUS,
    )
  )
}
