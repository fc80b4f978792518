import type { Answer, LocalMethod, Series } from '../../local.ts'
import type { Needs } from '../../model.ts'
import { writeNormalQuantiles } from '../spread.ts'
import { adjust, deseasonalise } from './decompose.ts'
import { fitTheta, type ThetaFit, WARM_UP } from './fit.ts'
import { dynamicLines, fixedLines, type Lines, staticLine } from './lines.ts'
import { goOn, runTheta, varianceOf } from './run.ts'

const NEEDS: Needs = { minHistory: 4, knownAhead: 'ignored', crossSeries: false, missing: false }

/** What can be chosen of a Theta method. */
export interface ThetaOptions {
  /** Length of the cycle in place of the calendar's; 1 for none. */
  readonly season?: number
  /** How a cycle that passes the test is taken off; factors become differences where a value is not above zero. */
  readonly decomposition?: 'multiplicative' | 'additive' | 'none'
}

interface Kind {
  readonly dynamic: boolean
  /** 1 − 1/θ where it is not estimated. */
  readonly weight?: number
}
const STANDARD = 0.5

/** The standard Theta model with θ = 2, estimated as a state-space model (Assimakopoulos and Nikolopoulos, 2000; STM of Fiorucci et al., 2016). */
const theta = (options: ThetaOptions = {}) => method('theta', [{ dynamic: false, weight: STANDARD }], options)

/** The Theta model with an estimated θ (OTM of Fiorucci et al., 2016). */
const optimisedTheta = (options: ThetaOptions = {}) => method('optimised-theta', [{ dynamic: false }], options)

/** The Theta model with θ = 2 whose line follows the series (DSTM of Fiorucci et al., 2016). */
const dynamicTheta = (options: ThetaOptions = {}) =>
  method('dynamic-theta', [{ dynamic: true, weight: STANDARD }], options)

/** The Theta model with an estimated θ whose line follows the series (DOTM of Fiorucci et al., 2016). */
const dynamicOptimisedTheta = (options: ThetaOptions = {}) =>
  method('dynamic-optimised-theta', [{ dynamic: true }], options)

/**
 * The Theta model of least squared error among all four: seasonally adjusted by test, normal quantiles of its state space.
 *
 * The two standard ones are cases of the two optimised ones, so that only these are estimated.
 *
 * @example
 * const model = localModel(autoTheta({ season: 7 }))
 */
export const autoTheta = (options: ThetaOptions = {}) =>
  method('auto-theta', [{ dynamic: false }, { dynamic: true }], options)

/** Where each number of the parameters stands; the seasonal figures run from `season` on. */
const At = { dynamic: 0, alpha: 1, level: 2, weight: 3, variance: 4, intercept: 5, slope: 6, seasonKind: 7, season: 8 }

function method(name: string, kinds: readonly Kind[], options: ThetaOptions): LocalMethod<ThetaOptions> {
  return {
    name,
    needs: NEEDS,
    options,
    fit: (series) => fit(series, kinds, options),
    forecast: (series, parameters, answer) => forecast(series.values, parameters, answer),
  }
}

function fit({ values, season }: Series, kinds: readonly Kind[], options: ThetaOptions): Float64Array {
  const m = Math.round(options.season ?? season)
  const { kind, indices, adjusted } = deseasonalise(values, m, options.decomposition)
  const line = staticLine(adjusted)
  let best: ThetaFit | undefined
  let bestLines: Lines | undefined
  let estimated = 0
  for (const { dynamic, weight } of kinds) {
    const lines = dynamic ? dynamicLines(adjusted) : fixedLines(adjusted.length, line)
    const fitted = fitTheta(adjusted, lines, weight)
    if (best && fitted.squares >= best.squares) continue
    best = fitted
    bestLines = lines
    estimated = weight === undefined ? 3 : 2
  }
  const { alpha, level, weight } = best as ThetaFit
  const lines = bestLines as Lines
  const errors = new Float64Array(values.length)
  runTheta(adjusted, lines, best as ThetaFit, errors)
  const parameters = new Float64Array(At.season + indices.length)
  parameters[At.dynamic] = lines.dynamic ? 1 : 0
  parameters[At.alpha] = alpha
  parameters[At.level] = level
  parameters[At.weight] = weight
  parameters[At.variance] = errorVariance(errors, estimated)
  parameters[At.intercept] = line.intercept
  parameters[At.slope] = line.slope
  parameters[At.seasonKind] = kind
  parameters.set(indices, At.season)
  return parameters
}

/** Of the errors after the warm-up, less the figures that were estimated from them where enough remain. */
function errorVariance(errors: Float64Array, estimated: number): number {
  let sum = 0
  for (let t = WARM_UP; t < errors.length; t++) sum += (errors[t] as number) ** 2
  const count = errors.length - WARM_UP
  return sum / Math.max(1, count > 2 * estimated ? count - estimated : count)
}

function forecast(values: Float64Array, parameters: Float64Array, answer: Answer): void {
  const { horizon, levels, mean, quantiles, sample, random } = answer
  const kind = parameters[At.seasonKind] as number
  const indices = parameters.subarray(At.season)
  const adjusted = adjust(values, kind, indices)
  const line = { intercept: parameters[At.intercept] as number, slope: parameters[At.slope] as number }
  const lines = parameters[At.dynamic] === 1 ? dynamicLines(adjusted) : fixedLines(adjusted.length, line)
  const fitted = {
    alpha: parameters[At.alpha] as number,
    level: parameters[At.level] as number,
    weight: parameters[At.weight] as number,
  }
  const state = runTheta(adjusted, lines, fitted)
  goOn(state, mean, undefined)
  const variance = parameters[At.variance] as number
  const variances = varianceOf(state, horizon)
  for (let h = 0; h < horizon; h++) variances[h] = (variances[h] as number) * variance
  writeNormalQuantiles(mean, variances, levels, quantiles)
  const spread = Math.sqrt(variance)
  const shocks = new Float64Array(horizon)
  for (let from = 0; from < sample.length; from += horizon) {
    for (let h = 0; h < horizon; h++) shocks[h] = spread * random.normal()
    goOn(state, sample.subarray(from, from + horizon), shocks)
  }
  if (kind === 0) return
  const m = indices.length
  const season = (k: number) => indices[(values.length + k) % m] as number
  const put = (array: Float64Array, k: number, h: number) => {
    const s = season(h)
    array[k] = kind === 1 ? (array[k] as number) + s : (array[k] as number) * s
  }
  for (let h = 0; h < horizon; h++) {
    put(mean, h, h)
    for (let l = 0; l < levels.length; l++) put(quantiles, h * levels.length + l, h)
  }
  for (let k = 0; k < sample.length; k++) put(sample, k, k % horizon)
}

/** The Theta methods, by name. */
export const THETA = {
  theta,
  'optimised-theta': optimisedTheta,
  'dynamic-theta': dynamicTheta,
  'dynamic-optimised-theta': dynamicOptimisedTheta,
  'auto-theta': autoTheta,
} as const
