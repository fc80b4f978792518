import type { Random } from '../../../core/random.ts'
import { between, chosen, strength } from './waves.ts'

/** Covariates of a series, and what they do. */
export interface Driven {
  readonly covariates: readonly Float64Array[]
  /** What all covariates together do by what would be known of all series: roughly right, or nothing. */
  readonly pooled?: Float64Array
}

/** The slope of the inverse hyperbolic sine over the logarithm at a usual size. */
const ASINH = 0.75

/**
 * Promotions, prices, events and numbers that do nothing: draws covariates, adds what they do to the logarithm of demand, and what promotions take from
 * the days after them, which no covariate tells.
 */
export function addCovariates(random: Random, log: Float64Array, count: number): Driven {
  const n = log.length
  const covariates: Float64Array[] = []
  const told = random.uniform() < 0.55 ? 0.6 + 0.5 * random.uniform() : 0
  const pooled = told > 0 ? new Float64Array(n) : undefined
  for (let k = 0; k < count; k++) {
    const x = new Float64Array(n)
    const kind = chosen(random, [
      ['promotion', 0.4],
      ['price', 0.25],
      ['event', 0.2],
      ['number', 0.15],
    ] as const)
    const idle = random.uniform() < (kind === 'number' ? 0.6 : 0.25)
    let effect = 0
    if (kind === 'promotion') {
      effect = strength(random, 0.8) * (random.uniform() < 0.9 ? 1 : -1)
      runs(random, x, between(random, 4, Math.max(5, n / 3)), between(random, 1, 14))
    } else if (kind === 'price') {
      effect = -strength(random, 2)
      prices(random, x)
    } else if (kind === 'event') {
      effect = 0.7 * random.normal()
      // Every so often and never quite: festivals of the moon.
      const every = between(random, 10, Math.max(12, n))
      for (let t = random.uniform() * every; t < n; t += every * (0.9 + 0.2 * random.uniform()))
        for (let d = 0; d < 1 + random.integer(3); d++) if (Math.floor(t) + d < n) x[Math.floor(t) + d] = 1
    } else {
      effect = 0.25 * random.normal()
      let v = random.normal()
      for (let t = 0; t < n; t++) {
        x[t] = v
        v = 0.8 * v + 0.6 * random.normal()
      }
    }
    if (!idle) apply(random, log, x, effect, kind === 'promotion')
    if (pooled && !idle) {
      const believed = effect * told * (0.85 + 0.3 * random.uniform()) * ASINH
      const centre = x.reduce((a, b) => a + b, 0) / n
      for (let t = 0; t < n; t++) pooled[t] = (pooled[t] as number) + believed * ((x[t] as number) - centre)
    }
    covariates.push(x)
  }
  return { covariates, ...(pooled && { pooled }) }
}

function apply(random: Random, log: Float64Array, x: Float64Array, effect: number, promotes: boolean): void {
  const n = log.length
  const fades = promotes && random.uniform() < 0.3 ? 0.8 + 0.2 * random.uniform() : 1
  const after = promotes && random.uniform() < 0.3 ? -effect * 0.4 * random.uniform() : 0
  const days = 1 + random.integer(7)
  let now = 1
  let since = n
  for (let t = 0; t < n; t++) {
    const on = x[t] as number
    if (!promotes) {
      log[t] = (log[t] as number) + effect * on
      continue
    }
    if (on > 0) {
      log[t] = (log[t] as number) + effect * on * now
      now *= fades
      since = 0
    } else {
      now = 1
      if (since++ < days && since < n) log[t] = (log[t] as number) + after
    }
  }
}

/** Stretches of 1 with pauses between, of some mean lengths; sometimes of other heights. */
function runs(random: Random, x: Float64Array, pause: number, length: number): void {
  const graded = random.uniform() < 0.3
  let t = Math.floor(-pause * Math.log(1 - random.uniform()))
  while (t < x.length) {
    const height = graded ? 0.2 + 0.8 * random.uniform() : 1
    const end = t + Math.max(1, Math.round(length * (0.5 + random.uniform())))
    for (; t < end && t < x.length; t++) x[t] = height
    t += Math.max(1, Math.floor(-pause * Math.log(1 - random.uniform())))
  }
}

/** Logarithms of a price that stays, changes, and goes down for a while. */
function prices(random: Random, x: Float64Array): void {
  const stays = between(random, 5, Math.max(6, x.length))
  let regular = 0
  let t = 0
  while (t < x.length) {
    const end = t + Math.max(1, Math.floor(-stays * Math.log(1 - random.uniform())))
    const off = random.uniform() < 0.4 ? -0.05 - 0.4 * random.uniform() : 0
    for (; t < end && t < x.length; t++) x[t] = regular + off
    if (off === 0) regular += 0.08 * random.normal()
  }
}
