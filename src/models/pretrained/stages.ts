import { at } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import type { Run } from '../../core/run.ts'
import type { Window } from '../../core/window.ts'
import { keptWindow } from '../global/kept-window.ts'
import { cholesky, choleskySolve } from '../linear/algebra/cholesky.ts'
import { rawVectors } from './embed.ts'
import { type Ground, groundOf } from './ground.ts'
import { SEASONS } from './shape.ts'
import type { Pretrained } from './swell.ts'

/** Where a product is in its life. */
export const STAGES = ['launch', 'growth', 'maturity', 'decline', 'end'] as const
export type Stage = (typeof STAGES)[number]

/** The stage of one series, and how sure that is. */
export interface SeriesStage {
  readonly id: string
  readonly stage: Stage | undefined
  /** Shares of belief, in the order of {@link STAGES}. */
  readonly chances: readonly number[]
}

/** Series of each stage that are drawn to learn from. */
const DRAWN = 160
const RIDGE = 1

/**
 * Where each series of a window is in its life, by the vectors that the pretrained network makes of series: a linear classifier (least squares with a ridge) of series drawn with
 * known stages tells. Series without observations have no stage.
 *
 * @example
 * const [first] = await stagesOf(kept, window, run)
 */
export async function stagesOf(kept: Pretrained, asked: Window, run: Run): Promise<readonly SeriesStage[]> {
  const ground = await groundOf(keptWindow(asked))
  const taught = drawnLives(ground.unit)
  const { width, vectors } = await rawVectors(kept, taught, run)
  const weights = leastSquares(vectors, width, DRAWN * STAGES.length)
  const own = await rawVectors(kept, ground, run)
  return ground.ids.map((id, i) => {
    if (own.seen[i] === 0) return { id, stage: undefined, chances: STAGES.map(() => 1 / STAGES.length) }
    const scores = STAGES.map((_, s) => {
      let sum = at(weights, s * (width + 1) + width)
      for (let k = 0; k < width; k++) sum += at(weights, s * (width + 1) + k) * at(own.vectors, i * width + k)
      return Math.exp(4 * sum)
    })
    const total = scores.reduce((a, b) => a + b, 0)
    const chances = scores.map((score) => score / total)
    return { id, stage: STAGES[chances.indexOf(Math.max(...chances))], chances }
  })
}

/** Lives that are drawn: which stage one is in goes round with its number. */
export function drawnLives(unit: Ground['unit'], seed = 17): Ground {
  const count = DRAWN * STAGES.length
  const series = Array.from({ length: count }, (_, i) => lifeOf(i % STAGES.length, unit, Random.of(seed, `life ${i}`)))
  const offsets = new Int32Array(count + 1)
  for (const [i, values] of series.entries()) offsets[i + 1] = at(offsets, i) + values.length + 1
  const values = new Float32Array(at(offsets, count)).fill(Number.NaN)
  for (const [i, own] of series.entries()) values.set(own, at(offsets, i))
  const phases = new Int32Array(2 * count)
  return { unit, horizon: 1, offsets, phases, values, covariates: [] }
}

function lifeOf(stage: number, unit: Ground['unit'], random: Random): Float64Array {
  const launch = stage === 0
  const length = launch ? 4 + random.integer(16) : 40 + random.integer(88)
  const level = Math.exp(3.5 + 1.2 * random.normal())
  const [main] = SEASONS[unit]
  const season = main > 0 ? Array.from({ length: main }, () => 0.25 * random.normal()) : [0]
  // What the logarithm gains or loses over the latest part of the context.
  const change = 0.9 + 1.4 * random.uniform()
  const turn = 0.3 + 0.5 * random.uniform()
  const noise = 0.1 + 0.2 * random.uniform()
  return Float64Array.from({ length }, (_, t) => {
    const part = t / length
    const since = Math.max(0, part - turn) / (1 - turn)
    const log = launch
      ? -1.5 * Math.exp(-t / 4)
      : stage === 1
        ? change * (since - 1)
        : stage === 3
          ? -change * since
          : stage === 4
            ? -4 * Math.max(0, part - 0.6)
            : 0
    if (stage === 4 && part > 0.8 + 0.1 * random.uniform()) return 0
    const rate = level * Math.exp(log + (season[t % season.length] as number) + noise * random.normal())
    return random.poisson(Math.min(1e6, rate))
  })
}

/** Least squares with a ridge of each stage's 0 or 1 on vectors and a constant, `[stage · (width + 1) + k]`, by Cholesky's factors. */
function leastSquares(vectors: Float32Array, width: number, count: number): Float64Array {
  const n = width + 1
  const matrix = new Float64Array(n * n)
  const right = Array.from(STAGES, () => new Float64Array(n))
  const x = new Float64Array(n)
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < width; k++) x[k] = at(vectors, i * width + k)
    x[width] = 1
    const own = right[i % STAGES.length] as Float64Array
    for (let a = 0; a < n; a++) {
      own[a] = at(own, a) + at(x, a)
      for (let b = 0; b <= a; b++) matrix[a * n + b] = at(matrix, a * n + b) + at(x, a) * at(x, b)
    }
  }
  for (let a = 0; a < width; a++) matrix[a * n + a] = at(matrix, a * n + a) + RIDGE
  cholesky(matrix, n)
  const out = new Float64Array(STAGES.length * n)
  for (const [s, own] of right.entries()) out.set(choleskySolve(matrix, n, own), s * n)
  return out
}
