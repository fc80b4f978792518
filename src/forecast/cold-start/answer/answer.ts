import type { Ask, Forecast } from '../../../core/forecast.ts'
import { at, Mask } from '../../../core/panel.ts'
import type { Run } from '../../../core/run.ts'
import { scatterAt } from '../history/scatter.ts'
import { drawCount, mixtureQuantiles } from './counts.ts'

/** What is known of a series when its answer is written. */
export interface Outlook {
  /** Units expected at each step at the told level. */
  readonly expected: Float64Array
  /** Logarithms of levels beside it, equally likely each, and the mean of their exponentials under all of the belief. */
  readonly support: Float64Array
  readonly factor: number
  /** Chance that it still sells now, and to end in a period. */
  readonly alive: number
  readonly hazard: number
}

/** What targets are measured in, and how they scatter. */
export interface Measure {
  readonly unit: number
  readonly whole: boolean
  readonly scatter: readonly number[]
}

/** Writes mean, quantiles and paths of series `i`: a mixture of levels, of counts about each, and of an end that may have come. Nothing on days planned to be closed. */
export function writeAnswer(
  forecast: Forecast,
  i: number,
  outlook: Outlook,
  closed: Uint8Array,
  { unit, whole, scatter }: Measure,
  { levels }: Pick<Ask, 'levels'>,
): void {
  const { horizon } = forecast
  const { support } = outlook
  const means = new Float64Array(support.length)
  const iotas = new Float64Array(support.length)
  const row = new Float64Array(levels.length)
  for (let h = 0; h < horizon; h++) {
    const cell = i * horizon + h
    const open = (at(closed, cell) & Mask.closed) === 0
    const expected = open ? at(outlook.expected, h) : 0
    const alive = outlook.alive * (1 - outlook.hazard) ** h
    forecast.mean[cell] = unit * alive * expected * outlook.factor
    for (let k = 0; k < support.length; k++) {
      means[k] = expected * Math.exp(at(support, k))
      iotas[k] = scatterAt(scatter, at(means, k))
    }
    // Of the chances below a level, those of an end come first.
    const living = levels.map((level) => Math.max(0, (level - (1 - alive)) / Math.max(alive, 1e-12)))
    mixtureQuantiles(
      means,
      iotas,
      whole,
      living.map((l) => Math.max(l, 1e-9)),
      row,
    )
    for (let l = 0; l < levels.length; l++)
      forecast.quantiles[cell * levels.length + l] = (living[l] as number) > 0 ? unit * at(row, l) : 0
  }
}

/** Draws sample paths: each keeps its level over all steps, and may end. */
export function drawPaths(
  { paths, horizon, ids }: Forecast,
  i: number,
  { expected, support, alive, hazard }: Outlook,
  closed: Uint8Array,
  { unit, whole, scatter }: Measure,
  run: Run,
): void {
  if (!paths) return
  const random = run.random(`cold-start: ${ids[i]}`)
  for (let p = 0; p < paths.count; p++) {
    const level = Math.exp(at(support, random.integer(support.length)))
    let living = random.uniform() < alive
    for (let h = 0; h < horizon; h++) {
      if (h > 0 && random.uniform() < hazard) living = false
      const open = (at(closed, i * horizon + h) & Mask.closed) === 0
      const mean = living && open ? at(expected, h) * level : 0
      paths.values[(i * paths.count + p) * horizon + h] =
        unit * drawCount(random, mean, scatterAt(scatter, mean), whole)
    }
  }
}
