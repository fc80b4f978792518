import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Calendar } from '../../../core/calendar.ts'
import { CannotForecast } from '../../../core/errors.ts'
import { Random } from '../../../core/random.ts'
import { modelContract } from '../../contract.case.ts'
import type { Answer, LocalMethod, Series } from '../../local.ts'
import { localModel } from '../../local-model.ts'
import { arima } from './arima.ts'
import { autoArima } from './auto-arima.ts'
import { unpack } from './parameters.ts'

modelContract(() => localModel(autoArima()))
modelContract(() => localModel(arima({ order: [1, 0, 1], seasonal: [1, 0, 0] })))

const calendar = new Calendar({ unit: 'month' })
function seriesOf(values: ArrayLike<number>, more: Partial<Series> = {}): Series {
  return {
    id: 's',
    calendar,
    start: 0,
    values: Float64Array.from(values),
    season: 12,
    seasons: [12],
    nonNegative: false,
    integer: false,
    known: new Map(),
    ...more,
  }
}
function answerOf(horizon: number, levels: readonly number[] = [0.1, 0.5, 0.9], paths = 0): Answer {
  return {
    levels,
    paths,
    horizon,
    mean: new Float64Array(horizon),
    quantiles: new Float64Array(horizon * levels.length),
    sample: new Float64Array(paths * horizon),
    random: Random.of(1, 'arima'),
  }
}
function run<O extends object>(method: LocalMethod<O>, series: Series, answer: Answer): Answer {
  method.forecast(series, method.fit(series, method.options), answer, method.options)
  return answer
}

// Box and Jenkins, series G, and the levels of Lake Huron 1875–1972: as in R's `datasets`.
const AIR =
  `112 118 132 129 121 135 148 148 136 119 104 118 115 126 141 135 125 149 170 170 158 133 114 140 145 150 178 163 172 178
 199 199 184 162 146 166 171 180 193 181 183 218 230 242 209 191 172 194 196 196 236 235 229 243 264 272 237 211 180 201 204 188
 235 227 234 264 302 293 259 229 203 229 242 233 267 269 270 315 364 347 312 274 237 278 284 277 317 313 318 374 413 405 355 306
 271 306 315 301 356 348 355 422 465 467 404 347 305 336 340 318 362 348 363 435 491 505 404 359 310 337 360 342 406 396 420 472
 548 559 463 407 362 405 417 391 419 461 472 535 622 606 508 461 390 432`
    .split(/\s+/)
    .map(Number)
const HURON =
  `580.38 581.86 580.97 580.80 579.79 580.39 580.42 580.82 581.40 581.32 581.44 581.68 581.17 580.53 580.01 579.91 579.14
 579.16 579.55 579.67 578.44 578.24 579.10 579.09 579.35 578.82 579.32 579.01 579.00 579.80 579.83 579.72 579.89 580.01 579.37 578.69
 578.19 578.67 579.55 578.92 578.09 579.37 580.13 580.14 579.51 579.24 578.66 578.86 578.05 577.79 576.75 576.75 577.82 578.64 580.58
 579.48 577.38 576.90 576.94 576.24 576.84 576.85 576.90 577.79 578.18 577.51 577.23 578.42 579.61 579.05 579.26 579.22 579.38 579.10
 577.95 578.12 579.75 580.85 580.41 579.96 579.61 578.76 578.18 577.21 577.13 579.10 578.25 577.91 576.89 575.96 576.80 577.68 578.38
 578.52 579.74 579.31 579.89 579.96`
    .split(/\s+/)
    .map(Number)

test('the airline model has the coefficients and likelihood that R prints', () => {
  const logs = AIR.map(Math.log)
  const method = arima({ order: [0, 1, 1], seasonal: [0, 1, 1], constant: false })
  const { arma, loglik } = unpack(method.fit(seriesOf(logs), method.options))
  expect(arma.ma[0]).toBeCloseTo(-0.4018, 3)
  expect(arma.sma[0]).toBeCloseTo(-0.5569, 3)
  expect(loglik).toBeCloseTo(244.7, 1)
})

test('Lake Huron with a trend as regressor has the coefficients and likelihood that R prints', () => {
  const year = Float64Array.from({ length: HURON.length + 3 }, (_, t) => 1875 + t - 1920)
  const method = arima({ order: [2, 0, 0], regressors: ['year'] })
  const series = seriesOf(HURON, { known: new Map([['year', year]]) })
  const { arma, beta, loglik, sigma2 } = unpack(method.fit(series, method.options))
  expect(arma.ar[0]).toBeCloseTo(1.0048, 3)
  expect(arma.ar[1]).toBeCloseTo(-0.2913, 3)
  expect(beta[0]).toBeCloseTo(579.0993, 3)
  expect(beta[1]).toBeCloseTo(-0.0216, 4)
  expect(loglik).toBeCloseTo(-101.2, 1)
  // R divides by all 98 observations, we by those less the coefficients.
  expect((sigma2 * (98 - 4)) / 98).toBeCloseTo(0.4566, 3)
})

test('a gap is filled by the filter and not by interpolation', () => {
  const random = Random.of(5, 'gaps')
  const whole = Float64Array.from({ length: 120 }, () => 0)
  for (let t = 1; t < whole.length; t++) whole[t] = 0.8 * (whole[t - 1] as number) + random.normal()
  const gapped = whole.map((v, t) => (t % 9 === 4 ? Number.NaN : v))
  const method = arima({ order: [1, 0, 0], constant: false })
  const full = unpack(method.fit(seriesOf(whole), method.options))
  const part = unpack(method.fit(seriesOf(gapped), method.options))
  expect(part.arma.ar[0]).toBeCloseTo(full.arma.ar[0] as number, 1)
  const { mean } = run(method, seriesOf([...gapped, Number.NaN, Number.NaN]), answerOf(1))
  const [phi = 0] = unpack(method.fit(seriesOf([...gapped, Number.NaN, Number.NaN]), method.options)).arma.ar
  expect(mean[0]).toBeCloseTo(phi ** 3 * (gapped[119] as number), 8)
})

const promoted = (n: number, horizon: number) => {
  const random = Random.of(8, 'promo')
  const promo = Float64Array.from({ length: n + horizon }, (_, t) => (t % 5 === 0 || t % 11 === 3 ? 1 : 0))
  let error = 0
  const values = Float64Array.from({ length: n }, (_, t) => {
    error = 0.6 * error + random.normal()
    return 30 + 12 * (promo[t] as number) + error
  })
  return { values, promo }
}

test.each([
  ['automatic', autoArima({ season: 1, regressors: ['promo'] })],
  ['all columns', autoArima({ season: 1, regressors: 'all' })],
] as const)('regressors: a planted coefficient is found and each future step uses its own value (%s)', (_, method) => {
  const { values, promo } = promoted(150, 12)
  const series = seriesOf(values, { known: new Map([['promo', promo]]) })
  const kept = unpack(method.fit(series, method.options))
  expect(kept.beta.at(-1)).toBeCloseTo(12, 0)
  const before = run(method, series, answerOf(12)).mean
  const turned = promo.map((v, t) => (t < 150 ? v : 1 - v))
  const after = run(method, seriesOf(values, { known: new Map([['promo', turned]]) }), answerOf(12)).mean
  for (let h = 0; h < 12; h++)
    expect((after[h] as number) - (before[h] as number)).toBeCloseTo(
      (kept.beta.at(-1) as number) * (1 - 2 * (promo[150 + h] as number)),
      6,
    )
})

test('refuses a regressor that is absent, or whose future is', () => {
  const { values, promo } = promoted(60, 3)
  const method = autoArima({ season: 1, regressors: ['promo'] })
  expect(() => method.fit(seriesOf(values), method.options)).toThrow(CannotForecast)
  promo[61] = Number.NaN
  expect(() => run(method, seriesOf(values, { known: new Map([['promo', promo]]) }), answerOf(3))).toThrow(
    CannotForecast,
  )
})

test('a column that never varies changes nothing', () => {
  const { values } = promoted(80, 4)
  const flat = new Float64Array(84).fill(3)
  const plain = run(arima({ order: [1, 0, 0] }), seriesOf(values), answerOf(4))
  const method = arima({ order: [1, 0, 0], regressors: ['flat'] })
  const more = run(method, seriesOf(values, { known: new Map([['flat', flat]]) }), answerOf(4))
  for (let h = 0; h < 4; h++) expect(more.mean[h]).toBeCloseTo(plain.mean[h] as number, 6)
})

test('straight lines and repeated weeks are carried on exactly', () => {
  const line = run(autoArima(), seriesOf(Array.from({ length: 40 }, (_, t) => 3 + 0.5 * t)), answerOf(5)).mean
  line.forEach((v, h) => {
    expect(v).toBeCloseTo(3 + 0.5 * (40 + h), 6)
  })
  const week = [1, 5, 2, 8, 3, 9, 4]
  const weeks = run(
    autoArima({ season: 7 }),
    seriesOf(Array.from({ length: 63 }, (_, t) => week[t % 7] as number)),
    answerOf(7),
  )
  weeks.mean.forEach((v, h) => {
    expect(v).toBeCloseTo(week[h] as number, 6)
  })
})

test('a fit serves a longer series: the drift counts from the period that it was fitted from', () => {
  const random = Random.of(2, 'drift')
  let level = 100
  const values = Array.from({ length: 90 }, () => (level += 2 + 0.5 * random.normal()))
  const method = arima({ order: [0, 1, 0] })
  const parameters = method.fit(seriesOf(values.slice(0, 80)), method.options)
  const later = answerOf(3)
  method.forecast(seriesOf(values.slice(20), { start: 20 }), parameters, later, method.options)
  const drift = unpack(parameters).beta[0] as number
  expect(drift).toBeCloseTo(2, 0)
  later.mean.forEach((v, h) => {
    expect(v).toBeCloseTo((values[89] as number) + drift * (h + 1), 6)
  })
})

test('quantiles and paths agree: the spread of the paths is that of the quantiles at every step', () => {
  const { values } = promoted(100, 0)
  const answer = run(
    arima({ order: [1, 1, 1] }),
    seriesOf([...values, Number.NaN, Number.NaN]),
    answerOf(8, [0.1, 0.9], 4000),
  )
  for (let h = 0; h < 8; h++) {
    let inside = 0
    for (let p = 0; p < 4000; p++) {
      const v = answer.sample[p * 8 + h] as number
      if (v >= (answer.quantiles[h * 2] as number) && v <= (answer.quantiles[h * 2 + 1] as number)) inside++
    }
    expect(inside / 4000).toBeGreaterThan(0.77)
    expect(inside / 4000).toBeLessThan(0.83)
  }
})

test('the approximate search ends near the exact one', () => {
  const logs = AIR.map(Math.log)
  const quick = autoArima({ approximate: true })
  const exact = autoArima()
  const aicc = (method: LocalMethod) => unpack(method.fit(seriesOf(logs), method.options)).aicc
  expect(aicc(quick)).toBeLessThan(aicc(exact) + 4)
})

test('a forecast in other units is the same forecast: scale and level carry through', () => {
  const { values } = promoted(70, 0)
  for (const method of [
    arima({ order: [1, 0, 1] }),
    arima({ order: [0, 1, 1] }),
    autoArima({ season: 7 }),
  ] as LocalMethod[]) {
    const plain = run(method, seriesOf(values), answerOf(6))
    fc.assert(
      fc.property(fc.integer({ min: -3, max: 6 }), fc.integer({ min: -50, max: 50 }), (power, shift) => {
        const scale = 10 ** power
        const other = run(method, seriesOf(values.map((v) => scale * (v + shift))), answerOf(6))
        for (let k = 0; k < 18; k++)
          expect(
            Math.abs((other.quantiles[k] as number) / scale - shift - (plain.quantiles[k] as number)),
          ).toBeLessThan(1e-3)
      }),
      { numRuns: 10 },
    )
  }
})
