import { At, runFilter, type Track } from './filter.ts'
import type { Form } from './form.ts'
import { runSlopes, type Slopes, slopesOf } from './sensitivity.ts'

/** The least and greatest smoothing constants; states are free. */
const LOWER = [1e-4, 1e-4, 1e-4, 0.8]
const UPPER = [0.9999, 0.9999, 0.9999, 0.98]
/** Ends when a step can lower −2 log likelihood by no more than this. */
const TOLERANCE = 2e-3
const MAX_STEPS = 60
/** Below this share of the series' own scale a residual counts as none, so that a perfect fit has a finite likelihood. */
const PERFECT = 1e-18

/** What a fit ended with. */
export interface Fit {
  /** −2 log likelihood up to the constant that all forms share. */
  readonly deviance: number
  /** Whether it was given up because it could not have become the best. */
  readonly dropped: boolean
}

/**
 * Minimises −2 log likelihood over the free parameters, in place, from where `x` stands.
 *
 * Levenberg and Marquardt's method: with multiplicative errors too the likelihood is a sum of squares, (∏μ)^(1/n) · (y − μ) / μ.
 * Smoothing constants stay in their box: those at a bound that the slope pushes against are held. A fit whose predicted
 * gain cannot reach `hopeless` is given up. `normal` is memory to be used again.
 */
export function maximiseLikelihood(
  track: Track,
  form: Form,
  x: Float64Array,
  free: Int32Array,
  hopeless = Number.POSITIVE_INFINITY,
  normal: NormalEquations = new NormalEquations(track, free.length),
): Fit {
  const n = track.observed
  const floor = PERFECT * n
  normal.over(free)
  const trial = Float64Array.from(x)
  let f = runFilter(track, form, x)
  let damping = 1e-3
  for (let step = 0; step < MAX_STEPS && f > floor && Number.isFinite(f); step++) {
    normal.build(form, x)
    let gained = 0
    for (let tries = 0; tries < 12; tries++) {
      const predicted = normal.solve(x, trial, damping)
      const share = Math.min(0.999, predicted / f)
      const gain = -n * Math.log1p(-share)
      if (tries === 0 && step > 0 && n * Math.log(f) - 4 * gain - 2 > hopeless)
        return { deviance: n * Math.log(f), dropped: true }
      if (!(gain > TOLERANCE)) break
      completeSeason(track, form, trial)
      const next = runFilter(track, form, trial)
      if (next < f) {
        gained = n * Math.log(f / next)
        f = next
        x.set(trial)
        damping = Math.max(1e-9, damping * (f - next > 0.75 * predicted ? 0.1 : 0.3))
        break
      }
      damping *= 6
    }
    if (!(gained > TOLERANCE)) break
  }
  return { deviance: n * Math.log(Math.max(f, floor)), dropped: false }
}

/** Sets the last seasonal state to what the others leave of their sum: 0 for additive, m for multiplicative seasons. */
export function completeSeason(track: Track, form: Form, x: Float64Array): void {
  if (form.season === 0) return
  const { m } = track
  let rest = form.season === 2 ? m : 0
  for (let j = 0; j < m - 1; j++) rest -= x[At.season + j] as number
  x[At.season + m - 1] = rest
}

/** The normal equations of a step, and their solution within the box; its memory serves every form of a series. */
export class NormalEquations {
  readonly #track: Track
  #slopes: Slopes
  #p: number
  /** Σ of products of residual slopes, lower triangle, row-major. */
  readonly #products: Float64Array
  readonly #slope: Float64Array
  readonly #factor: Float64Array
  readonly #step: Float64Array
  readonly #held: Uint8Array
  readonly #weight: Float64Array

  /** Room for `p` free parameters at the most. */
  constructor(track: Track, p: number) {
    this.#track = track
    this.#slopes = slopesOf(track, new Int32Array(p))
    this.#p = p
    this.#products = new Float64Array(p * p)
    this.#slope = new Float64Array(p)
    this.#factor = new Float64Array(p * p)
    this.#step = new Float64Array(p)
    this.#held = new Uint8Array(p)
    this.#weight = new Float64Array(track.y.length)
  }

  /** From here on, the equations are over these parameters. */
  over(free: Int32Array): void {
    this.#slopes = { ...this.#slopes, free }
    this.#p = free.length
  }

  /** Takes slopes at `x`, at which the filter has run last. */
  build(form: Form, x: Float64Array): void {
    runSlopes(this.#track, form, x, this.#slopes)
    const { e, mu } = this.#track
    const p = this.#p
    const n = e.length
    const { jacobian } = this.#slopes
    const scale = form.error === 1 ? this.#toRelative() : 1
    for (let i = 0; i < p; i++) {
      const a = i * n
      let slope = 0
      if (form.error === 1)
        for (let t = 0; t < n; t++) slope += (jacobian[a + t] as number) * ((e[t] as number) / (mu[t] as number))
      else for (let t = 0; t < n; t++) slope -= (jacobian[a + t] as number) * (e[t] as number)
      this.#slope[i] = slope * scale
      // Two at a time: their sums do not wait for one another.
      for (let k = 0; k < i; k += 2) {
        const c = k * n
        const d = c + n
        let one = 0
        let two = 0
        for (let t = 0; t < n; t++) {
          const here = jacobian[a + t] as number
          one += here * (jacobian[c + t] as number)
          two += here * (jacobian[d + t] as number)
        }
        this.#products[i * p + k] = one * scale
        this.#products[i * p + k + 1] = two * scale
      }
      if (i % 2 === 0) {
        let sum = 0
        for (let t = 0; t < n; t++) sum += (jacobian[a + t] as number) ** 2
        this.#products[i * p + i] = sum * scale
      }
    }
  }

  /** Turns ∂μ into the slopes of (y − μ) / μ · G over G, G being the geometric mean of μ; returns G². */
  #toRelative(): number {
    const { e, mu, y, observed } = this.#track
    const { jacobian } = this.#slopes
    const n = e.length
    const weight = this.#weight
    let logs = 0
    for (let t = 0; t < n; t++) {
      const mean = mu[t] as number
      const seen = !Number.isNaN(y[t] as number)
      weight[t] = seen ? 1 / mean : 0
      if (seen) logs += Math.log(mean)
    }
    for (let i = 0; i < this.#p; i++) {
      const a = i * n
      let mean = 0
      for (let t = 0; t < n; t++) mean += (jacobian[a + t] as number) * (weight[t] as number)
      mean /= observed
      for (let t = 0; t < n; t++) {
        const w = weight[t] as number
        const relative = (e[t] as number) * w
        jacobian[a + t] = relative * mean - (jacobian[a + t] as number) * w * (1 + relative)
      }
    }
    return Math.exp((2 * logs) / observed)
  }

  /** Writes the damped step from `x` into `trial` and returns by how much the sum of squares should fall. */
  solve(x: Float64Array, trial: Float64Array, damping: number): number {
    const { free } = this.#slopes
    const p = this.#p
    const held = this.#held
    for (let k = 0; k < p; k++) {
      const at = free[k] as number
      const slope = this.#slope[k] as number
      held[k] = at < 4 && ((x[at] === LOWER[at] && slope > 0) || (x[at] === UPPER[at] && slope < 0)) ? 1 : 0
    }
    // A step that leaves the box ends on its wall and is taken anew with that constant held there.
    for (let round = 0; round < 5; round++) {
      this.#cholesky(damping)
      let outside = false
      for (let k = 0; k < p; k++) {
        const at = free[k] as number
        if (held[k] === 2) continue
        const next = (x[at] as number) + (held[k] === 1 ? 0 : (this.#step[k] as number))
        if (at < 4 && next < (LOWER[at] as number)) {
          this.#step[k] = (LOWER[at] as number) - (x[at] as number)
          held[k] = 2
          outside = true
        } else if (at < 4 && next > (UPPER[at] as number)) {
          this.#step[k] = (UPPER[at] as number) - (x[at] as number)
          held[k] = 2
          outside = true
        }
      }
      if (!outside) break
    }
    for (let k = 0; k < p; k++) {
      const at = free[k] as number
      const move = held[k] === 1 ? 0 : (this.#step[k] as number)
      const next = (x[at] as number) + move
      trial[at] = at < 4 ? Math.min(UPPER[at] as number, Math.max(LOWER[at] as number, next)) : next
    }
    return this.#predicted()
  }

  #predicted(): number {
    const p = this.#p
    let fall = 0
    for (let i = 0; i < p; i++) {
      const d = this.#held[i] === 1 ? 0 : (this.#step[i] as number)
      let row = 2 * (this.#slope[i] as number)
      for (let k = 0; k < p; k++) {
        const dk = this.#held[k] === 1 ? 0 : (this.#step[k] as number)
        row += (i >= k ? (this.#products[i * p + k] as number) : (this.#products[k * p + i] as number)) * dk
      }
      fall -= d * row
    }
    return fall
  }

  /** Solves for the steps of those not held; steps of those held at a wall (2) are given. */
  #cholesky(damping: number): void {
    const p = this.#p
    const L = this.#factor
    const step = this.#step
    const held = this.#held
    for (let i = 0; i < p; i++) {
      const fixed = held[i] !== 0
      let rhs = -(this.#slope[i] as number)
      if (!fixed)
        for (let k = 0; k < p; k++)
          if (held[k] === 2)
            rhs -=
              (i >= k ? (this.#products[i * p + k] as number) : (this.#products[k * p + i] as number)) *
              (step[k] as number)
      for (let k = 0; k <= i; k++) {
        let sum = fixed || held[k] !== 0 ? 0 : (this.#products[i * p + k] as number)
        if (i === k) sum = fixed ? 1 : sum * (1 + damping) + 1e-300
        for (let r = 0; r < k; r++) sum -= (L[i * p + r] as number) * (L[k * p + r] as number)
        L[i * p + k] =
          i === k
            ? Math.sqrt(Math.max(sum, 1e-14 * (this.#products[i * p + i] as number) + 1e-300))
            : sum / (L[k * p + k] as number)
      }
      if (held[i] === 2) continue
      if (fixed) {
        step[i] = 0
        continue
      }
      step[i] = rhs
    }
    for (let i = 0; i < p; i++) {
      if (held[i] !== 0) continue
      let sum = step[i] as number
      for (let k = 0; k < i; k++) if (held[k] === 0) sum -= (L[i * p + k] as number) * (step[k] as number)
      step[i] = sum / (L[i * p + i] as number)
    }
    for (let i = p - 1; i >= 0; i--) {
      if (held[i] !== 0) continue
      let sum = step[i] as number
      for (let k = i + 1; k < p; k++) if (held[k] === 0) sum -= (L[k * p + i] as number) * (step[k] as number)
      step[i] = sum / (L[i * p + i] as number)
    }
  }
}
