import type { LocalMethod } from '../../local.ts'
import { answerWith, type Regressors, sampleOf } from './answer.ts'
import { knownAheadOf } from './arima.ts'
import { pack } from './parameters.ts'
import { searchOrder } from './search.ts'

/** What the automatic choice may consider; everything may be left out. */
export interface AutoArimaOptions {
  /** Length of the season in periods; that of the series by default, 1 for none. */
  readonly season?: number
  /** Largest p, q, P, Q; 5, 5, 2, 2 by default. */
  readonly most?: { readonly p?: number; readonly q?: number; readonly P?: number; readonly Q?: number }
  /** Fixed numbers of differences; chosen by tests where absent. */
  readonly d?: number
  readonly D?: number
  readonly criterion?: 'aicc' | 'aic' | 'bic'
  /** Whether orders are compared by conditional sums of squares; by default where the exact likelihood would take long. */
  readonly approximate?: boolean
  /** Known-ahead columns to regress on, the errors following the ARIMA process. */
  readonly regressors?: Regressors
}

const MOST = { p: 5, q: 5, P: 2, Q: 2 }
/** Values times season from which the search approximates: some tenths of a second a series. */
const LARGE = 40_000

/**
 * ARIMA whose order is chosen by the stepwise search of Hyndman and Khandakar (2008) on AICc.
 *
 * Seasonal differences by seasonal strength, others by the KPSS test, mean or drift where at most one difference is taken;
 * then exact maximum likelihood. Missing values stay missing. Refuses fewer than three values, and regressors that the series
 * has not got or whose future is missing.
 *
 * @example
 * autoArima({ season: 7, regressors: ['price', 'promo'] })
 */
export function autoArima(options: AutoArimaOptions = {}): LocalMethod<AutoArimaOptions> {
  const regressors = options.regressors ?? []
  return {
    name: 'auto-arima',
    needs: { minHistory: 3, knownAhead: knownAheadOf(regressors), crossSeries: false, missing: true },
    options,
    fit(series) {
      const m = Math.max(1, Math.round(options.season ?? series.season))
      const fit = searchOrder(sampleOf(series, regressors), m, {
        most: { ...MOST, ...options.most },
        criterion: options.criterion ?? 'aicc',
        approximate: options.approximate ?? series.values.length * m > LARGE,
        ...(options.d === undefined ? {} : { d: options.d }),
        ...(options.D === undefined ? {} : { D: options.D }),
      })
      return pack(fit, series.start)
    },
    forecast(series, parameters, answer) {
      answerWith(series, parameters, regressors, answer)
    },
  }
}
