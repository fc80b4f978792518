import { expect, test } from 'vitest'
import { Random } from '../../../core/random.ts'
import { matrixOf, oracle } from '../oracle.case.ts'
import { pinballLoss, type QuantileProblem, residuals } from './pinball.ts'
import { solveQuantile } from './quantile.ts'

test('losses are those of the linear programmes that scikit-learn solves, with penalty and weights', () => {
  const x = matrixOf(oracle.x, true)
  const y = Float64Array.from(oracle.y)
  for (const { level, alpha, weighted, objective } of oracle.quantiles) {
    const weight = weighted ? Float64Array.from(oracle.w) : undefined
    const total = weight ? weight.reduce((a, b) => a + b, 0) : y.length
    const problem: QuantileProblem = { x, y, l1: alpha * total, free: 8, ...(weight && { weight }) }
    const { loss, gap } = solveQuantile(problem, level)
    expect(Math.abs(loss / total / objective - 1)).toBeLessThan(1e-7)
    expect(gap / loss).toBeLessThan(1e-7)
  }
})

function planted(rows: number, columns: number, counts: boolean): QuantileProblem {
  const random = Random.of(rows, 'quantile')
  const values = new Float32Array(rows * columns)
  const y = new Float64Array(rows)
  for (let i = 0; i < rows; i++) {
    values[i * columns] = 1
    let mean = 1
    for (let j = 1; j < columns; j++) {
      values[i * columns + j] = random.normal()
      mean += Math.sin(j) * (values[i * columns + j] as number)
    }
    const spread = 1 + 0.5 * Math.abs(values[i * columns + 1] as number)
    y[i] = counts ? random.poisson(Math.exp(0.2 * mean)) : mean + spread * random.normal()
  }
  return { x: { rows, columns, values }, y, free: 0 }
}

test.each([
  [20_000, 12, false],
  [10_000, 6, true],
])(
  '%i rows by summing far ones: the proven gap is small, and no nearby coefficients are better',
  (rows, columns, counts) => {
    const problem = planted(rows, columns, counts)
    const residual = new Float64Array(rows)
    const random = Random.of(9, 'nearby')
    for (const level of [0.1, 0.5, 0.95]) {
      const { beta, loss, gap } = solveQuantile(problem, level)
      expect(gap / loss).toBeLessThan(1e-7)
      residuals(problem, beta, residual)
      const below = residual.filter((r) => r < -1e-9).length
      const notAbove = residual.filter((r) => r <= 1e-6).length
      // With an intercept, the level lies between the shares below and not above (Koenker and Bassett, theorem 3.4).
      expect(below / rows).toBeLessThanOrEqual(level + 1e-3)
      expect(notAbove / rows).toBeGreaterThanOrEqual(level - 1e-3)
      for (let k = 0; k < 20; k++) {
        const other = beta.map((b) => b + 0.003 * random.normal())
        expect(pinballLoss(problem, level, other, residuals(problem, other, residual))).toBeGreaterThanOrEqual(
          loss - gap,
        )
      }
    }
  },
)

test('the level of a lone intercept is the weighted quantile', () => {
  const problem = {
    x: { rows: 4, columns: 1, values: new Float32Array(4).fill(1) },
    y: Float64Array.of(1, 2, 3, 10),
    weight: Float64Array.of(1, 1, 5, 1),
    free: 0,
  }
  expect(solveQuantile(problem, 0.5).beta[0]).toBeCloseTo(3, 6)
  expect(solveQuantile(problem, 0.95).beta[0]).toBeCloseTo(10, 5)
})

test('columns that agree and a target that is constant do no harm', () => {
  const { x, y } = planted(500, 3, false)
  const values = new Float32Array(500 * 4)
  for (let i = 0; i < 500; i++)
    values.set([...x.values.subarray(i * 3, i * 3 + 3), x.values[i * 3 + 1] as number], i * 4)
  const doubled = { x: { rows: 500, columns: 4, values }, y, free: 0 }
  const alone = solveQuantile({ x, y, free: 0 }, 0.3)
  expect(Math.abs(solveQuantile(doubled, 0.3).loss / alone.loss - 1)).toBeLessThan(1e-7)
  const flat = solveQuantile({ ...doubled, y: new Float64Array(500).fill(4) }, 0.3)
  expect(flat.loss).toBeLessThan(1e-6)
})
