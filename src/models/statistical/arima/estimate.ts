import { ConditionalLikelihood } from './conditional.ts'
import { GappedLikelihood, wholeRows } from './gapped.ts'
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

export type Criterion = 'aicc' | 'aic' | 'bic'

/** Missing values above which a filter that takes gaps is quicker than estimating each. */
const MANY_HOLES = 60

/** How an order is fitted. */
export interface FitOptions {
  /** Free numbers to start from; zeros by default. */
  readonly start?: Float64Array
  readonly method?: Method
  /** Whether the last digits are wanted too. */
  readonly fine?: boolean
  /** The criterion below which the fit must come to be worth finishing. */
  readonly beat?: { readonly criterion: Criterion; readonly value: number }
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

  /** Fits an order; one that will not beat what it must is returned as far as it came. */
  fit(order: Order, options: FitOptions = {}): Fit {
    const parameters = armaCount(order)
    if (this.#room.step.length !== parameters) this.#room = roomFor(parameters, this.sample.values.length)
    const residuals = this.#residualsFor(order, options.method ?? 'exact')
    const arma = armaOf(order, this.#seasonalRadius)
    const free = options.start?.slice() ?? new Float64Array(parameters)
    let patience = options.fine ? FINE : ROUGH
    if (options.beat) {
      const { criterion, value } = options.beat
      const loglik = (penalty(order, residuals, criterion) - value) / 2
      patience = { ...patience, needed: sumFor(loglik, residuals.count) }
    }
    const sum = minimise(residuals, arma, free, this.#room, patience)
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
    const known = [...constantColumn(constant, values.length), ...regressors]
    const holes = this.gapped ? wholeRows([values, ...regressors]).flatMap((is, t) => (is ? [] : [t])) : []
    if (holes.length > MANY_HOLES || 2 * holes.length > values.length)
      return new GappedLikelihood([values, ...known], order)
    const columns = holes.length > 0 ? withHoles(values, known, holes) : [values, ...known]
    const n = Math.max(0, values.length - lost(order))
    const flat = new Float64Array(n * columns.length)
    columns.forEach((column, i) => {
      flat.set(difference(column, order), i * n)
    })
    if (conditional) return new ConditionalLikelihood(flat, n, order.m, Math.min(n, order.p + order.P * order.m))
    return new ExactLikelihood(flat, n, order.m, holes.length)
  }
}

/** The series with its holes filled by what came before, an indicator of each hole, and the regressors filled likewise. */
function withHoles(values: Float64Array, known: readonly Float64Array[], holes: readonly number[]): Float64Array[] {
  const [filled, ...rest] = [values, ...known].map((column) => {
    const whole = column.slice()
    for (const t of holes) whole[t] = t > 0 ? (whole[t - 1] as number) : 0
    return whole
  })
  const indicators = holes.map((hole) => {
    const column = new Float64Array(values.length)
    column[hole] = 1
    return column
  })
  return [filled as Float64Array, ...indicators, ...rest]
}

/** The regressor of a constant: ones for a mean, the number of the period from 1 for a drift. */
function constantColumn(constant: ReturnType<typeof constantOf>, length: number): Float64Array[] {
  if (constant === 'none') return []
  return [Float64Array.from({ length }, (_, t) => (constant === 'mean' ? 1 : t + 1))]
}

const coefficientsOf = (order: Order, residuals: Residuals) => armaCount(order) + residuals.beta.length + 1

/** What a criterion adds to −2·log-likelihood. */
function penalty(order: Order, residuals: Residuals, criterion: Criterion): number {
  const k = coefficientsOf(order, residuals)
  const n = residuals.count
  if (criterion === 'bic') return k * Math.log(n)
  if (criterion === 'aic') return 2 * k
  const spare = n - k - 1
  return spare > 0 ? 2 * k + (2 * k * (k + 1)) / spare : Number.POSITIVE_INFINITY
}

const loglikOf = (sum: number, n: number) => -0.5 * n * (Math.log(sum / n) + 1 + Math.log(2 * Math.PI))
const sumFor = (loglik: number, n: number) => n * Math.exp((-2 * loglik) / n - 1 - Math.log(2 * Math.PI))

function fitOf(
  order: Order,
  arma: Arma,
  free: Float64Array,
  residuals: Residuals,
  sum: number,
  scaled: Float64Array,
): Fit {
  const n = residuals.count
  const loglik = loglikOf(sum, n)
  const of = (criterion: Criterion) => penalty(order, residuals, criterion) - 2 * loglik
  return {
    order,
    arma,
    free,
    beta: residuals.beta.slice(),
    sigma2: residuals.plain(scaled) / Math.max(1, n - coefficientsOf(order, residuals) + 1),
    loglik,
    aic: of('aic'),
    aicc: of('aicc'),
    bic: of('bic'),
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
