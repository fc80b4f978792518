import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { at } from '../../../core/panel.ts'
import { Random } from '../../../core/random.ts'
import { At, runFilter, trackOf } from './filter.ts'
import { maximiseLikelihood } from './fit.ts'
import { codeOf, type ErrorKind, type Form, formOf, nameOf, type PartKind } from './form.ts'
import { runSlopes, slopesOf } from './sensitivity.ts'

interface Case {
  readonly error: string
  readonly trend: string
  readonly damped: boolean
  readonly season: string
  readonly state: number[]
  readonly alpha: number
  readonly beta: number
  readonly gamma: number
  readonly phi: number
  readonly residuals: number[]
  readonly lik: number
}
const fixture = new URL('../../../../test/fixtures/smoothing/filters.json', import.meta.url)
const { y: values, cases } = JSON.parse(readFileSync(fixture, 'utf8')) as { y: number[]; cases: Case[] }
const M = 7

function formIn({ error, trend, damped, season }: Case): Form {
  return {
    error: 'AM'.indexOf(error) as ErrorKind,
    trend: 'NAM'.indexOf(trend) as PartKind,
    season: 'NAM'.indexOf(season) as PartKind,
    damped,
  }
}

/** The fixture's seasonal states come newest first. */
function vectorIn({ trend, season, state, alpha, beta, gamma, phi }: Case): Float64Array {
  const x = new Float64Array(At.season + M)
  x.set([alpha, beta / alpha, gamma / (1 - alpha), phi, at(state, 0), trend === 'N' ? 0 : at(state, 1)])
  if (season !== 'N') x.set(state.slice(-M).reverse(), At.season)
  return x
}

test.each(cases.map((c) => [nameOf(formIn(c)), c] as const))('%s filters as statsforecast does', (_, c) => {
  const form = formIn(c)
  const track = trackOf(Float64Array.from(values), M)
  const f = runFilter(track, form, vectorIn(c))
  expect(values.length * Math.log(f)).toBeCloseTo(c.lik, 7)
  c.residuals.forEach((r, t) => {
    const ours = form.error === 1 ? at(track.e, t) / at(track.mu, t) : at(track.e, t)
    expect(ours).toBeCloseTo(r, 8)
  })
})

/** Free parameters of a form, all but the dependent last seasonal state. */
function freeOf({ trend, damped, season }: Form): number[] {
  return [
    At.alpha,
    At.level,
    ...(trend ? [At.betaShare, At.growth] : []),
    ...(damped ? [At.phi] : []),
    ...(season ? [At.gammaShare, ...Array.from({ length: M - 1 }, (_, j) => At.season + j)] : []),
  ]
}

test.each(cases.map((c) => [nameOf(formIn(c)), c] as const))('slopes of %s are those of finite differences', (_, c) => {
  const form = formIn(c)
  const y = Float64Array.from(values)
  for (const gap of [0, 9, 10, 41]) y[gap] = Number.NaN
  const track = trackOf(y, M)
  const x = vectorIn(c)
  const free = Int32Array.from(freeOf(form))
  const slopes = slopesOf(track, free)
  runSlopes(track, form, x, slopes)
  const move = (k: number, by: number) => {
    const moved = Float64Array.from(x)
    const index = at(free, k)
    moved[index] = at(moved, index) + by
    if (index >= At.season) moved[At.season + M - 1] = at(moved, At.season + M - 1) - by
    runFilter(track, form, moved)
    return Float64Array.from(track.mu)
  }
  for (let k = 0; k < free.length; k++) {
    const step = 1e-6
    const up = move(k, step)
    const down = move(k, -step)
    for (let t = 0; t < y.length; t++) {
      const slope = at(slopes.jacobian, k * y.length + t)
      const expected = Number.isNaN(at(y, t)) ? 0 : (at(up, t) - at(down, t)) / (2 * step)
      expect(Math.abs(slope - expected)).toBeLessThan(2e-5 * (1 + Math.abs(expected)))
    }
  }
})

test('a missing value leaves the states where they were predicted', () => {
  const form: Form = { error: 0, trend: 1, damped: false, season: 0 }
  const x = new Float64Array(At.season + 1)
  x.set([0.4, 0.5, 0, 1, 10, 2])
  const track = trackOf(Float64Array.of(Number.NaN, Number.NaN, 16, Number.NaN), 1)
  expect(runFilter(track, form, x)).toBe(0)
  expect([...track.mu]).toEqual([12, 14, 16, 18])
  expect(track.observed).toBe(1)
})

test('multiplicative parts refuse a path through zero', () => {
  const x = new Float64Array(At.season + 1)
  x.set([0.4, 0, 0, 1, 0, 0])
  expect(runFilter(trackOf(Float64Array.of(1, 2), 1), { error: 1, trend: 0, damped: false, season: 0 }, x)).toBe(
    Number.POSITIVE_INFINITY,
  )
})

test.each(cases.map((c) => [nameOf(formIn(c)), c] as const))(
  'no small step betters the likelihood found for %s',
  (_, c) => {
    const form = formIn(c)
    const random = Random.of(4, nameOf(form))
    const y = Float64Array.from(values, (v) => v * (1 + 0.02 * random.normal()))
    const track = trackOf(y, M)
    const x = vectorIn(c)
    const free = Int32Array.from(freeOf(form))
    const before = y.length * Math.log(runFilter(track, form, x))
    const { deviance } = maximiseLikelihood(track, form, x, free)
    expect(deviance).toBeLessThanOrEqual(before)
    expect(y.length * Math.log(runFilter(track, form, x))).toBeCloseTo(deviance, 8)
    for (let k = 0; k < free.length; k++)
      for (const by of [-1e-3, 1e-3]) {
        const moved = Float64Array.from(x)
        const index = at(free, k)
        const next = at(moved, index) + by * Math.max(0.1, Math.abs(at(moved, index)))
        if (index < 4 && (next < (index === At.phi ? 0.8 : 1e-4) || next > (index === At.phi ? 0.98 : 0.9999))) continue
        moved[index] = next
        if (index >= At.season) moved[At.season + M - 1] = at(x, At.season + M - 1) - (next - at(x, index))
        expect(y.length * Math.log(runFilter(track, form, moved))).toBeGreaterThan(deviance - 0.05)
      }
  },
)

test('a form survives being kept as a number', () => {
  for (const c of cases) expect(formOf(codeOf(formIn(c)))).toEqual(formIn(c))
})
