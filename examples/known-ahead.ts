/** A promotion plan known ahead shapes each step of a forecast: `node --conditions=source examples/known-ahead.ts`. */
import { askOf, Calendar, latestWindow, memorySource, modelNamed, panelOf, Random, runOf } from 'foretide'

const calendar = new Calendar({ unit: 'day' })
const random = Random.of(5, 'known-ahead')
const [days, horizon, lift] = [200, 7, 25]

// One day in nine was promoted; the plan says that days 2 and 5 of the next week will be.
const promotion = Array.from({ length: days + horizon }, (_, t) => (t < days ? Number(t % 9 === 4) : 0))
promotion[days + 1] = 1
promotion[days + 4] = 1
const values = promotion.map((on, t) => (t < days ? 40 + lift * on + 3 * random.normal() : Number.NaN))
const panel = panelOf([{ id: 'tea', start: calendar.parse('2026-01-01'), values, columns: { promotion } }], {
  calendar,
  knownAhead: ['promotion'],
})

const run = runOf()
const window = latestWindow(memorySource(panel), horizon)
const model = modelNamed('auto-arima', { regressors: ['promotion'] })
const forecast = await (await model.fit(window, run)).forecast(window, askOf({ levels: [0.5] }), run)
for (let h = 0; h < horizon; h++)
  console.log(calendar.format(forecast.start + h), promotion[days + h], forecast.mean[h]?.toFixed(1))
