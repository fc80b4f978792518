import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Random } from '../../../core/random.ts'
import { logGammaOf } from '../../../models/neural/heads/special.ts'
import { chancesOf, GRID, likelihoodOf, priorOf, supportOf, widened } from './belief.ts'
import { drawCount, logChance, mixtureQuantiles } from './counts.ts'

test('the gamma function of whole and half numbers', () => {
  let factorial = 1
  for (let n = 1; n < 30; n++) {
    expect(Math.abs(logGammaOf(n) - Math.log(factorial))).toBeLessThan(1e-10 * Math.max(1, Math.log(factorial)))
    factorial *= n
  }
  expect(logGammaOf(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 10)
})

test('chances add up to one, with the mean and variance said', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.05, max: 40, noNaN: true }),
      fc.double({ min: 0.02, max: 3, noNaN: true }),
      (mean, iota) => {
        let [total, first, second] = [0, 0, 0]
        for (let n = 0; n < 6000; n++) {
          const p = Math.exp(logChance(n, mean, iota))
          total += p
          first += n * p
          second += n * n * p
        }
        expect(total).toBeCloseTo(1, 6)
        expect(first / mean).toBeCloseTo(1, 4)
        expect((second - first * first) / (mean + iota * mean * mean)).toBeCloseTo(1, 2)
      },
    ),
    { numRuns: 25 },
  )
})

const LEVELS = [0.05, 0.25, 0.5, 0.75, 0.9, 0.99]

test('quantiles of a mixture are those of many draws', () => {
  for (const [means, iota] of [
    [[0.2, 1, 3], 0.5],
    [[5, 20, 40], 0.2],
    [[80, 200, 500], 0.1],
  ] as const) {
    const random = Random.of(1, String(means))
    const draws = Array.from({ length: 60_000 }, (_, k) => drawCount(random, means[k % 3] as number, iota, true)).sort(
      (a, b) => a - b,
    )
    const into = new Float64Array(LEVELS.length)
    mixtureQuantiles(Float64Array.from(means), new Float64Array(3).fill(iota), true, LEVELS, into)
    LEVELS.forEach((level, l) => {
      const drawn = draws[Math.floor(level * draws.length)] as number
      expect(Math.abs((into[l] as number) - drawn), `${means} at ${level}`).toBeLessThanOrEqual(
        Math.max(1, 0.05 * drawn),
      )
    })
  }
})

test('quantiles ascend and are whole where counts are', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 300, noNaN: true }), { minLength: 1, maxLength: 9 }),
      fc.boolean(),
      (means, whole) => {
        const into = new Float64Array(LEVELS.length)
        mixtureQuantiles(Float64Array.from(means), new Float64Array(means.length).fill(0.3), whole, LEVELS, into)
        into.forEach((value, l) => {
          expect(value).toBeGreaterThanOrEqual(l > 0 ? (into[l - 1] as number) : 0)
          if (whole) expect(Number.isInteger(value)).toBe(true)
        })
      },
    ),
  )
})

test('belief moves from the prior to what was sold as more is seen', () => {
  const prior = priorOf([{ at: 0, weight: 1 }], 0.5)
  const meanAfter = (days: number) => {
    const logs = likelihoodOf({ sold: 3 * days, base: days, cells: days }, 1, new Array(14).fill(0.2), 0.01)
    const chances = chancesOf(prior.map((log, g) => log + (logs[g] as number)))
    return chances.reduce((sum, c, g) => sum + c * (GRID[g] as number), 0)
  }
  const after = [0, 1, 3, 10, 60].map(meanAfter)
  expect(after[0]).toBeCloseTo(0, 6)
  for (let k = 1; k < after.length; k++) expect(after[k] as number).toBeGreaterThan(after[k - 1] as number)
  expect(after[4]).toBeCloseTo(Math.log(3), 1)
})

test('widening adds its variance, and the support has the moments of the chances', () => {
  const chances = chancesOf(widened(priorOf([{ at: 0.5, weight: 1 }], 0.3), 0.4))
  const moments = (points: Float64Array, weight: (k: number) => number) => {
    const mean = points.reduce((sum, x, k) => sum + weight(k) * x, 0)
    return [mean, points.reduce((sum, x, k) => sum + weight(k) * (x - mean) ** 2, 0)]
  }
  const [mean, variance] = moments(GRID, (k) => chances[k] as number)
  expect(mean).toBeCloseTo(0.5, 2)
  expect(variance).toBeCloseTo(0.7, 1)
  const support = supportOf(chances, 200)
  const [middle, spread] = moments(support, () => 1 / 200)
  expect(middle).toBeCloseTo(0.5, 2)
  expect(spread).toBeCloseTo(0.7, 1)
})
