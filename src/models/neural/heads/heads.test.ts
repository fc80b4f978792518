import { describe, expect, test } from 'vitest'
import { at } from '../../../core/panel.ts'
import { Random } from '../../../core/random.ts'
import { runOf } from '../../../core/run.ts'
import { expand, mean, reshape } from '../../../tensor/graph/operators.ts'
import type { Float } from '../../../tensor/graph/value.ts'
import { evaluated, numbers } from '../../../tensor/layers/evaluated.case.ts'
import { zeros } from '../../../tensor/layers/parameters.ts'
import type { Network } from '../../../tensor/train/network.ts'
import { predictorOf } from '../../../tensor/train/predictor.ts'
import { train } from '../../../tensor/train/train.ts'
import type { Head } from '../head.ts'
import { neuralSettings } from '../options.ts'
import { HEADS } from './heads.ts'

const softplus = (x: number) => Math.log1p(Math.exp(-Math.abs(x))) + Math.max(0, x)

/** log Γ of multiples of a half by its recurrence, and of others by the product of Euler, slowly. */
function logFactorial(x: number): number {
  // log Γ(x + 1) by a long Stirling series far out and the recurrence back.
  let [z, sum] = [x + 1, 0]
  while (z < 40) sum -= Math.log(z++)
  return sum + (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * z) - 1 / (360 * z ** 3)
}
const logGamma = (x: number) => logFactorial(x - 1)

const poissonLog = (y: number, mu: number) => y * Math.log(mu) - mu - logFactorial(y)
const binomialLog = (y: number, mu: number, alpha: number) => {
  const r = 1 / alpha
  const p = r / (r + mu)
  return logGamma(y + r) - logGamma(r) - logFactorial(y) + r * Math.log(p) + y * Math.log(1 - p)
}
const normalLog = (y: number, m: number, s: number) => -0.5 * ((y - m) / s) ** 2 - Math.log(s * Math.sqrt(2 * Math.PI))
const studentLog = (y: number, m: number, s: number, v: number) =>
  logGamma((v + 1) / 2) -
  logGamma(v / 2) -
  0.5 * Math.log(v * Math.PI) -
  Math.log(s) -
  ((v + 1) / 2) * Math.log1p(((y - m) / s) ** 2 / v)
/** Minus the loss of a Tweedie variate: exact at 0, the saddlepoint above. */
const tweedieLog = (y: number, m: number, phi: number, p = 1.5) => {
  if (y === 0) return -(m ** (2 - p)) / (phi * (2 - p))
  const d = 2 * (y ** (2 - p) / ((1 - p) * (2 - p)) - (y * m ** (1 - p)) / (1 - p) + m ** (2 - p) / (2 - p))
  return -d / (2 * phi) - 0.5 * Math.log(2 * Math.PI * phi * y ** p)
}

interface Case {
  readonly name: keyof typeof HEADS
  readonly options?: object
  /** The logarithm of the likelihood of a truth in the network's units, from raw numbers. */
  readonly log: (y: number, raw: readonly number[], level: number) => number
  /** Truths in units that are asked about. */
  readonly truths: readonly number[]
  /** Chances of counts in units, or a density in the network's, for quantiles by brute force. */
  readonly outputs: readonly number[]
  readonly chance: (y: number, level: number) => number
}

const mu = (raw: readonly number[], level: number) => level * (softplus(at(raw, 0)) + 1e-5)
const CASES: readonly Case[] = [
  {
    name: 'gaussian',
    log: (y, raw) => normalLog(y, at(raw, 0), softplus(at(raw, 1)) + 1e-3),
    truths: [-2, 0, 1, 7],
    outputs: [1.2, 0.7],
    chance: (y) => Math.exp(normalLog(y, 1.2, 0.7)),
  },
  {
    name: 'studentT',
    log: (y, raw) => studentLog(y, at(raw, 0), softplus(at(raw, 1)) + 1e-3, softplus(at(raw, 2)) + 2.01),
    truths: [-2, 0, 1, 7],
    outputs: [1.2, 0.7, 3.3],
    chance: (y) => Math.exp(studentLog(y, 1.2, 0.7, 3.3)),
  },
  {
    name: 'poisson',
    log: (y, raw, level) => poissonLog(y * level, mu(raw, level)) / Math.max(1, Math.sqrt(level)),
    truths: [0, 1, 5, 40],
    outputs: [0.9],
    chance: (y, level) => Math.exp(poissonLog(y, 0.9 * level)),
  },
  {
    name: 'negativeBinomial',
    log: (y, raw, level) => binomialLog(y * level, mu(raw, level), softplus(at(raw, 1)) + 1e-3),
    truths: [0, 1, 5, 40],
    outputs: [0.9, 0.6],
    chance: (y, level) => Math.exp(binomialLog(y, 0.9 * level, 0.6)),
  },
  {
    name: 'zeroInflated',
    log(y, raw, level) {
      const never = 1 / (1 + Math.exp(-at(raw, 2)))
      const own = Math.exp(binomialLog(y * level, mu(raw, level), softplus(at(raw, 1)) + 1e-3))
      return Math.log((1 - never) * own + (y === 0 ? never : 0))
    },
    truths: [0, 1, 5, 40],
    outputs: [0.9, 0.6, 0.35],
    chance: (y, level) => 0.65 * Math.exp(binomialLog(y, 0.9 * level, 0.6)) + (y === 0 ? 0.35 : 0),
  },
  {
    name: 'zeroInflated',
    options: { base: 'poisson' },
    log(y, raw, level) {
      const never = 1 / (1 + Math.exp(-at(raw, 1)))
      const own = Math.exp(poissonLog(y * level, mu(raw, level)))
      return Math.log((1 - never) * own + (y === 0 ? never : 0)) / Math.max(1, Math.sqrt(level))
    },
    truths: [0, 1, 5, 40],
    outputs: [0.9, 0.35],
    chance: (y, level) => 0.65 * Math.exp(poissonLog(y, 0.9 * level)) + (y === 0 ? 0.35 : 0),
  },
]

const LEVELS = [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99]
const asked = (head: Head, outputs: readonly number[], level: number) => {
  const into = new Float64Array(LEVELS.length)
  head.quantiles(outputs, 0, level, LEVELS, into, 0)
  return into
}

/** What a head says of raw numbers: outputs, and the loss of a truth for a level. */
async function lost(head: Head, raw: readonly number[], truth: number, level: number): Promise<number> {
  const { found } = await evaluated(
    { raw: [[1, 1, head.width], raw], truth: [[1, 1], [truth / level]], level: [[1, 1], [level]] },
    (_, inputs) => ({
      loss: head.loss(head.transform(inputs.raw as Float), inputs.truth as Float, inputs.level as Float),
    }),
  )
  return at(found.loss, 0)
}

describe.each(CASES)('$name $options', ({ name, options, log, truths, outputs, chance }) => {
  const head = HEADS[name](options)
  test('loses the logarithm of the likelihood', async () => {
    for (const [k, truth] of truths.entries())
      for (const level of [1, 30]) {
        const raw = numbers([head.width], k + 1)
        const expected = -log(truth / level, raw, level)
        expect(Math.abs((await lost(head, raw, truth, level)) - expected)).toBeLessThan(2e-3 * (1 + Math.abs(expected)))
      }
  })

  test('quantiles are where the chances have added up', () => {
    for (const level of head.counts ? [1, 12, 9000] : [1]) {
      const step = head.counts ? 1 : 1e-3
      const from = head.counts ? 0 : -60
      const most = head.counts ? 40 * level : 60
      const said = asked(head, outputs, level)
      let sum = 0
      let k = 0
      for (let y = from; y <= most && k < LEVELS.length; y += step) {
        sum += chance(y, level) * step
        for (; k < LEVELS.length && sum >= at(LEVELS, k); k++)
          expect(Math.abs(at(said, k) * (head.counts ? level : 1) - y)).toBeLessThanOrEqual(head.counts ? 0.01 : 0.02)
      }
      expect(k).toBe(LEVELS.length)
    }
  })

  test('draws have the mean and the quantiles that are said', () => {
    const level = 12
    const random = Random.of(8, name)
    const drawn = Float64Array.from({ length: 40_000 }, () => head.sample(outputs, 0, level, random)).sort()
    const average = drawn.reduce((a, b) => a + b, 0) / drawn.length
    expect(Math.abs(average / head.mean(outputs, 0, level) - 1)).toBeLessThan(0.03)
    const said = asked(head, outputs, level)
    for (const [k, asking] of LEVELS.entries()) {
      const [low, high] = [
        at(drawn, Math.floor(40_000 * (asking - 0.006))),
        at(drawn, Math.ceil(40_000 * (asking + 0.006))),
      ]
      expect(at(said, k)).toBeGreaterThanOrEqual(low - 1e-9)
      expect(at(said, k)).toBeLessThanOrEqual(high + 1e-9)
    }
  })
})

describe('tweedie', () => {
  const head = HEADS.tweedie()
  test('loses the chance of 0 and the saddlepoint above', async () => {
    for (const truth of [0, 0.3, 1, 8]) {
      const raw = numbers([2], 3)
      const expected = -tweedieLog(truth, softplus(at(raw, 0)) + 1e-3, softplus(at(raw, 1)) + 1e-3)
      expect(await lost(head, raw, truth, 1)).toBeCloseTo(expected, 3)
    }
  })

  test('draws have its mean, its variance, its zeros and its quantiles', () => {
    for (const [m, phi] of [
      [0.8, 1.4],
      [3, 0.2],
    ] as const) {
      const random = Random.of(8, 'tweedie')
      const drawn = Float64Array.from({ length: 60_000 }, () => head.sample([m, phi], 0, 1, random)).sort()
      const average = drawn.reduce((a, b) => a + b, 0) / drawn.length
      const variance = drawn.reduce((sum, y) => sum + (y - average) ** 2, 0) / drawn.length
      expect(Math.abs(average / m - 1)).toBeLessThan(0.02)
      expect(Math.abs(variance / (phi * m ** 1.5) - 1)).toBeLessThan(0.05)
      const none = drawn.filter((y) => y === 0).length / drawn.length
      expect(Math.abs(none - Math.exp(tweedieLog(0, m, phi)))).toBeLessThan(0.01)
      const said = asked(head, [m, phi], 1)
      for (const [k, level] of LEVELS.entries()) {
        const [low, high] = [Math.floor(60_000 * (level - 0.006)), Math.ceil(60_000 * (level + 0.006))]
        expect(at(said, k)).toBeGreaterThanOrEqual(at(drawn, low) * 0.98 - 1e-6)
        expect(at(said, k)).toBeLessThanOrEqual(at(drawn, high) * 1.02 + 1e-6)
      }
    }
  })
})

test('losses of a point are those of their equations', async () => {
  const cases: readonly (readonly [object, (y: number, x: number) => number])[] = [
    [{ loss: 'l1' }, (y, x) => Math.abs(y - x)],
    [{ loss: 'l2' }, (y, x) => (y - x) ** 2],
    [
      { loss: 'huber', delta: 0.5 },
      (y, x) => (Math.abs(y - x) < 0.5 ? (y - x) ** 2 / 2 : 0.5 * (Math.abs(y - x) - 0.25)),
    ],
    [{ loss: 'relative' }, (y, x) => Math.abs(y - x) / Math.max(0.05, y)],
    [
      { loss: 'tweedie', power: 1.3 },
      (y, x) => {
        const m = softplus(x) + 1e-4
        return m ** 0.7 / 0.7 + (y * m ** -0.3) / 0.3
      },
    ],
  ]
  for (const [options, expected] of cases)
    for (const truth of [0, 0.4, 3])
      expect(await lost(HEADS.point(options), [0.7], truth, 1)).toBeCloseTo(expected(truth, 0.7), 4)
  expect([...asked(HEADS.point(), [0.7], 1)]).toEqual(LEVELS.map(() => 0.7))
})

/** Learns one distribution for all examples from draws of it. */
async function learned(head: Head, draw: (random: Random) => number): Promise<number[]> {
  const constant: Network = {
    inputs: { x: { shape: [1] } },
    labels: { truth: { shape: [1] }, level: { shape: [1] } },
    forward(p, { x }) {
      const batch = (x as Float).shape[0] as number
      const raw = expand(reshape(p.get('raw', [head.width], zeros), [1, 1, head.width]), [batch, 1, head.width])
      return { outputs: head.transform(raw) }
    },
    loss: ({ outputs }, { truth, level }) => mean(head.loss(outputs as Float, truth as Float, level as Float)),
  }
  const source = {
    put(k: number, into: Record<string, Float32Array | BigInt64Array>) {
      const random = Random.of(k, 'draws')
      ;(into.level as Float32Array).fill(10)
      const truth = into.truth as Float32Array
      for (let i = 0; i < truth.length; i++) truth[i] = draw(random) / 10
    },
  }
  const options = { batch: 512, steps: 500, rate: 0.08, threads: 1, schedule: { kind: 'cosine' } } as const
  const { weights } = await train(constant, source, { ...options, optimiser: { kind: 'adam' } }, runOf({ threads: 1 }))
  const predictor = await predictorOf(constant, weights, { batch: 1, threads: 1 })
  await predictor.run()
  const said = [...(predictor.outputs.outputs as Float32Array)]
  await predictor.dispose()
  return said
}

test('what counts were drawn from is found again', async () => {
  const [mean1, dispersion] = await learned(HEADS.negativeBinomial(), (r) => r.negativeBinomial(14, 1 / 0.4))
  expect(Math.abs((mean1 ?? 0) * 10 - 14)).toBeLessThan(0.7)
  expect(Math.abs((dispersion ?? 0) - 0.4)).toBeLessThan(0.04)
  const [mean2, never] = await learned(HEADS.zeroInflated({ base: 'poisson' }), (r) =>
    r.uniform() < 0.3 ? 0 : r.poisson(8),
  )
  expect(Math.abs((mean2 ?? 0) * 10 - 8)).toBeLessThan(0.3)
  expect(Math.abs((never ?? 0) - 0.3)).toBeLessThan(0.03)
  const [place, scale, freedom] = await learned(
    HEADS.studentT(),
    (r) => 20 + (5 * r.normal()) / Math.sqrt(r.gamma(2.5) / 2.5),
  )
  expect(Math.abs((place ?? 0) * 10 - 20)).toBeLessThan(0.5)
  expect(Math.abs((scale ?? 0) * 10 - 5)).toBeLessThan(0.5)
  expect(Math.abs((freedom ?? 0) - 5)).toBeLessThan(1.5)
})

test('heads for counts refuse scales that move or bend units', () => {
  const settings = (examples: Record<string, unknown>) =>
    neuralSettings({ name: 'n', architecture: { name: 'mlp' }, head: { name: 'poisson' }, examples })
  expect(() => settings({ scale: 'standard' })).toThrow(/examples\.scale.*'poisson'.*'standard'/s)
  expect(() => settings({ transform: 'log1p' })).toThrow(/examples\.transform.*'poisson'.*'log1p'/s)
  expect(settings({ scale: 'mean' }).head.name).toBe('poisson')
})
