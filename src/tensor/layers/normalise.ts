import { add, div, layerNorm, maximum, mean, mul, reshape, rmsNorm, sqrt, sub, sum } from '../graph/operators.ts'
import type { Float } from '../graph/value.ts'
import { scaleAndShift } from './dense.ts'
import { constantly, type Parameters } from './parameters.ts'

const widthOf = (x: Float): number => x.shape.at(-1) as number

/**
 * The last axis with mean 0 and variance 1, then a scale and a shift that are learned (Ba, Kiros and Hinton, 2016).
 *
 * @example
 * const calm = layerNormalised(parameters.in('norm'), x)
 */
export const layerNormalised = (parameters: Parameters, x: Float, epsilon = 1e-5): Float =>
  layerNorm(x, ...scaleAndShift(parameters, widthOf(x)), epsilon)

/** The last axis with mean square 1, then a scale that is learned (Zhang and Sennrich, 2019). */
export const rmsNormalised = (parameters: Parameters, x: Float, epsilon = 1e-6): Float =>
  rmsNorm(x, parameters.get('scale', [widthOf(x)], constantly(1)), epsilon)

/**
 * Each feature with mean 0 and variance 1 over everything else, then a scale and a shift that are learned (Ioffe and Szegedy, 2015).
 *
 * The statistics are those of the batch, when forecasting, too: none are kept between steps. What is said of one example so depends on those beside
 * it; forecasts that must not need another normalisation.
 */
export function batchNormalised(parameters: Parameters, x: Float, epsilon = 1e-5): Float {
  const axes = [...x.shape.keys()].slice(0, -1)
  const off = sub(x, mean(x, { axes, keep: true }))
  const deviation = sqrt(add(mean(mul(off, off), { axes, keep: true }), epsilon))
  const [scale, shift] = scaleAndShift(parameters, widthOf(x))
  return add(mul(div(off, deviation), scale), shift)
}

/** A sequence without its own level and spread, and the way back. */
export interface Reversible {
  readonly normal: Float
  /** What is said in normalised units, [batch, horizon, features], in those of the sequence. */
  restored(said: Float): Float
}

/** How instances are normalised. */
export interface ReversibleOptions {
  /** 1 where the sequence was observed and 0 elsewhere, [batch, time]; all of it was unless given. */
  readonly observed?: Float
  readonly epsilon?: number
}

/**
 * Each feature of each example of [batch, time, features] with mean 0 and variance 1 over time, a scale and a shift that are learned, and the way back
 * for what is said of its future (reversible instance normalisation, Kim et al., 2022).
 *
 * What was not observed counts in neither mean nor variance; where nothing was observed both are taken as 0.
 *
 * @example
 * const { normal, restored } = reversible(parameters.in('instance'), x)
 * const forecast = restored(alongTime(parameters, normal))
 */
export function reversible(parameters: Parameters, x: Float, options: ReversibleOptions = {}): Reversible {
  const { observed, epsilon = 1e-5 } = options
  const over = { axes: [1], keep: true }
  const seen = observed && reshape(observed, [...observed.shape, 1])
  const average = (v: Float) => (seen ? div(sum(mul(v, seen), over), maximum(sum(seen, over), 1)) : mean(v, over))
  const level = average(x)
  const off = sub(x, level)
  const spread = sqrt(add(average(mul(off, off)), epsilon))
  const [scale, shift] = scaleAndShift(parameters, widthOf(x))
  return {
    normal: add(mul(div(off, spread), scale), shift),
    // The paper's program adds ε² to the scale, lest one that is learned to be 0 divides.
    restored: (said) => add(mul(div(sub(said, shift), add(scale, epsilon * epsilon)), spread), level),
  }
}
