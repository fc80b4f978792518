import { checkInterrupt, type Run } from '../../core/run.ts'
import type { Dir, Manifest } from '../model.ts'
import type { FittedRegressor } from '../regressor.ts'
import type { Table, TableBlock, TableFeature } from '../table.ts'
import { TILE, tileOf } from './algebra/gram.ts'
import { saveLinear } from './artifact.ts'
import { checkColumns, encodeRows, type Preparation } from './preparation.ts'
import { type Fourier, fourierRow } from './solvers/fourier.ts'
import { targetsOf } from './target.ts'

/** All that a linear model learned, as plain data. */
export interface LinearState {
  readonly model: string
  readonly options: Readonly<Record<string, unknown>>
  readonly features: readonly TableFeature[]
  readonly preparation: Preparation
  readonly levels?: readonly number[]
  /** For each output, a coefficient a standardised column (or Fourier feature). */
  readonly coefficients: readonly Float64Array[]
  /** One an output, in the scale of the standardised target. */
  readonly intercepts: readonly number[]
  readonly fourier?: Fourier
  /** What 1 + the prediction is multiplied by so that means come back right from logarithms; 1 otherwise. */
  readonly correction: number
  /** Shares of the features. */
  readonly importance: Float64Array
  /** The penalty used, free of scale; absent where there is none. */
  readonly penalty?: number
}

/** A linear model that has learned. */
export interface FittedLinear extends FittedRegressor {
  readonly state: LinearState
}

/** Wraps what was learned as a regressor that can predict and save itself. */
export function fittedLinear(state: LinearState): FittedLinear {
  return {
    state,
    features: state.features,
    outputs: state.coefficients.length,
    ...(state.levels && { levels: state.levels }),
    predict: async (block, run) => predictLinear(state, block, run),
    importance: () => state.importance.slice(),
    save: (dir: Dir): Promise<Manifest> => saveLinear(state, dir),
  }
}

/** Predictions row by row; quantiles are put into order. */
function predictLinear(state: LinearState, block: TableBlock, run: Run): Float64Array {
  const { features, preparation, coefficients, intercepts, fourier, correction, levels } = state
  checkColumns(block, features)
  const { mean, scale, log, most } = preparation.target
  const outputs = coefficients.length
  const out = new Float64Array(block.rows * outputs)
  const tile = tileOf(preparation.columns)
  const row = new Float64Array(preparation.columns)
  const waves = new Float64Array(fourier?.features ?? 0)
  const scores = new Float64Array(TILE)
  const ceiling = most + Math.LN2
  for (let from = 0; from < block.rows; from += TILE) {
    checkInterrupt(run)
    encodeRows(preparation, block, from, tile)
    for (let k = 0; k < outputs; k++) {
      const beta = coefficients[k] as Float64Array
      scores.fill(intercepts[k] as number)
      if (fourier) addWaves(fourier, tile, row, waves, beta, scores)
      else addColumns(tile, beta, scores)
      for (let r = 0; r < tile.rows; r++) {
        const learned = mean + scale * (scores[r] as number)
        const offset = block.offset ? (block.offset[from + r] as number) : 0
        out[(from + r) * outputs + k] = log
          ? correction * Math.exp(Math.min(learned, ceiling) + offset) - 1
          : learned + offset
      }
    }
  }
  if (levels) for (let i = 0; i < block.rows; i++) out.subarray(i * outputs, (i + 1) * outputs).sort()
  return out
}

function addColumns(
  { columns, rows, values }: ReturnType<typeof tileOf>,
  beta: Float64Array,
  scores: Float64Array,
): void {
  for (let j = 0; j < columns; j++) {
    const b = beta[j] as number
    if (b === 0) continue
    const at = j * TILE
    for (let r = 0; r < rows; r++) scores[r] = (scores[r] as number) + b * (values[at + r] as number)
  }
}

function addWaves(
  fourier: Fourier,
  { columns, rows, values }: ReturnType<typeof tileOf>,
  row: Float64Array,
  waves: Float64Array,
  beta: Float64Array,
  scores: Float64Array,
): void {
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < columns; j++) row[j] = values[j * TILE + r] as number
    fourierRow(fourier, row, 0, waves)
    let sum = scores[r] as number
    for (let k = 0; k < waves.length; k++) sum += (waves[k] as number) * (beta[k] as number)
    scores[r] = sum
  }
}

/**
 * The same model with means that come back right from logarithms: on the table, the weighted sum of 1 + prediction is that of
 * 1 + target (the ratio form of Duan's smearing, 1983).
 */
export async function withCorrection(state: LinearState, table: Table, run: Run): Promise<LinearState> {
  if (!state.preparation.target.log) return state
  let truth = 0
  let predicted = 0
  let before = 0
  for await (const block of table.blocks()) {
    const { weight } = targetsOf(block, true, before)
    const answers = predictLinear(state, block, run)
    for (let i = 0; i < block.rows; i++) {
      truth += (weight[i] as number) * (1 + ((block.target as Float64Array)[i] as number))
      predicted += (weight[i] as number) * (1 + (answers[i] as number))
    }
    before += block.rows
  }
  return predicted > 0 && Number.isFinite(predicted) ? { ...state, correction: truth / predicted } : state
}

/** Shares of features in the sizes of their columns' coefficients. */
export function sharesOf(
  preparation: Preparation,
  features: number,
  coefficients: readonly ArrayLike<number>[],
): Float64Array {
  const shares = new Float64Array(features)
  let total = 0
  for (const beta of coefficients)
    preparation.featureOf.forEach((f, j) => {
      const size = Math.abs(beta[j] as number)
      shares[f] = (shares[f] as number) + size
      total += size
    })
  return total > 0 ? shares.map((share) => share / total) : shares
}
