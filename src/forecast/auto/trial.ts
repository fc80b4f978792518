import type { Forecast } from '../../core/forecast.ts'
import { at } from '../../core/panel.ts'
import type { Run } from '../../core/run.ts'
import type { Window } from '../../core/window.ts'
import { windowOfSeries } from '../../models/chain.ts'
import { ascend } from '../../models/global/grid.ts'
import type { Fitted, Model } from '../../models/model.ts'
import { LEVELS } from './levels.ts'
import type { Validation } from './validation.ts'

/** What a candidate said of validation windows, and what that took. */
export interface Trial {
  /** `mean[(window · sample + s) · horizon + h]`; NaN where it refused. */
  readonly mean: Float32Array
  /** The same with all of {@link LEVELS}. */
  readonly grid: Float32Array
  readonly fitSeconds: number
  readonly forecastSeconds: number
  /** What it learned before the latest validation window. */
  readonly latest: Fitted
}

const ASK = { levels: LEVELS, paths: 0 }

/** Lets a candidate forecast every validation window; one that looks at each series by itself is asked of the sample alone. */
export async function trialOf(model: Model, validation: Validation, run: Run): Promise<Trial> {
  const { windows, sample, series } = validation
  const horizon = windows[0]?.horizon ?? 0
  const n = sample.length
  const mean = new Float32Array(windows.length * n * horizon)
  const grid = new Float32Array(mean.length * LEVELS.length)
  const part = !model.needs.crossSeries && n < series
  const seen = (window: Window) => (part ? windowOfSeries(window, Array.from(sample)) : window)
  let [fitSeconds, forecastSeconds] = [0, 0]
  let latest: Fitted | undefined
  for (const [v, window] of windows.entries()) {
    const asked = seen(window)
    let begun = performance.now()
    const fitted = await model.fit(asked, run)
    latest ??= fitted
    fitSeconds += (performance.now() - begun) / 1000
    begun = performance.now()
    const said = await fitted.forecast(asked, ASK, run)
    forecastSeconds += (performance.now() - begun) / 1000
    for (let s = 0; s < n; s++) put(said, part ? s : at(sample, s), v * n + s, { mean, grid })
  }
  const share = part ? series / n : 1
  return {
    ...{ mean, grid, fitSeconds: (share * fitSeconds) / windows.length },
    forecastSeconds: (share * forecastSeconds) / windows.length,
    latest: latest as Fitted,
  }
}

function put(said: Forecast, i: number, row: number, into: Pick<Trial, 'mean' | 'grid'>): void {
  const { horizon } = said
  const width = horizon * LEVELS.length
  const answered = said.answeredBy[i] !== undefined
  const grid = said.quantiles.subarray(i * width, (i + 1) * width)
  for (let h = 0; h < horizon; h++) {
    into.mean[row * horizon + h] = answered ? at(said.mean, i * horizon + h) : Number.NaN
    if (answered) ascend(grid, h * LEVELS.length, LEVELS.length)
  }
  if (answered) into.grid.set(grid, row * width)
  else into.grid.fill(Number.NaN, row * width, (row + 1) * width)
}
