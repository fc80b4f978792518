import { At, runFilter, type Track, trackOf } from './filter.ts'
import { completeSeason, maximiseLikelihood, NormalEquations } from './fit.ts'
import { countOf, type Form } from './form.ts'
import { type Start, setStart, startOf } from './initial.ts'

/** What forms are compared by. */
export type Criterion = 'aicc' | 'aic' | 'bic'

/** Smoothing constants that are given instead of estimated. */
export interface Fixed {
  readonly alpha?: number
  readonly beta?: number
  readonly gamma?: number
  readonly phi?: number
}

/** A form with its parameters; the states are those before the first value. */
export interface Chosen {
  readonly form: Form
  readonly m: number
  /** As in {@link At}. */
  readonly x: Float64Array
  /** Variance of the (relative, for multiplicative errors) one-step errors. */
  readonly variance: number
  /** The criterion's value, comparable between the forms of one series. */
  readonly score: number
  readonly deviance: number
}

/** Longer cycles keep their seasonal states where the decomposition puts them, as R does without them above 24. */
const LONGEST_FREE_SEASON = 24
const ALPHAS = [0.001, 0.02, 0.12, 0.35, 0.75]
/** Levels with a smaller α are slow ones. */
const SLOW = 0.01
const GAMMA_SHARES = [0.001, 0.15]
const BETA_SHARES = [0.001, 0.1]
const PHIS = [0.9, 0.975]

/** Fits every form that the series allows and keeps the one with the least criterion; undefined where none can be fitted. */
export function chooseForm(
  values: Float64Array,
  m: number,
  forms: readonly Form[],
  criterion: Criterion,
  fixed: Fixed = {},
): Chosen | undefined {
  const scale = scaleOf(values)
  const y = values.map((v) => v / scale)
  const track = trackOf(y, m)
  const positive = y.every((v) => !(v <= 0))
  const starts: (Start | undefined)[] = []
  const tried = new Map<number, Float64Array>()
  const normal = new NormalEquations(track, 6 + Math.min(m, LONGEST_FREE_SEASON))
  let best: Chosen | undefined
  for (const form of forms) {
    if (!allowed(form, track, positive)) continue
    starts[form.season] ??= startOf(y, m, form.season)
    const free = freeOf(form, m, fixed)
    const penalty = penaltyOf(criterion, countOf(form, m, true), track.observed)
    if (penalty === Number.POSITIVE_INFINITY) continue
    let least = Number.POSITIVE_INFINITY
    for (const x of guesses(track, form, starts[form.season] as Start, tried, fixed)) {
      const hopeless = Math.min(least, (best?.score ?? Number.POSITIVE_INFINITY) - penalty)
      const { deviance, dropped } = maximiseLikelihood(track, form, x, free, hopeless, normal)
      if (deviance < least) {
        least = deviance
        tried.set(kinship(form), x)
      }
      if (dropped || !(deviance + penalty < (best?.score ?? Number.POSITIVE_INFINITY))) continue
      best = { form, m, x, variance: varianceOf(track, form, x), score: deviance + penalty, deviance }
    }
  }
  return best && inUnits(best, scale, track.observed)
}

function allowed(form: Form, track: Track, positive: boolean): boolean {
  const { m, observed } = track
  if (!positive && (form.error === 1 || form.season === 2 || form.trend === 2)) return false
  if (form.season !== 0 && (m < 2 || track.y.length <= m)) return false
  return countOf(form, m, false) < observed - 1
}

/** −2 log likelihood plus this is the criterion. */
function penaltyOf(criterion: Criterion, count: number, n: number): number {
  if (criterion === 'bic') return Math.log(n) * count
  const rest = n - count - 1
  if (criterion === 'aic') return 2 * count
  return rest > 0 ? 2 * count + (2 * count * (count + 1)) / rest : Number.POSITIVE_INFINITY
}

function freeOf(form: Form, m: number, fixed: Fixed): Int32Array {
  const free: number[] = []
  if (fixed.alpha === undefined) free.push(At.alpha)
  if (form.trend !== 0 && fixed.beta === undefined) free.push(At.betaShare)
  if (form.season !== 0 && fixed.gamma === undefined) free.push(At.gammaShare)
  if (form.damped && fixed.phi === undefined) free.push(At.phi)
  free.push(At.level)
  if (form.trend !== 0) free.push(At.growth)
  if (form.season !== 0 && m <= LONGEST_FREE_SEASON) for (let j = 0; j < m - 1; j++) free.push(At.season + j)
  return Int32Array.from(free)
}

/** Forms whose recursion is the same, whatever their errors. */
const kinship = ({ trend, damped, season }: Form) => trend + 3 * season + (damped ? 9 : 0)

/**
 * Where to start from: the best of a small grid of smoothing constants over the heuristic states and of what was fitted
 * already for the same recursion with other errors or without trend or damping; likewise among slow levels and among
 * fast ones, since the likelihood often has a peak in each.
 */
function guesses(
  track: Track,
  form: Form,
  start: Start,
  tried: ReadonlyMap<number, Float64Array>,
  fixed: Fixed,
): Float64Array[] {
  const x = new Float64Array(At.season + track.m)
  const least = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  const best: Float64Array[] = []
  const consider = (from: Float64Array) => {
    pin(from, fixed)
    completeSeason(track, form, from)
    const f = runFilter(track, form, from)
    const side = (from[At.alpha] as number) < SLOW ? 0 : 1
    if (!(f < (least[side] as number))) return
    least[side] = f
    best[side] = Float64Array.from(from)
  }
  for (const alpha of ALPHAS) {
    setStart(x, alpha < SLOW ? start.whole : start.early, start.season, form.trend)
    for (const betaShare of form.trend === 0 ? [0.1] : BETA_SHARES)
      for (const gammaShare of form.season === 0 ? [0.1] : GAMMA_SHARES)
        for (const phi of form.damped ? PHIS : [1]) {
          x[At.alpha] = alpha
          x[At.betaShare] = betaShare
          x[At.gammaShare] = gammaShare
          x[At.phi] = phi
          consider(x)
        }
  }
  const twin = tried.get(kinship(form))
  if (twin) consider(Float64Array.from(twin))
  for (const simpler of [{ ...form, damped: false }, { ...form, damped: false, trend: 0 } as Form]) {
    const known = form.trend === 0 ? undefined : tried.get(kinship(simpler))
    if (!known) continue
    const y = Float64Array.from(known)
    if (simpler.trend === 0) {
      y[At.growth] = form.trend === 2 ? 1 : 0
      y[At.betaShare] = 0.001
    }
    if (form.damped) y[At.phi] = 0.975
    consider(y)
  }
  if ((least[1] as number) < (least[0] as number)) best.reverse()
  return best.filter((guess) => guess !== undefined)
}

function pin(x: Float64Array, { alpha, beta, gamma, phi }: Fixed): void {
  if (alpha !== undefined) x[At.alpha] = alpha
  const a = x[At.alpha] as number
  if (beta !== undefined) x[At.betaShare] = beta / a
  if (gamma !== undefined) x[At.gammaShare] = gamma / (1 - a)
  if (phi !== undefined) x[At.phi] = phi
}

/** The unbiased variance of one-step errors at `x`. */
function varianceOf(track: Track, form: Form, x: Float64Array): number {
  runFilter(track, form, x)
  const { e, mu, observed } = track
  let sum = 0
  for (let t = 0; t < e.length; t++) {
    const r = form.error === 1 ? (e[t] as number) / (mu[t] as number) : (e[t] as number)
    if (!Number.isNaN(r)) sum += r * r
  }
  return sum / Math.max(1, observed - countOf(form, track.m, true))
}

/** Turns what was fitted to values over `scale` into the units of the values. */
function inUnits(chosen: Chosen, scale: number, n: number): Chosen {
  const x = Float64Array.from(chosen.x)
  const { form } = chosen
  x[At.level] = (x[At.level] as number) * scale
  if (form.trend === 1) x[At.growth] = (x[At.growth] as number) * scale
  if (form.season === 1) for (let j = 0; j < chosen.m; j++) x[At.season + j] = (x[At.season + j] as number) * scale
  const shift = 2 * n * Math.log(scale)
  return {
    ...chosen,
    x,
    variance: form.error === 1 ? chosen.variance : chosen.variance * scale * scale,
    score: chosen.score + shift,
    deviance: chosen.deviance + shift,
  }
}

/** The mean absolute value, so that thresholds within a fit mean the same for every series; 1 where all is 0. */
function scaleOf(values: Float64Array): number {
  let sum = 0
  let count = 0
  for (let t = 0; t < values.length; t++) {
    const value = values[t] as number
    if (Number.isNaN(value)) continue
    sum += Math.abs(value)
    count++
  }
  return sum > 0 ? sum / count : 1
}
