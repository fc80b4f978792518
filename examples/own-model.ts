/** A method of one's own, held to the contract of every model: `node --conditions=source examples/own-model.ts`. */
import {
  backtest,
  CannotForecast,
  type LocalMethod,
  localModel,
  memorySource,
  modelNamed,
  runOf,
  simulatePanel,
} from 'foretide'

/** The mean of the same weekday over the last weeks, its quantiles those of the values seen. */
const weekdayMean: LocalMethod<{ readonly weeks: number }> = {
  name: 'weekday-mean',
  needs: { minHistory: 7, knownAhead: 'ignored', crossSeries: false, missing: true },
  options: { weeks: 6 },
  // Nothing to learn: parameters are flat numbers, here none.
  fit: () => new Float64Array(0),
  forecast({ values, season }, _, answer, { weeks }) {
    for (let h = 0; h < answer.horizon; h++) {
      const seen: number[] = []
      for (let w = 1; w <= weeks; w++) {
        const value = values[values.length - w * season + (h % season)] ?? Number.NaN
        if (!Number.isNaN(value)) seen.push(value)
      }
      // A refusal is typed: the next candidate answers this series, and the forecast says so.
      if (seen.length === 0) throw new CannotForecast('tooShort', { has: 0, needs: season })
      seen.sort((a, b) => a - b)
      answer.mean[h] = seen.reduce((a, b) => a + b, 0) / seen.length
      answer.levels.forEach((level, l) => {
        answer.quantiles[h * answer.levels.length + l] = seen[Math.floor(level * seen.length)] as number
      })
      for (let p = 0; p < answer.paths; p++)
        answer.sample[p * answer.horizon + h] = seen[Math.floor(answer.random.uniform() * seen.length)] as number
    }
  },
}

const { panel } = simulatePanel({ preset: 'tiny', seed: 3, horizon: 0 })
const models = [localModel(weekdayMean), modelNamed('seasonal-naive')]
const options = { horizon: 7, windows: 4, fallback: [modelNamed('naive')] }
const { leaderboard } = await backtest(memorySource(panel), models, options, runOf())
for (const row of leaderboard) console.log(row.model, row.wape?.toFixed(3), row.wql?.toFixed(3))
