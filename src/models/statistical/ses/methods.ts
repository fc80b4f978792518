import { CannotForecast, ForetideError } from '../../../core/errors.ts'
import type { LocalMethod } from '../../local.ts'
import type { Needs } from '../../model.ts'
import { writeLinearAnswer } from '../linear-answer.ts'
import { bestAlpha, runSes } from './filter.ts'

const NEEDS: Needs = { minHistory: 1, knownAhead: 'ignored', crossSeries: false, missing: true }

/** How simple exponential smoothing is told. */
export interface SesOptions {
  /** Weight of the newest value, above 0 and at most 1; without it the one with the least squared error. */
  readonly alpha?: number
}
/** The same for every position of the cycle by itself. */
export interface SeasonalSesOptions extends SesOptions {
  /** Length of the cycle in place of the calendar's. */
  readonly season?: number
}

/**
 * Simple exponential smoothing (Brown, 1956), its level starting at the first value, with `alpha` given.
 *
 * Takes gaps as they are; quantiles are those of the equivalent ETS(A,N,N).
 */
export const ses = ({ alpha = 0.1 }: SesOptions = {}): LocalMethod<SeasonalSesOptions> =>
  smoothing('ses', { alpha: checked(alpha) }, false)

/** Simple exponential smoothing with the α of the least squared one-step error between 0.01 and 0.99. */
export const sesOptimised = (): LocalMethod<SeasonalSesOptions> => smoothing('ses-optimised', {}, false)

/** Simple exponential smoothing of every position of the cycle by itself; refuses series without a full cycle. */
export const seasonalSes = ({ alpha = 0.1, ...rest }: SeasonalSesOptions = {}): LocalMethod<SeasonalSesOptions> =>
  smoothing('seasonal-ses', { ...rest, alpha: checked(alpha) }, true)

/** The same with an α of its own for each position. */
export const seasonalSesOptimised = (
  options: Omit<SeasonalSesOptions, 'alpha'> = {},
): LocalMethod<SeasonalSesOptions> => smoothing('seasonal-ses-optimised', options, true)

function checked(alpha: number): number {
  if (!(alpha > 0 && alpha <= 1)) throw new ForetideError('ets.alpha', { alpha }, { fault: 'usage' })
  return alpha
}

/** Parameters: cycle, variance of one-step errors, then one α for each position, that of the first value first. */
function smoothing(name: string, options: SeasonalSesOptions, seasonal: boolean): LocalMethod<SeasonalSesOptions> {
  return {
    name,
    needs: NEEDS,
    options,
    fit({ values, season }) {
      const m = seasonal ? Math.max(1, Math.round(options.season ?? season)) : 1
      if (seasonal && m < 2) throw new CannotForecast('noSeason')
      const parameters = new Float64Array(2 + m)
      parameters[0] = m
      let sum = 0
      let count = 0
      for (let j = 0; j < m; j++) {
        const alpha = options.alpha ?? bestAlpha(values, j, m)
        parameters[2 + j] = alpha
        const run = runSes(values, j, m, alpha)
        if (Number.isNaN(run.level))
          throw m > 1
            ? new CannotForecast('tooShort', { has: values.length, needs: m })
            : new CannotForecast('noValues')
        sum += run.squares
        count += run.count
      }
      parameters[1] = count > 0 ? sum / count : Math.abs(values.find((v) => !Number.isNaN(v)) ?? 0)
      return parameters
    },
    forecast({ values }, parameters, answer) {
      const m = parameters[0] as number
      const response = new Float64Array(answer.horizon)
      // One response for all positions: the root mean square of their weights keeps the mean variance right.
      const weight = Math.sqrt(parameters.subarray(2).reduce((sum, alpha) => sum + alpha * alpha, 0) / m)
      for (let h = 0; h < answer.horizon; h++) {
        const j = (values.length + h) % m
        answer.mean[h] = runSes(values, j, m, parameters[2 + j] as number).level
        response[h] = h === 0 ? 1 : h % m === 0 ? weight : 0
      }
      writeLinearAnswer(answer, response, parameters[1] as number)
    },
  }
}
