import { ForetideError } from '../../core/errors.ts'
import { at, slicePeriods } from '../../core/panel.ts'
import { checkInterrupt, type Run } from '../../core/run.ts'
import type { Window } from '../../core/window.ts'
import type { Model } from '../../models/model.ts'
import { earlierWindow } from '../../models/statistical/calibrated.ts'
import type { Residuals } from './covariance.ts'

/** What a model said on an earlier window of a hierarchy, and what then happened: nodes × steps. */
export interface Validation {
  readonly steps: number
  /** NaN where the model refused. */
  readonly base: Float64Array
  /** NaN where not observed. */
  readonly truth: Float64Array
}

/**
 * Forecasts the last `count` windows before the cutoff again, a horizon apart, the earliest first; windows on which the model
 * answered nothing are left out.
 */
export async function validationsOf(model: Model, window: Window, count: number, run: Run): Promise<Validation[]> {
  const found: Validation[] = []
  for (let k = count; k >= 1; k--) {
    checkInterrupt(run)
    const earlier = earlierWindow(window, k * window.horizon)
    const fitted = await model.fit(earlier, run)
    const { mean, start, horizon } = await fitted.forecast(earlier, { levels: [0.5], paths: 0 }, run)
    if (mean.every(Number.isNaN)) continue
    const truth: number[] = []
    for await (const past of window.past())
      for (const y of slicePeriods(past, start, start + horizon, true, true).target) truth.push(y)
    found.push({ steps: horizon, base: mean, truth: Float64Array.from(truth) })
  }
  return found
}

/** The errors of validation windows side by side: nodes × (windows · steps), truth minus forecast; refuses to make them of none. */
export function residualsOf(validations: readonly Validation[]): Residuals {
  const [first] = validations
  if (!first) throw new ForetideError('hierarchy.needs', NO_WINDOW, { fault: 'usage' })
  const nodes = first.base.length / first.steps
  const periods = validations.reduce((sum, { steps }) => sum + steps, 0)
  const values = new Float64Array(nodes * periods)
  let from = 0
  for (const { steps, base, truth } of validations) {
    for (let k = 0; k < base.length; k++)
      values[Math.floor(k / steps) * periods + from + (k % steps)] = at(truth, k) - at(base, k)
    from += steps
  }
  return { periods, values }
}

const NO_WINDOW = {
  method: 'mint',
  what: 'a past window on which anything was forecast; the history is too short',
  whatZh: '至少一个有预测的历史窗口；历史太短',
}
