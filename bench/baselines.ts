import type { BacktestOptions } from '../src/backtest/options.ts'
import { at, type Panel } from '../src/core/panel.ts'
import type { Answer, LocalMethod, Series } from '../src/models/local.ts'
import { localModel } from '../src/models/local-model.ts'
import type { Model } from '../src/models/model.ts'
import { windowAverage } from '../src/models/statistical/simple/averages.ts'
import { empirical, windowMedian } from '../src/models/statistical/simple/empirical.ts'
import { naive, seasonalNaive, zero } from '../src/models/statistical/simple/naive.ts'
import {
  FRESH_FIRST_DAY,
  loadCarParts,
  loadFreshDaily,
  loadOnlineRetail,
  loadOrangeJuice,
  ONLINE_LAST_WEEK,
  orangeJuiceWeek,
  PROTOCOL_LEVELS,
} from './protocols.ts'

/** A published way of scoring: the data, the windows, and the simple forecasts that stand beside every other. */
export interface Protocol {
  readonly load: (data: string) => Promise<Panel>
  /** What {@link backtest} is told; add `by`, `keep` and the like. */
  readonly options: BacktestOptions
  /** The simple forecasts, those with a published figure exactly as it was made. */
  readonly baselines: () => readonly Model[]
}

const levels = { levels: PROTOCOL_LEVELS, averaged: PROTOCOL_LEVELS, intervals: [80] }
const point = { quantiles: 'point' } as const
const model = (name: string, method: LocalMethod): Model => localModel({ ...method, name })

/** The four protocols of the data's README, ready for {@link backtest}. */
export const PROTOCOLS = {
  'orange-juice': {
    load: loadOrangeJuice,
    options: {
      horizon: 2,
      gap: 1,
      cutoffs: Array.from({ length: 12 }, (_, r) => orangeJuiceWeek(135 + 2 * r)),
      ...levels,
    },
    baselines: () => [
      model('naive', naive(point)),
      model('seasonal naive', filledForward(seasonalNaive(point))),
      localModel(meanOfLogs(orangeJuiceWeek(40))),
    ],
  },
  'car-parts': {
    load: loadCarParts,
    options: { horizon: 12, ...levels },
    baselines: () => [
      model('seasonal naive', seasonalNaive(point)),
      model('zeros', zero()),
      model('quantiles of 24 months', empirical({ window: 24 })),
    ],
  },
  'fresh-daily': {
    load: (data) => loadFreshDaily(data),
    options: { horizon: 7, cutoffs: [FRESH_FIRST_DAY + 61, FRESH_FIRST_DAY + 68], ...levels },
    baselines: () => [
      model('seasonal naive', seasonalNaive(point)),
      localModel(meanWithProfile(14, 28, 0.3)),
      model('median of 14', windowMedian({ window: 14 })),
      model('mean of 7', windowAverage({ window: 7 })),
      model('quantiles of 28 days', empirical({ window: 28 })),
    ],
  },
  'online-retail': {
    load: loadOnlineRetail,
    options: { horizon: 8, cutoffs: [ONLINE_LAST_WEEK - 16, ONLINE_LAST_WEEK - 8], season: 1, ...levels },
    baselines: () => [
      model('naive', naive()),
      model('mean of 8', windowAverage({ window: 8 })),
      model('median of 8', windowMedian({ window: 8 })),
      model('zeros', zero()),
      model('quantiles of 26 weeks', empirical({ window: 26 })),
    ],
  },
} as const satisfies Record<string, Protocol>

/** A method that sees gaps filled with the value before them, as the R scripts of TSPerf do. */
function filledForward<O extends object>(method: LocalMethod<O>): LocalMethod<O> {
  const filled = (series: Series): Series => ({ ...series, values: fillForward(series.values) })
  return {
    ...method,
    fit: (series, options) => method.fit(filled(series), options),
    forecast: (series, parameters, answer, options) => method.forecast(filled(series), parameters, answer, options),
  }
}

function fillForward(values: Float64Array): Float64Array {
  const filled = values.slice()
  for (let t = 1; t < filled.length; t++) if (Number.isNaN(at(filled, t))) filled[t] = at(filled, t - 1)
  return filled
}

const NEEDS = { minHistory: 1, knownAhead: 'ignored', crossSeries: false, missing: true } as const

/** TSPerf's mean forecast: of the logs, over a grid that begins for all series at once, gaps filled forward, then backward. */
function meanOfLogs(first: number): LocalMethod {
  return {
    name: 'mean',
    needs: NEEDS,
    options: {},
    fit: () => new Float64Array(0),
    forecast({ values, start }, _, answer) {
      const filled = fillForward(values)
      const sum = filled.reduce((total, y) => total + Math.log(y), (start - first) * Math.log(at(filled, 0)))
      const mean = Math.exp(sum / (filled.length + start - first))
      write(answer, () => mean)
    },
  }
}

/** The mean of the latest `level` days times a weekday profile of the latest `span`, of which it takes a `share`. */
function meanWithProfile(level: number, span: number, share: number): LocalMethod {
  return {
    name: `mean of ${level} × profile`,
    needs: NEEDS,
    options: {},
    fit: () => new Float64Array(0),
    forecast({ values, season }, _, answer) {
      const base = average(values.subarray(-level))
      const recent = values.subarray(-span)
      const whole = average(recent)
      write(answer, (h) => {
        const same = recent.filter((_y, t) => (t - recent.length - (h % season)) % season === 0)
        return whole > 0 ? base * (1 + share * (average(same) / whole - 1)) : base
      })
    },
  }
}

const average = (values: Float64Array) => values.reduce((a, b) => a + b, 0) / Math.max(1, values.length)

function write(answer: Answer, point: (step: number) => number): void {
  const levels = answer.levels.length
  for (let h = 0; h < answer.horizon; h++) {
    const value = point(h)
    answer.mean[h] = value
    answer.quantiles.fill(value, h * levels, (h + 1) * levels)
    for (let p = 0; p < answer.paths; p++) answer.sample[p * answer.horizon + h] = value
  }
}
