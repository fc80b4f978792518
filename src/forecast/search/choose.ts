import { METRICS, type MetricName } from '../../backtest/metrics/metrics.ts'
import type { RungScore, Search, Trial } from './result.ts'

/** A number that is lower the better; infinite where there is no score. */
export function costOf(metric: MetricName, score: number | null | undefined): number {
  if (score === null || score === undefined) return Number.POSITIVE_INFINITY
  const { better } = METRICS[metric]
  return better === 'lower' ? score : better === 'higher' ? -score : Math.abs(score)
}

/** What is compared of two candidates at a rung: whoever leaves fewer series unanswered, then whoever costs less. */
function compareAt(metric: MetricName, a: RungScore | null | undefined, b: RungScore | null | undefined): number {
  const [left, right] = [costOf(metric, a?.score), costOf(metric, b?.score)]
  if (!Number.isFinite(left) || !Number.isFinite(right)) return left === right ? 0 : left - right
  return (a as RungScore).unanswered - (b as RungScore).unanswered || left - right
}

/** Candidates by a rung, the best first, the earlier of two alike first: the default is before all that is no better. */
export function ranked(trials: readonly Trial[], rung: number, metric: MetricName): Trial[] {
  return trials
    .filter((trial) => Number.isFinite(costOf(metric, trial.rungs[rung]?.score)))
    .sort((a, b) => compareAt(metric, a.rungs[rung], b.rungs[rung]) || a.number - b.number)
}

/** The best of the last rung that another candidate than the default came to; the default where none is better. */
export function winnerOf(
  trials: readonly Trial[],
  rungs: number,
  metric: MetricName,
  choose: 'best' | 'oneStandardError',
): Trial | undefined {
  for (let rung = rungs - 1; rung >= 0; rung--) {
    const field = ranked(trials, rung, metric)
    if (field.length === 0 || (rung > 0 && field.every(({ number }) => number === 0))) continue
    const [best] = field
    const byDefault = field.find(({ number }) => number === 0)
    return choose === 'oneStandardError' && best && byDefault && isWithinError(best, byDefault, rung, metric)
      ? byDefault
      : best
  }
  return undefined
}

/** Whether the mean gain over the default, window by window, is no more than its standard error (Breiman et al., 1984, 3.4.3, paired). */
function isWithinError(best: Trial, byDefault: Trial, rung: number, metric: MetricName): boolean {
  const gains = gainsOf(best, byDefault, rung, metric)
  if (gains.length < 2) return false
  const mean = gains.reduce((a, b) => a + b, 0) / gains.length
  const variance = gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0) / (gains.length - 1)
  return mean <= Math.sqrt(variance / gains.length)
}

/** By how much a candidate costs less than the default, window by window; windows without both scores are left out. */
function gainsOf(trial: Trial, byDefault: Trial, rung: number, metric: MetricName): number[] {
  const own = trial.rungs[rung]?.windows ?? []
  const its = byDefault.rungs[rung]?.windows ?? []
  return own.map((score, w) => costOf(metric, its[w]) - costOf(metric, score)).filter(Number.isFinite)
}

/** The winner beside the default, at the last rung that both were scored on. */
export function gainOf(winner: Trial, byDefault: Trial, metric: MetricName): Search['gain'] {
  const both = winner.rungs.map((own, r) => Boolean(own && byDefault.rungs[r]))
  const rung = Math.max(0, both.lastIndexOf(true))
  const [score = null, its = null] = [winner.rungs[rung]?.score, byDefault.rungs[rung]?.score]
  const [cost, before] = [costOf(metric, score), costOf(metric, its)]
  const share = (before - cost) / Math.abs(before)
  const gains = gainsOf(winner, byDefault, rung, metric)
  return {
    rung,
    score,
    byDefault: its,
    share: Number.isFinite(share) ? share : null,
    better: gains.filter((gain) => gain > 0).length,
    windows: gains.length,
  }
}
