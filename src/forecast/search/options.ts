import type { MetricName } from '../../backtest/metrics/metrics.ts'
import { METRICS } from '../../backtest/metrics/metrics.ts'
import type { BacktestOptions } from '../../backtest/options.ts'
import { ForetideError } from '../../core/errors.ts'

/** How a search goes; whatever a backtest takes besides its cutoffs holds for every candidate alike. */
export interface SearchOptions extends Omit<BacktestOptions, 'cutoffs' | 'by' | 'hierarchy' | 'minHistory'> {
  /** Candidates at most, the default included; 30 unless given. */
  readonly trials?: number
  /** Seconds of trying at most, those of an interrupted search before it included; no bound unless given. */
  readonly seconds?: number
  /** What is made small (or great, where that is better); WQL unless given. */
  readonly metric?: MetricName
  /** Windows of the last rung; 3 unless given. */
  readonly windows?: number
  /** The latest observed periods that are never looked at, so that a backtest on them stays honest; 0 unless given. */
  readonly holdBack?: number
  /** One candidate in so many goes on to the next rung; 3 unless given. */
  readonly keepOneIn?: number
  /** Series of a rung at the least, where there are as many; 30 unless given. */
  readonly leastSeries?: number
  /**
   * `best` takes what is best at the last rung; `oneStandardError` takes the default where the gain, window by window, is within one
   * standard error of nothing. `best` unless given.
   */
  readonly choose?: 'best' | 'oneStandardError'
}

/** The same with every default filled in, and the backtest's options apart. */
export interface SearchSettings {
  readonly trials: number
  readonly seconds: number
  readonly metric: MetricName
  readonly windows: number
  readonly holdBack: number
  readonly keepOneIn: number
  readonly leastSeries: number
  readonly choose: 'best' | 'oneStandardError'
  readonly backtest: Omit<BacktestOptions, 'cutoffs' | 'windows'>
}

const whole = (least: number) => ({
  fits: (value: unknown) => Number.isInteger(value) && (value as number) >= least,
  expected: [`a whole number of at least ${least}`, `不小于 ${least} 的整数`] as const,
})
const oneOf = (values: readonly string[]) => ({
  fits: (value: unknown) => values.includes(value as string),
  expected: [`one of ${values.join(', ')}`, ` ${values.join('、')} 之一`] as const,
})

const RULES = {
  trials: whole(1),
  windows: whole(1),
  holdBack: whole(0),
  keepOneIn: whole(2),
  leastSeries: whole(1),
  seconds: {
    fits: (value: unknown) => (value as number) > 0,
    expected: ['seconds above zero', '大于零的秒数'] as const,
  },
  metric: oneOf(Object.keys(METRICS)),
  choose: oneOf(['best', 'oneStandardError']),
}

/** Fills in defaults; refuses what makes no search. */
export function searchSettingsOf(options: SearchOptions): SearchSettings {
  const { trials, seconds, metric, windows, holdBack, keepOneIn, leastSeries, choose, ...backtest } = options
  const settings: SearchSettings = {
    trials: trials ?? 30,
    seconds: seconds ?? Number.POSITIVE_INFINITY,
    metric: metric ?? 'wql',
    windows: windows ?? 3,
    holdBack: holdBack ?? 0,
    keepOneIn: keepOneIn ?? 3,
    leastSeries: leastSeries ?? 30,
    choose: choose ?? 'best',
    backtest,
  }
  for (const [option, { fits, expected }] of Object.entries(RULES)) {
    const value = settings[option as keyof typeof RULES]
    if (fits(value)) continue
    const details = { option, value, expected: expected[0], expectedZh: expected[1] }
    throw new ForetideError('search.option', details, { fault: 'usage' })
  }
  return settings
}
