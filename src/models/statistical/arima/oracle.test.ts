import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Estimator, isSafe } from './estimate.ts'
import { GappedLikelihood } from './gapped.ts'
import type { Order } from './order.ts'
import { errorVariance, outlook } from './outlook.ts'
import { type Arma, armaOf, expand } from './polynomial.ts'
import { searchOrder } from './search.ts'
import { kpss } from './unit-root.ts'

interface Case {
  readonly name?: string
  readonly order: readonly [number, number, number]
  readonly seasonal: readonly [number, number, number]
  readonly season: number
  readonly constant?: boolean
  readonly coefficients: readonly number[]
  readonly y: readonly (number | null)[]
  readonly loglik: number
  readonly mean: readonly number[]
  readonly error: readonly number[]
  readonly kpss: number
}

const read = (name: string): Case[] =>
  JSON.parse(readFileSync(new URL(`../../../../test/fixtures/arima/${name}.json`, import.meta.url), 'utf8'))
const valuesOf = (c: Case) => Float64Array.from(c.y, (v) => v ?? Number.NaN)
const orderOf = ({ order: [p, d, q], seasonal: [P, D, Q], season, constant }: Case): Order => {
  return { p, d, q, P, D, Q, m: season, constant: constant ?? false }
}
function armaAt(order: Order, coefficients: readonly number[]): Arma {
  const arma = armaOf(order)
  let from = 0
  for (const part of [arma.ar, arma.ma, arma.sar, arma.sma]) {
    part.set(coefficients.slice(from, from + part.length))
    from += part.length
  }
  expand(arma, order.m)
  return arma
}
const within = (actual: number, wanted: number, tolerance: number) =>
  expect(Math.abs(actual - wanted)).toBeLessThan(tolerance * Math.max(1, Math.abs(wanted)))

test.each(
  read('fixed').map((c) => [`(${c.order})(${c.seasonal})${c.y.includes(null) ? ' with gaps' : ''}`, c] as const),
)('likelihood, forecasts and errors at fixed coefficients agree with statsforecast: %s', (_, c) => {
  const order = orderOf(c)
  const values = valuesOf(c)
  const arma = armaAt(order, c.coefficients)
  // Where levels begin unknown the oracle gives them a large variance, which costs it some digits.
  const digits = order.d + order.D === 0 ? 1e-9 : 1e-6
  within(new Estimator({ values, regressors: [] }).at(order, arma).loglik, c.loglik, digits)
  if (c.y.includes(null)) {
    // The filter that takes gaps, which long gaps are left to, against the one that estimates each missing value.
    const filter = new GappedLikelihood([values], order)
    const sum = filter.at(arma, new Float64Array(filter.length))
    within(-0.5 * filter.count * (Math.log((2 * Math.PI * sum) / filter.count) + 1), c.loglik, 1e-6)
  }
  const seen = outlook(order, arma, values, c.mean.length)
  const variance = errorVariance(seen)
  c.mean.forEach((mean, h) => {
    within(seen.mean[h] as number, mean, 1e-6)
    within(Math.sqrt(variance[h] as number), c.error[h] as number, 1e-6)
  })
})

test('a gap at a known place gives the likelihood of the values around it', () => {
  // An ARMA process seen at every second period: the filter against the Gaussian density written out.
  const order: Order = { p: 1, d: 0, q: 0, P: 0, D: 0, Q: 0, m: 1, constant: false }
  const arma = armaAt(order, [0.8])
  const y = [0.3, Number.NaN, -1.1, Number.NaN, 0.7]
  const { loglik } = new Estimator({ values: Float64Array.from(y), regressors: [] }).at(order, arma)
  const b = 0.8 ** 2
  const first = 1 / (1 - b)
  const step = 1 + b
  const squares = 0.3 ** 2 / first + (-1.1 - b * 0.3) ** 2 / step + (0.7 + b * 1.1) ** 2 / step
  const wanted =
    -0.5 * (3 * Math.log(squares / 3) + Math.log(first) + 2 * Math.log(step) + 3 + 3 * Math.log(2 * Math.PI))
  expect(loglik).toBeCloseTo(wanted, 10)
})

const automatic = { most: { p: 5, q: 5, P: 2, Q: 2 }, criterion: 'aicc', approximate: false } as const

test.each(read('chosen').map((c) => [c.name, c] as const))(
  'chooses an order whose AICc is no worse than that of statsforecast: %s',
  (_, c) => {
    const sample = { values: valuesOf(c), regressors: [] }
    const ours = searchOrder(sample, c.season, automatic)
    expect(isSafe(ours)).toBe(true)
    const order = orderOf(c)
    // AICc of different numbers of differences is of different data and does not compare.
    expect([ours.order.d, ours.order.D]).toEqual([order.d, order.D])
    // Where the maximum at their order lies on the unit circle the order is refused; statsforecast stops short of it, as its
    // likelihood depends on the evaluations before, or does not look at roots of polynomials with one coefficient.
    const estimator = new Estimator(sample)
    const theirs = estimator.at(order, armaAt(order, c.coefficients))
    if (isSafe(theirs) && isSafe(estimator.fit(order, { fine: true, start: near(order) })))
      expect(ours.aicc).toBeLessThan(theirs.aicc + 0.05)
  },
)

test('KPSS statistics agree with statsmodels', () => {
  for (const c of read('chosen')) within(kpss(valuesOf(c)), c.kpss, 1e-9)
})

test('one fit is the maximum that statsforecast found, or better, at its own orders', () => {
  for (const c of read('chosen')) {
    const order = orderOf(c)
    const estimator = new Estimator({ values: valuesOf(c), regressors: [] })
    const theirs = estimator.at(order, armaAt(order, c.coefficients)).loglik
    if (Number.isNaN(theirs)) continue
    expect(estimator.fit(order, { fine: true, start: near(order) }).loglik, c.name).toBeGreaterThan(theirs - 1e-3)
  }
})

const near = (order: Order) => new Float64Array(order.p + order.q + order.P + order.Q).fill(0.1)
