import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Random } from '../../../core/random.ts'
import { equationsFrom, oracle } from '../oracle.case.ts'
import { elasticNetPath, elasticNetPenalties, largestPenalty } from './elastic-net.ts'
import { penaltyPath, squaredError } from './normal-equations.ts'
import { generalisedCrossValidation, ridgePath, ridgeSolve } from './ridge.ts'

const { x, y, w } = oracle
const plain = equationsFrom(x, y)
const weighted = equationsFrom(x, y, w)
const weight = w.reduce((a, b) => a + b, 0)

function near(actual: ArrayLike<number>, expected: readonly number[], digits: number): void {
  expect(actual.length).toBe(expected.length)
  expected.forEach((value, i) => {
    expect(actual[i]).toBeCloseTo(value, digits)
  })
}

test('ridge gives scikit-learn’s coefficients, with weights and without', () => {
  for (const { alpha, coefficients, weighted: heavy } of oracle.ridge) {
    near(ridgeSolve(plain, alpha / y.length), coefficients, 8)
    near(ridgeSolve(weighted, alpha / weight), heavy.coefficients, 8)
  }
})

test('the ridge path by eigenvalues is that of single solutions, and its freedom falls from the rank', () => {
  const path = ridgePath(plain, penaltyPath(10, 20, 1e-7))
  path.penalties.forEach((penalty, k) => {
    near(path.coefficients[k] as Float64Array, [...ridgeSolve(plain, penalty)], 8)
    if (k > 0) expect(path.freedom[k]).toBeGreaterThan(path.freedom[k - 1] as number)
  })
  expect(path.freedom.at(-1)).toBeCloseTo(8, 1)
})

test('generalised cross-validation is the mean of squared leave-one-out errors where all rows weigh alike in the fit', () => {
  // One balanced column of ±1: every leverage is (freedom + 1) / n.
  const column = Array.from({ length: 40 }, (_, i) => [i % 2 === 0 ? 1 : -1])
  const random = Random.of(1, 'gcv')
  const target = column.map(([v]) => (v as number) * 0.7 + random.normal())
  const equations = equationsFrom(column, target)
  const { coefficients, freedom } = ridgePath(equations, Float64Array.of(0.3))
  const beta = coefficients[0] as Float64Array
  const leverage = ((freedom[0] as number) + 1) / 40
  const left = target.map(
    (v, i) => (v - equations.mean - (column[i]?.[0] as number) * (beta[0] as number)) / (1 - leverage),
  )
  const error = left.reduce((sum, v) => sum + v * v, 0) / 40
  expect(generalisedCrossValidation(squaredError(equations, beta), freedom[0] as number, 40)).toBeCloseTo(error, 10)
})

test('ridge is least squares on rows with √penalty below', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e6 }), fc.double({ min: 1e-3, max: 10, noNaN: true }), (seed, penalty) => {
      const random = Random.of(seed, 'augmented')
      const rows = Array.from({ length: 12 }, () => Array.from({ length: 4 }, () => random.normal()))
      const target = rows.map(() => random.normal())
      const equations = equationsFrom(rows, target)
      const beta = ridgeSolve(equations, penalty)
      const n = rows.length
      const all = [
        ...rows.map((row) => row.map((v, j) => v - (equations.means[j] as number))),
        ...Array.from({ length: 4 }, (_, j) =>
          Array.from({ length: 4 }, (_, k) => (j === k ? Math.sqrt(penalty * n) : 0)),
        ),
      ]
      const left = all.map(
        (row, i) =>
          (i < n ? (target[i] as number) - equations.mean : 0) -
          row.reduce((s, v, j) => s + v * (beta[j] as number), 0),
      )
      // What least squares leaves is at right angles to every column.
      for (let j = 0; j < 4; j++)
        expect(all.reduce((s, row, i) => s + (row[j] as number) * (left[i] as number), 0)).toBeCloseTo(0, 8)
    }),
    { numRuns: 50 },
  )
})

test('lasso and elastic net give scikit-learn’s coefficients, with weights and without', () => {
  for (const { alpha, coefficients, weighted: heavy } of oracle.lasso) {
    const options = { tolerance: 1e-13 }
    near(elasticNetPath(plain, Float64Array.of(alpha), options).coefficients[0] as Float64Array, coefficients, 5)
    near(
      elasticNetPath(weighted, Float64Array.of(alpha), options).coefficients[0] as Float64Array,
      heavy.coefficients,
      5,
    )
  }
  for (const { alpha, l1Ratio, coefficients } of oracle.elasticNet) {
    const path = elasticNetPath(plain, Float64Array.of(alpha), { l1Ratio, tolerance: 1e-13 })
    near(path.coefficients[0] as Float64Array, coefficients, 5)
  }
})

test('whole paths are scikit-learn’s', () => {
  for (const { l1Ratio, coefficients } of oracle.paths) {
    const path = elasticNetPath(plain, Float64Array.from(oracle.alphas), { l1Ratio, tolerance: 1e-13 })
    coefficients.forEach((expected, k) => {
      near(path.coefficients[k] as Float64Array, expected, 5)
    })
  }
})

test('solutions of random problems meet the conditions of the optimum (Karush, Kuhn, Tucker)', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e6 }), fc.constantFrom(1, 0.7, 0.2), (seed, l1Ratio) => {
      const random = Random.of(seed, 'kkt')
      const columns = 2 + random.integer(20)
      const rows = Array.from({ length: 5 + random.integer(40) }, () => {
        const common = random.normal()
        return Array.from({ length: columns }, (_, j) => (j % 3 === 0 ? common : 0) + random.normal())
      })
      const equations = equationsFrom(
        rows,
        rows.map((row) => (row[0] as number) - 2 * (row[1] as number) + random.normal()),
      )
      const penalties = elasticNetPenalties(equations, l1Ratio, 15, 1e-2)
      const path = elasticNetPath(equations, penalties, { l1Ratio, tolerance: 1e-12 })
      path.coefficients.forEach((beta, k) => {
        const penalty = penalties[k] as number
        expect(path.gaps[k]).toBeLessThanOrEqual(1e-12)
        for (let j = 0; j < columns; j++) {
          let gradient = equations.cross[j] as number
          for (let i = 0; i < columns; i++)
            gradient -= (equations.gram[j * columns + i] as number) * (beta[i] as number)
          const b = beta[j] as number
          const slope = gradient - penalty * (1 - l1Ratio) * b
          if (b === 0) expect(Math.abs(slope)).toBeLessThanOrEqual(penalty * l1Ratio + 1e-5)
          else expect(slope).toBeCloseTo(Math.sign(b) * penalty * l1Ratio, 4)
        }
      })
    }),
    { numRuns: 40 },
  )
})

test('the largest penalty leaves nothing, a little less leaves something', () => {
  const most = largestPenalty(plain, 0.5)
  const path = elasticNetPath(plain, Float64Array.of(most, most * 0.99), { l1Ratio: 0.5 })
  expect([...(path.coefficients[0] as Float64Array)].every((b) => b === 0)).toBe(true)
  expect([...(path.coefficients[1] as Float64Array)].some((b) => b !== 0)).toBe(true)
})
