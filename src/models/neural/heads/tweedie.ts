import { z } from 'zod'
import {
  add,
  concat,
  div,
  less,
  log,
  maximum,
  mul,
  pow,
  slice,
  softplus,
  sub,
  where,
} from '../../../tensor/graph/operators.ts'
import type { Float } from '../../../tensor/graph/value.ts'
import { optionsOf } from '../architectures/options.ts'
import type { Head } from '../head.ts'
import { inOrder, partsOf } from './parts.ts'
import { gammaBelow, inverted } from './special.ts'

const schema = z.strictObject({
  /** Power of the mean that the variance goes with. */
  power: z.number().gt(1).lt(2).default(1.5),
})

const LEAST = 1e-3
/** Truths below this share of the level are none. */
const NONE = 1e-6

/**
 * Amounts that are often 0: a Poisson number of gamma amounts, with a mean and a dispersion, the variance being dispersion · mean^power (Tweedie, 1984; Jørgensen,
 * 1987).
 *
 * The chance of 0 is exact; the density above is that of the saddlepoint (Nelder and Pregibon, 1987), since the exact one is an infinite sum.
 *
 * @example
 * tweedie({ power: 1.3 }).width // → 2
 */
export function tweedie(options: object = {}): Head {
  const chosen = optionsOf('tweedie', schema, options)
  const p = chosen.power
  const spreads = new Map<number, Float64Array>()
  return inOrder({
    ...{ name: 'tweedie', options: chosen, width: 2, outputs: 2, counts: true },
    transform: (raw) => concat([add(softplus(slice(raw, -1, 0, 1)), LEAST), add(softplus(slice(raw, -1, 1)), LEAST)]),
    loss(outputs, truth) {
      const [mean, dispersion] = partsOf(outputs) as readonly [Float, Float]
      const none = div(pow(mean, 2 - p), mul(dispersion, 2 - p))
      const y = maximum(truth, NONE)
      const deviance = mul(
        add(
          sub(div(pow(y, 2 - p), (1 - p) * (2 - p)), div(mul(y, pow(mean, 1 - p)), 1 - p)),
          div(pow(mean, 2 - p), 2 - p),
        ),
        2,
      )
      const some = add(div(deviance, mul(dispersion, 2)), mul(log(mul(mul(dispersion, 2 * Math.PI), pow(y, p))), 0.5))
      return where(less(truth, NONE), none, some)
    },
    mean: (outputs, from) => outputs[from] as number,
    quantile(outputs, from, _level, at) {
      const [mean, dispersion] = [outputs[from] as number, outputs[from + 1] as number]
      let table = spreads.get(at)
      if (!table) {
        table = Float64Array.from({ length: STEPS + 1 }, (_, k) => unitQuantile(p, Math.exp(LOW + k * STEP), at))
        spreads.set(at, table)
      }
      // A Tweedie variate over its mean is one of mean 1 and another dispersion.
      const place = Math.max(0, Math.min(STEPS, (Math.log(dispersion * mean ** (p - 2)) - LOW) / STEP))
      const k = Math.min(STEPS - 1, Math.floor(place))
      const [low, high] = [table[k] as number, table[k + 1] as number]
      return mean * (low + (place - k) * (high - low))
    },
    sample(outputs, from, _level, random) {
      const [mean, dispersion] = [outputs[from] as number, outputs[from + 1] as number]
      const { rate, shape, scale } = compound(p, mean, dispersion)
      const count = random.poisson(rate)
      return count === 0 ? 0 : scale * random.gamma(count * shape)
    },
  })
}

/** Logarithms of dispersions for which quantiles are worked out; those between are joined by lines. */
const [LOW, HIGH, STEPS] = [Math.log(1e-3), Math.log(1e4), 320]
const STEP = (HIGH - LOW) / STEPS

/** The Poisson sum of gamma variates that a Tweedie distribution is. */
const compound = (p: number, mean: number, dispersion: number) => ({
  rate: mean ** (2 - p) / (dispersion * (2 - p)),
  shape: (2 - p) / (p - 1),
  scale: dispersion * (p - 1) * mean ** (p - 1),
})

/** The quantile of mean 1 and a dispersion. */
function unitQuantile(p: number, dispersion: number, level: number): number {
  const { rate, shape, scale } = compound(p, 1, dispersion)
  const least = Math.max(0, Math.floor(rate - 9 * Math.sqrt(rate) - 9))
  const most = Math.ceil(rate + 9 * Math.sqrt(rate) + 9)
  const chances: number[] = []
  let logChance = -rate
  for (let n = 1; n <= most; n++) {
    logChance += Math.log(rate / n)
    if (n >= least) chances.push(Math.exp(logChance))
  }
  const first = Math.max(1, least)
  const below = (x: number) =>
    chances.reduce((sum, chance, k) => sum + chance * gammaBelow((first + k) * shape, x / scale), Math.exp(-rate))
  return inverted(below, level, 2)
}
