import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Calendar } from '../../../core/calendar.ts'
import { at } from '../../../core/panel.ts'
import { Random } from '../../../core/random.ts'
import type { Answer, LocalMethod, Series } from '../../local.ts'
import { writeAnswer } from './answer.ts'
import { At } from './filter.ts'
import { type ErrorKind, type Form, formsOf, nameOf, type PartKind } from './form.ts'
import type { EtsOptions } from './method.ts'
import { autoEts, dampedHolt, ets, holt, holtWinters, multiplicativeHoltWinters } from './methods.ts'
import { hasVariance, type Outlook, writeMeans, writePaths, writeVariances } from './outlook.ts'
import { follow, unpacked } from './parameters.ts'

interface Known {
  readonly y: number[]
  readonly components: string
  readonly aicc: number
  readonly par: (number | null)[]
  readonly state: number[]
  readonly variance: number
  readonly mean: number[]
  readonly high: number[]
}
const fixture = new URL('../../../../test/fixtures/smoothing/chosen.json', import.meta.url)
const known = JSON.parse(readFileSync(fixture, 'utf8')) as Known[]
const M = 7
const calendar = new Calendar({ unit: 'day' })

function seriesOf(values: ArrayLike<number>): Series {
  const y = Float64Array.from(values)
  const nonNegative = y.every((v) => !(v < 0))
  return {
    id: 'x',
    calendar,
    start: 0,
    values: y,
    season: M,
    seasons: [M],
    nonNegative,
    integer: false,
    known: new Map(),
  }
}

function answerFor(horizon: number, levels: readonly number[], paths = 0): Answer {
  return {
    horizon,
    levels,
    paths,
    mean: new Float64Array(horizon),
    quantiles: new Float64Array(horizon * levels.length),
    sample: new Float64Array(paths * horizon),
    random: Random.of(1, 'answer'),
  }
}

function forecast(method: LocalMethod<EtsOptions>, values: ArrayLike<number>, answer: Answer): Answer {
  const series = seriesOf(values)
  method.forecast(series, method.fit(series, method.options), answer, method.options)
  return answer
}

function formIn(components: string): Form {
  const [e = '', t = '', s = '', d] = components
  return {
    error: 'AM'.indexOf(e) as ErrorKind,
    trend: 'NAM'.indexOf(t) as PartKind,
    season: 'NAM'.indexOf(s) as PartKind,
    damped: d === 'D',
  }
}

test('the criterion chosen is no worse than the one that statsforecast finds in the usual region', () => {
  const gaps = known.map(({ y, aicc, par }) => {
    const [alpha, beta, gamma] = par as [number, number | null, number | null]
    // Its search does not keep to β < α and γ < 1 − α, as R and the book do.
    const usual = (beta ?? 0) <= alpha && (gamma ?? 0) <= 1 - alpha
    return usual ? unpacked(autoEts().fit(seriesOf(y), {})).score - aicc : Number.NaN
  })
  const compared = gaps.filter((gap) => !Number.isNaN(gap))
  expect(compared.length).toBeGreaterThan(20)
  for (const gap of compared) expect(gap).toBeLessThan(0.02)
})

/** Forms whose means and variances statsforecast computes by the book. */
const BY_THE_BOOK = ['ANNN', 'AANN', 'ANAN', 'AAAN', 'MNNN', 'MANN', 'MNAN']

test('means and quantiles of its parameters are those of statsforecast', () => {
  const seen = new Set<string>()
  for (const { y, components, par, state, variance, mean, high } of known) {
    if (!BY_THE_BOOK.includes(components)) continue
    seen.add(components)
    const form = formIn(components)
    const [alpha, beta, gamma] = par.map((p) => p ?? 0) as [number, number, number]
    const x = new Float64Array(At.season + M)
    x.set([alpha, beta / alpha, gamma / (1 - alpha), 1, at(state, 0), form.trend ? at(state, 1) : 0])
    if (form.season) x.set(state.slice(-M).reverse(), At.season)
    const outlook = follow(Float64Array.from(y), { form, m: M, x, variance, score: 0, deviance: 0 }) as Outlook
    const answer = answerFor(14, [0.9])
    writeAnswer(outlook, answer)
    for (let h = 0; h < 14; h++) {
      expect(at(answer.mean, h)).toBeCloseTo(at(mean, h), 8)
      // Its closed formulae count the cycles of the last step for every step, so only the second cycle is comparable.
      if (form.season === 0 || form.error === 1 || h >= M) expect(at(answer.quantiles, h)).toBeCloseTo(at(high, h), 6)
    }
  }
  expect(seen.size).toBeGreaterThanOrEqual(5)
})

const every = formsOf({ form: 'ZZZ', damped: undefined, multiplicativeTrend: true, restrict: false })

function outlookOf(form: Form): Outlook {
  const x = new Float64Array(At.season + M)
  x.set([0.4, 0.2, 0.15, 0.9])
  const ring =
    form.season === 2 ? [0.9, 1.1, 1, 1.2, 0.8, 1, 1] : [-2, 3, 0, 4, -4, -1, 0].map((s) => s * (form.season ? 1 : 0))
  return {
    form,
    x,
    m: M,
    variance: form.error === 1 ? 0.01 : 4,
    level: 40,
    growth: form.trend === 2 ? 1.01 : form.trend ? 0.5 : 0,
    ring: Float64Array.from(ring),
  }
}

test.each(every.map((form) => [nameOf(form), form] as const))('%s: paths agree with means and variances', (_, form) => {
  const outlook = outlookOf(form)
  const steps = 10
  const count = 20_000
  const mean = new Float64Array(steps)
  const adjusted = new Float64Array(steps)
  const variances = new Float64Array(steps)
  const paths = new Float64Array(count * steps)
  writeMeans(outlook, mean, adjusted)
  writePaths(outlook, steps, Random.of(2, nameOf(form)), paths)
  if (hasVariance(form)) writeVariances(outlook, mean, adjusted, variances)
  for (let h = 0; h < steps; h++) {
    let sum = 0
    let squares = 0
    for (let p = 0; p < count; p++) {
      const gap = at(paths, p * steps + h) - at(mean, h)
      sum += gap
      squares += gap * gap
    }
    const spread = Math.sqrt(squares / count)
    // Point forecasts of forms with products of states are medians rather than means, hence the tolerance.
    expect(Math.abs(sum / count)).toBeLessThan((hasVariance(form) ? 0.02 : 0.12) * spread)
    if (hasVariance(form)) expect(spread / Math.sqrt(at(variances, h))).toBeCloseTo(1, 1)
    if (hasVariance(form) && h < M) expect(Math.abs(spread / Math.sqrt(at(variances, h)) - 1)).toBeLessThan(0.025)
  }
})

test('simulated quantiles of a form without a closed variance bracket its mean and ascend', () => {
  const answer = answerFor(5, [0.1, 0.5, 0.9], 100)
  writeAnswer(outlookOf({ error: 1, trend: 2, damped: true, season: 2 }), answer)
  for (let h = 0; h < 5; h++) {
    const [low, middle, high] = answer.quantiles.subarray(3 * h, 3 * h + 3) as unknown as [number, number, number]
    expect(low).toBeLessThan(middle)
    expect(middle).toBeLessThan(high)
    expect(Math.abs(middle / at(answer.mean, h) - 1)).toBeLessThan(0.05)
    expect(high / low).toBeGreaterThan(1.2)
  }
  expect(new Set(answer.sample).size).toBeGreaterThan(490)
})

const values = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 22, maxLength: 60 })

test('a change of unit changes the forecast by that unit', () => {
  fc.assert(
    fc.property(values, fc.integer({ min: -8, max: 8 }), (y, power) => {
      // Powers of two, so that not even rounding differs.
      const unit = 2 ** power
      const plain = forecast(autoEts(), y, answerFor(8, [0.1, 0.9]))
      const scaled = forecast(
        autoEts(),
        y.map((v) => v * unit),
        answerFor(8, [0.1, 0.9]),
      )
      for (let h = 0; h < 8; h++) expect(at(scaled.mean, h) / unit).toBeCloseTo(at(plain.mean, h), 6)
      for (let q = 0; q < 16; q++) expect(at(scaled.quantiles, q) / unit).toBeCloseTo(at(plain.quantiles, q), 6)
    }),
    { numRuns: 25, seed: 7 },
  )
})

test('an additive form moves with its series', () => {
  const additive = (form: string) => ets({ form, damped: false })
  fc.assert(
    fc.property(values, fc.constantFrom('ANN', 'AAN', 'ANA', 'AAA'), (y, form) => {
      const plain = forecast(additive(form), y, answerFor(8, [0.2]))
      const moved = forecast(
        additive(form),
        y.map((v) => v + 500),
        answerFor(8, [0.2]),
      )
      const width = Math.max(...y) - Math.min(...y) + 1e-9
      for (let h = 0; h < 8; h++)
        expect(Math.abs(at(moved.mean, h) - 500 - at(plain.mean, h)) / width).toBeLessThan(2e-2)
    }),
    { numRuns: 40, seed: 7 },
  )
})

test('finds a planted trend and season again', () => {
  const random = Random.of(9, 'planted')
  const truth = (t: number) => 50 + 0.5 * t + 8 * Math.sin((2 * Math.PI * t) / M)
  const y = Array.from({ length: 140 }, (_, t) => truth(t) + random.normal())
  const methods = [autoEts(), holtWinters(), multiplicativeHoltWinters()]
  for (const method of methods) {
    const answer = forecast(method, y, answerFor(14, [0.05, 0.95]))
    for (let h = 0; h < 14; h++) expect(Math.abs(at(answer.mean, h) - truth(140 + h))).toBeLessThan(2.5)
  }
  expect(unpacked(autoEts().fit(seriesOf(y), {})).form.season).not.toBe(0)
})

test("Holt's trend goes on, a damped one flattens out", () => {
  const random = Random.of(3, 'trend')
  const y = Array.from({ length: 60 }, (_, t) => 10 + 2 * t + random.normal())
  const straight = forecast(holt(), y, answerFor(40, []))
  const damped = forecast(dampedHolt(), y, answerFor(40, []))
  expect(at(straight.mean, 39) - at(straight.mean, 38)).toBeCloseTo(2, 0)
  expect(at(damped.mean, 39) - at(damped.mean, 38)).toBeLessThan(at(damped.mean, 1) - at(damped.mean, 0))
})

test('refuses by type: nothing observed, too short, not above zero, no season', () => {
  const fit = (method: LocalMethod<EtsOptions>, y: number[], season = M) =>
    method.fit({ ...seriesOf(y), season }, method.options)
  const rising = Array.from({ length: 40 }, (_, t) => t + 1 + (t % 3))
  expect(() => fit(autoEts(), [Number.NaN])).toThrow(expect.objectContaining({ reason: 'noValues' }))
  expect(() => fit(holtWinters(), [1, 2, 3, 1, 2, 4, 2, 3])).toThrow(expect.objectContaining({ reason: 'tooShort' }))
  expect(() =>
    fit(
      multiplicativeHoltWinters(),
      rising.map((v) => v - 3),
    ),
  ).toThrow(expect.objectContaining({ reason: 'notPositive' }))
  expect(() => fit(holtWinters(), rising, 1)).toThrow(expect.objectContaining({ reason: 'noSeason' }))
  expect(() => ets({ form: 'XYZ' })).toThrow(expect.objectContaining({ code: 'ets.form' }))
  expect(() => autoEts({ form: 'AAM' })).toThrow(expect.objectContaining({ code: 'ets.form' }))
})

test('given smoothing constants are kept', () => {
  const y = Array.from({ length: 40 }, (_, t) => 20 + ((t * 7) % 5))
  const { x } = unpacked(ets({ form: 'AAA', alpha: 0.3, beta: 0.06, gamma: 0.14 }).fit(seriesOf(y), {}))
  expect(at(x, At.alpha)).toBe(0.3)
  expect(at(x, At.betaShare) * 0.3).toBeCloseTo(0.06, 12)
  expect(at(x, At.gammaShare) * 0.7).toBeCloseTo(0.14, 12)
})
