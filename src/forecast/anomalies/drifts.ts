import type { Forecast } from '../../core/forecast.ts'
import { at } from '../../core/panel.ts'
import { normalQuantile } from '../../models/statistical/normal.ts'
import { type Alert, type AlertSettings, type Alerts, byChance, type EarlierScores } from './alert.ts'
import { believedUpTo } from './discoveries.ts'
import { excursionOf } from './excursion.ts'
import { type Looked, saidOf } from './look.ts'
import { short } from './short.ts'
import { edgeOf } from './tails.ts'

/** Scores that are handed on to the next look, at the most. */
const KEPT = 60

/** Series whose values run above or below their forecasts, and the scores to be handed on. */
export function driftAlerts(
  forecast: Forecast,
  looked: Looked,
  { rate, before, central }: AlertSettings,
): Pick<Alerts, 'drifts' | 'scores'> {
  const { horizon, start, ids } = forecast
  const scores = new Map<string, EarlierScores>(before)
  const all = ids.map((id, s) => {
    const own = [...looked.score.subarray(s * horizon, (s + 1) * horizon)]
    const joined = joinScores(before.get(id), { start, scores: own })
    scores.set(id, latest(joined))
    return joined
  })
  for (const [id, { start: first, scores: own }] of scores) scores.set(id, { start: first, scores: own })
  const spread = Math.sqrt(likeness(all))
  const excursions = all.map(({ scores: own }) => excursionOf(own, spread))
  const most = believedUpTo(
    Float64Array.from(excursions, (e) => e?.probability ?? Number.NaN),
    rate,
  )
  const reach = normalQuantile((1 + central) / 2)
  const drifts: Alert[] = []
  for (const [s, excursion] of excursions.entries()) {
    if (!excursion || excursion.probability > most) continue
    const joined = all[s] as EarlierScores
    const id = ids[s] as string
    const [from, to] = [joined.start + excursion.from, joined.start + excursion.to]
    // Of an excursion that began in earlier looks only the part of this forecast has units.
    const sums = sumsOf(forecast, looked, s, Math.max(from, start), to)
    if (!sums) continue
    const [low, high] = [sums.expected - reach * spread * sums.sd, sums.expected + reach * spread * sums.sd]
    const details = {
      id,
      period: forecast.calendar.format(from),
      value: short(sums.value),
      expected: short(sums.expected),
      low: short(looked.counted[s] === 1 ? Math.max(0, low) : low),
      high: short(high),
    }
    const code = excursion.sign > 0 ? 'anomalies.driftUp' : 'anomalies.driftDown'
    const { probability } = excursion
    drifts.push({
      kind: 'drift',
      id,
      from,
      to,
      value: sums.value,
      expected: sums.expected,
      low,
      high,
      probability,
      code,
      details,
    })
  }
  return { drifts: drifts.sort(byChance), scores }
}

function latest({ start, scores }: EarlierScores): EarlierScores {
  const dropped = Math.max(0, scores.length - KEPT)
  return { start: start + dropped, scores: scores.slice(dropped) }
}

/** Earlier scores and new ones, gaps between them unseen; earlier scores of periods that are looked at again are dropped. */
function joinScores(before: EarlierScores | undefined, now: EarlierScores): EarlierScores {
  if (!before || before.start >= now.start) return now
  const gap = now.start - before.start - before.scores.length
  const kept = before.scores.slice(0, now.start - before.start)
  return { start: before.start, scores: [...kept, ...new Array(Math.max(0, gap)).fill(Number.NaN), ...now.scores] }
}

/** How much more sums of neighbouring scores of a series vary than those of independent ones, by the correlation of all series together. */
function likeness(all: readonly EarlierScores[]): number {
  let pairs = 0
  let products = 0
  let squares = 0
  for (const { scores } of all)
    for (let t = 1; t < scores.length; t++) {
      const a = Math.max(-2.5, Math.min(2.5, scores[t - 1] as number))
      const b = Math.max(-2.5, Math.min(2.5, scores[t] as number))
      if (Number.isNaN(a + b)) continue
      pairs++
      products += a * b
      squares += (a * a + b * b) / 2
    }
  if (pairs < 100) return 1
  const alike = Math.max(0, Math.min(0.8, products / squares))
  return (1 + alike) / (1 - alike)
}

function sumsOf(forecast: Forecast, looked: Looked, s: number, from: number, to: number) {
  let [value, expected, variance, count] = [0, 0, 0, 0]
  for (let p = from; p <= to; p++) {
    const cell = s * forecast.horizon + p - forecast.start
    const y = at(looked.actual, cell)
    if (Number.isNaN(y)) continue
    const said = saidOf(forecast, cell, looked.counted[s] === 1)
    count++
    value += y
    expected += said.mean
    variance += ((edgeOf(said, ABOUT_ONE) - edgeOf(said, 1 - ABOUT_ONE)) / 2) ** 2
  }
  return count > 0 ? { value, expected, sd: Math.sqrt(variance) } : undefined
}

/** The level one standard deviation above the middle. */
const ABOUT_ONE = 0.8413
