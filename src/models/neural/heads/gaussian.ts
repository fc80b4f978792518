import { z } from 'zod'
import { add, concat, div, log, mul, slice, softplus, sub } from '../../../tensor/graph/operators.ts'
import { logGamma } from '../../../tensor/graph/special.ts'
import type { Float } from '../../../tensor/graph/value.ts'
import { normalQuantile } from '../../statistical/normal.ts'
import { optionsOf } from '../architectures/options.ts'
import type { Head } from '../head.ts'
import { inOrder, partsOf } from './parts.ts'
import { betaBelow } from './special.ts'

const LEAST_DEVIATION = 1e-3
const schema = z.strictObject({})

const numberAt = (outputs: ArrayLike<number>, k: number) => outputs[k] as number

/**
 * A normal distribution: its mean, and its deviation kept positive (as in DeepAR, Salinas et al., 2020).
 *
 * @example
 * gaussian().width // → 2
 */
export function gaussian(options: object = {}): Head {
  return inOrder({
    name: 'gaussian',
    options: optionsOf('gaussian', schema, options),
    ...{ width: 2, outputs: 2, counts: false },
    transform: (raw) => concat([slice(raw, -1, 0, 1), add(softplus(slice(raw, -1, 1)), LEAST_DEVIATION)]),
    loss(outputs, truth) {
      const [mean, deviation] = partsOf(outputs) as readonly [Float, Float]
      const off = div(sub(truth, mean), deviation)
      return add(add(mul(mul(off, off), 0.5), log(deviation)), 0.5 * Math.log(2 * Math.PI))
    },
    mean: numberAt,
    quantile: (outputs, from, _level, at) => numberAt(outputs, from) + numberAt(outputs, from + 1) * normalQuantile(at),
    sample: (outputs, from, _level, random) => numberAt(outputs, from) + numberAt(outputs, from + 1) * random.normal(),
  })
}

/** Degrees of freedom are kept above, so that there is a variance. */
const LEAST_FREEDOM = 2.01

/**
 * Student's t: location, scale, and degrees of freedom above 2, so that outliers pull less (as in Salinas et al., 2020; Student, 1908).
 *
 * @example
 * studentT().width // → 3
 */
export function studentT(options: object = {}): Head {
  return inOrder({
    name: 'studentT',
    options: optionsOf('studentT', schema, options),
    ...{ width: 3, outputs: 3, counts: false },
    transform: (raw) =>
      concat([
        slice(raw, -1, 0, 1),
        add(softplus(slice(raw, -1, 1, 2)), LEAST_DEVIATION),
        add(softplus(slice(raw, -1, 2)), LEAST_FREEDOM),
      ]),
    loss(outputs, truth) {
      const [place, scale, freedom] = partsOf(outputs) as readonly [Float, Float, Float]
      const off = div(sub(truth, place), scale)
      const half = mul(freedom, 0.5)
      const above = add(half, 0.5)
      const tail = mul(above, log(add(div(mul(off, off), freedom), 1)))
      const norm = add(sub(logGamma(half), logGamma(above)), mul(log(mul(freedom, Math.PI)), 0.5))
      return add(add(norm, log(scale)), tail)
    },
    mean: numberAt,
    quantile: (outputs, from, _level, at) =>
      numberAt(outputs, from) + numberAt(outputs, from + 1) * studentQuantile(at, numberAt(outputs, from + 2)),
    sample(outputs, from, _level, random) {
      const freedom = numberAt(outputs, from + 2)
      const spread = Math.sqrt(random.gamma(freedom / 2) / (freedom / 2))
      return numberAt(outputs, from) + (numberAt(outputs, from + 1) * random.normal()) / spread
    },
  })
}

/** Steps of the inverse of the degrees of freedom, from 0 to a half, between which quantiles are joined by lines. */
const STEPS = 512
const tables = new Map<number, Float64Array>()

/** The quantile of Student's t at a level, for more than 2 degrees of freedom. */
function studentQuantile(level: number, freedom: number): number {
  let table = tables.get(level)
  if (!table) {
    table = Float64Array.from({ length: STEPS + 1 }, (_, k) =>
      k === 0 ? normalQuantile(level) : exactQuantile(level, (2 * STEPS) / k),
    )
    tables.set(level, table)
  }
  const place = Math.min(STEPS, (2 * STEPS) / freedom)
  const k = Math.min(STEPS - 1, Math.floor(place))
  const [low, high] = [table[k] as number, table[k + 1] as number]
  return low + (place - k) * (high - low)
}

function exactQuantile(level: number, freedom: number): number {
  if (level === 0.5) return 0
  if (level < 0.5) return -exactQuantile(1 - level, freedom)
  const below = (t: number) => 1 - 0.5 * betaBelow(freedom / 2, 0.5, freedom / (freedom + t * t))
  let [low, high] = [0, 1]
  while (below(high) < level) high *= 2
  for (let k = 0; k < 60; k++) {
    const middle = (low + high) / 2
    if (below(middle) < level) low = middle
    else high = middle
  }
  return (low + high) / 2
}
