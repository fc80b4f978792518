import type { Run } from '../../core/run.ts'
import { sharesOf, withCorrection } from './fitted.ts'
import type { SupportVectorRegressorOptions } from './options.ts'
import { type LinearRegressor, linearRegressor } from './regressor.ts'
import { type Sample, sampleOf } from './sample.ts'
import { drawFourier, type Fourier, fourierRow, medianDistance } from './solvers/fourier.ts'
import type { Matrix } from './solvers/matrix.ts'
import { solveSupportVector } from './solvers/support-vector.ts'

const MODEL = 'support-vector'
/** What errors of one standard deviation in all rows cost together at the most unless told: more would only take longer. */
const COST = 2000
/** Rows whose gradients say how much each column mattered to a Gaussian kernel. */
const PROBED = 1000

/**
 * Epsilon-insensitive support vector regression on standardised columns and target (Vapnik, 1995), by dual coordinate descent
 * (Ho and Lin, 2012); `rbf` answers like a Gaussian kernel by random Fourier features (Rahimi and Recht, 2007).
 *
 * Minimises Σβ² / 2 + c · Σ max(0, |error| − epsilon); the intercept is penalised like a coefficient. Keeps up to `sample` rows
 * in memory and gives notice where `steps` ended it early. Refuses tables without rows or finite targets.
 *
 * @example
 * const fitted = await supportVector({ kernel: 'rbf', c: 10 }).fit(table, run)
 */
export function supportVector(options: SupportVectorRegressorOptions = {}): LinearRegressor {
  const { epsilon = 0.1, kernel = 'linear', features = 256, sample = 200_000, steps = 300 } = options
  return linearRegressor(
    MODEL,
    options,
    async (table, preparation, _, run) => {
      const rows = await sampleOf(table, preparation, sample, MODEL, run)
      const p = preparation.columns
      const fourier = kernel === 'rbf' ? drawnFor(rows.x, p, features, options.bandwidth, run) : undefined
      const x = fourier ? waved(rows.x, fourier) : rows.x
      const c = options.c ?? Math.min(1, COST / rows.weight.reduce((a, b) => a + b, 0))
      const solved = solveSupportVector(
        { x, y: rows.y, weight: rows.weight, epsilon, c },
        { steps, tolerance: 1e-3, random: run.random(`${MODEL}.order`) },
      )
      if (solved.gap > 1e-3 && solved.steps >= steps)
        run.notice({
          code: 'linear.stopped',
          details: { model: MODEL, steps: solved.steps, gap: Number(solved.gap.toPrecision(2)) },
        })
      const beta = solved.beta.slice(0, x.columns - 1)
      const effects = fourier ? slopes(rows, fourier, beta) : beta
      return {
        coefficients: [beta],
        intercepts: [solved.beta[x.columns - 1] as number],
        ...(fourier && { fourier }),
        correction: 1,
        importance: sharesOf(preparation, table.features.length, [effects]),
      }
    },
    withCorrection,
  )
}

function drawnFor(x: Matrix, inputs: number, features: number, bandwidth: number | undefined, run: Run): Fourier {
  const width = bandwidth ?? medianDistance(x, run.random(`${MODEL}.bandwidth`))
  return drawFourier(inputs, features, width, run.random(`${MODEL}.fourier`))
}

/** Fourier features of every row, then a column of ones. */
function waved(x: Matrix, fourier: Fourier): Matrix {
  const columns = fourier.features + 1
  const values = new Float32Array(x.rows * columns)
  const waves = new Float64Array(fourier.features)
  for (let i = 0; i < x.rows; i++) {
    fourierRow(fourier, x.values, i * x.columns, waves)
    values.set(waves, i * columns)
    values[i * columns + fourier.features] = 1
  }
  return { rows: x.rows, columns, values }
}

/** Mean size of the gradient in each column, over some rows. */
function slopes({ x }: Sample, { inputs, features, frequency, phase }: Fourier, beta: Float64Array): Float64Array {
  const sizes = new Float64Array(inputs)
  const probed = Math.min(PROBED, x.rows)
  const turned = new Float64Array(features)
  for (let k = 0; k < probed; k++) {
    const from = Math.floor((k * x.rows) / probed) * x.columns
    for (let d = 0; d < features; d++) {
      let angle = phase[d] as number
      for (let j = 0; j < inputs; j++) angle += (x.values[from + j] as number) * (frequency[j * features + d] as number)
      turned[d] = (beta[d] as number) * Math.sin(angle)
    }
    for (let j = 0; j < inputs; j++) {
      let slope = 0
      for (let d = 0; d < features; d++) slope += (turned[d] as number) * (frequency[j * features + d] as number)
      sizes[j] = (sizes[j] as number) + Math.abs(slope)
    }
  }
  return sizes
}
