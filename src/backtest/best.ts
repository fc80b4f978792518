import { ForetideError } from '../core/errors.ts'
import type { MetricName } from './metrics/metrics.ts'
import { type Backtest, type LeaderboardRow, rank } from './result.ts'

/**
 * The model that leads a backtest by a metric.
 *
 * Only models that left the fewest series unanswered are compared, since leaving out the hard ones would win. Refuses when
 * no model has a score.
 *
 * @example
 * bestOf(result).model // the lowest WQL
 * bestOf(result, 'wape').model
 */
export function bestOf(backtest: Backtest, metric: MetricName = 'wql'): LeaderboardRow {
  const scored = backtest.leaderboard.filter((row) => !row.failed && row[metric] !== null)
  const fewest = Math.min(...scored.map((row) => row.unanswered))
  let best: LeaderboardRow | undefined
  for (const row of scored)
    if (row.unanswered === fewest && (!best || rank(row, metric) < rank(best, metric))) best = row
  if (!best) throw new ForetideError('backtest.noLeader', { metric })
  return best
}
