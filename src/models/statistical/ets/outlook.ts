import type { Random } from '../../../core/random.ts'
import { At, type Track } from './filter.ts'
import type { Form } from './form.ts'

/** What a fitted form says of the periods after the last value. */
export interface Outlook {
  readonly form: Form
  readonly x: Float64Array
  /** Variance of the one-step errors. */
  readonly variance: number
  readonly m: number
  readonly level: number
  readonly growth: number
  /** Seasonal states, the one of the next period first. */
  readonly ring: Float64Array
}

/** The outlook from where {@link runFilter} ended. */
export function outlookOf(track: Track, form: Form, x: Float64Array, variance: number): Outlook {
  const { m, state, y } = track
  const ring = new Float64Array(m)
  for (let j = 0; j < m; j++) ring[j] = track.ring[(y.length + j) % m] as number
  return { form, x, variance, m, level: state[0] as number, growth: state[1] as number, ring }
}

/** Writes the point forecasts, and the same without the season into `adjusted`. */
export function writeMeans(
  { form, x, m, level, growth, ring }: Outlook,
  mean: Float64Array,
  adjusted: Float64Array,
): void {
  const phi = form.damped ? (x[At.phi] as number) : 1
  let damping = 0
  let power = 1
  for (let h = 0; h < mean.length; h++) {
    power *= phi
    damping += power
    let q = level
    if (form.trend === 1) q += damping * growth
    else if (form.trend === 2) q *= growth ** damping
    adjusted[h] = q
    const s = ring[h % m] as number
    mean[h] = form.season === 0 ? q : form.season === 1 ? q + s : q * s
  }
}

/** Whether the variance of a form's forecasts is known in closed form (classes 1 to 3 of Hyndman et al. 2008, ch. 6). */
export function hasVariance({ error, trend, season }: Form): boolean {
  return trend !== 2 && (season !== 2 || error === 1)
}

/**
 * Writes the variance of every step's forecast: exact for linear forms with either error (classes 1 and 2), for
 * multiplicative seasons (class 3) exact within the first cycle and the book's approximation after it.
 */
export function writeVariances(outlook: Outlook, mean: Float64Array, adjusted: Float64Array, into: Float64Array): void {
  const { form, x, m, variance, ring } = outlook
  const steps = into.length
  const alpha = x[At.alpha] as number
  const beta = form.trend === 0 ? 0 : alpha * (x[At.betaShare] as number)
  const gamma = form.season === 0 ? 0 : (1 - alpha) * (x[At.gammaShare] as number)
  const phi = form.damped ? (x[At.phi] as number) : 1
  const weights = new Float64Array(steps)
  let damping = 0
  let power = 1
  for (let j = 1; j < steps; j++) {
    power *= phi
    damping += power
    const c = alpha + beta * damping + (form.season === 1 && j % m === 0 ? gamma : 0)
    weights[j] = c * c
  }
  if (form.error === 0) {
    let sum = 1
    for (let h = 0; h < steps; h++) {
      if (h > 0) sum += weights[h] as number
      into[h] = variance * sum
    }
    return
  }
  const point = form.season === 2 ? adjusted : mean
  const theta = new Float64Array(steps)
  for (let h = 0; h < steps; h++) {
    const mu = point[h] as number
    let sum = 0
    for (let j = 1; j <= h; j++) sum += (weights[j] as number) * (theta[h - j] as number)
    theta[h] = mu * mu + variance * sum
    const cycles = form.season === 2 ? (1 + gamma * gamma * variance) ** Math.floor(h / m) : 1
    const s = form.season === 2 ? (ring[h % m] as number) : 1
    into[h] = s * s * ((theta[h] as number) * (1 + variance) * cycles - mu * mu)
  }
}

/** Multiplicative parts may not reach zero on a path, or the form would be undefined beyond. */
const LEAST = 1e-8

/**
 * Writes sample paths, `into[p · steps + h]`, from normal errors; every second one mirrors the errors of the one before, so
 * that their mean is nearer to the truth.
 */
export function writePaths(outlook: Outlook, steps: number, random: Random, into: Float64Array): void {
  const { form, x, m } = outlook
  const { error, trend, season } = form
  const spread = Math.sqrt(outlook.variance)
  const alpha = x[At.alpha] as number
  const beta = alpha * (x[At.betaShare] as number)
  const gamma = (1 - alpha) * (x[At.gammaShare] as number)
  const phi = form.damped ? (x[At.phi] as number) : 1
  const ring = new Float64Array(m)
  const normals = new Float64Array(steps)
  const count = into.length / steps
  for (let p = 0; p < count; p++) {
    let l = outlook.level
    let b = outlook.growth
    ring.set(outlook.ring)
    for (let h = 0; h < steps; h++) {
      normals[h] = p % 2 === 0 ? random.normal() : -(normals[h] as number)
      const shock = spread * (normals[h] as number)
      const grown = trend === 0 ? 0 : trend === 1 ? phi * b : b ** phi
      const q = trend === 2 ? l * grown : l + grown
      const s = ring[h % m] as number
      const mean = season === 0 ? q : season === 1 ? q + s : q * s
      const miss = error === 0 ? shock : mean * shock
      into[p * steps + h] = mean + miss
      const push = season === 2 ? miss / s : miss
      if (trend === 1) b = grown + beta * push
      else if (trend === 2) b = Math.max(LEAST, grown + (beta * push) / l)
      l = q + alpha * push
      if (trend === 2) l = Math.max(LEAST, l)
      if (season === 1) ring[h % m] = s + gamma * miss
      else if (season === 2) ring[h % m] = Math.max(LEAST, s + (gamma * miss) / q)
    }
  }
}
