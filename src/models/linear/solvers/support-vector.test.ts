import { expect, test } from 'vitest'
import { Random } from '../../../core/random.ts'
import { matrixOf, oracle } from '../oracle.case.ts'
import { drawFourier, fourierRow } from './fourier.ts'
import { solveSupportVector } from './support-vector.ts'

test('coefficients and loss are those of LIBLINEAR by way of scikit-learn', () => {
  const x = matrixOf(oracle.scaled)
  const y = Float64Array.from(oracle.y)
  for (const { epsilon, c, coefficients, objective } of oracle.linearSvr) {
    const { beta, gap } = solveSupportVector({ x, y, epsilon, c }, { tolerance: 1e-9, steps: 100_000 })
    expect(gap).toBeLessThan(1e-9)
    let loss = 0
    for (const b of beta) loss += (b * b) / 2
    oracle.scaled.forEach((row, i) => {
      const fitted = row.reduce((sum, v, j) => sum + v * (beta[j] as number), 0)
      loss += c * Math.max(0, Math.abs((y[i] as number) - fitted) - epsilon)
    })
    expect(Math.abs(loss / objective - 1)).toBeLessThan(1e-6)
    coefficients.forEach((b, j) => {
      expect(beta[j]).toBeCloseTo(b, 3)
    })
  }
})

test('a weight is that many rows', () => {
  const repeated = oracle.scaled.flatMap((row, i) => new Array<readonly number[]>(oracle.w[i] as number).fill(row))
  const targets = oracle.y.flatMap((v, i) => new Array<number>(oracle.w[i] as number).fill(v))
  const options = { tolerance: 1e-9, steps: 20_000 }
  const common = { epsilon: 0.5, c: 0.2 }
  const weight = Float64Array.from(oracle.w)
  const a = solveSupportVector(
    { ...common, x: matrixOf(oracle.scaled), y: Float64Array.from(oracle.y), weight },
    options,
  )
  const b = solveSupportVector({ ...common, x: matrixOf(repeated), y: Float64Array.from(targets) }, options)
  a.beta.forEach((v, j) => {
    expect(v).toBeCloseTo(b.beta[j] as number, 3)
  })
})

test('products of Fourier features are near the Gaussian kernel', () => {
  const random = Random.of(4, 'fourier')
  const fourier = drawFourier(3, 4096, 1.5, random)
  const a = new Float64Array(4096)
  const b = new Float64Array(4096)
  for (let k = 0; k < 20; k++) {
    const row = new Float64Array(6).map(() => random.normal())
    fourierRow(fourier, row, 0, a)
    fourierRow(fourier, row, 3, b)
    let square = 0
    for (let j = 0; j < 3; j++) square += ((row[j] as number) - (row[3 + j] as number)) ** 2
    const product = a.reduce((sum, v, i) => sum + v * (b[i] as number), 0)
    // Four standard errors of a mean of 4,096 terms.
    expect(Math.abs(product - Math.exp(-square / (2 * 1.5 ** 2)))).toBeLessThan(4 / Math.sqrt(4096))
  }
})
