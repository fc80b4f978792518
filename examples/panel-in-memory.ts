/** Arrays in memory to a forecast with quantiles: `node --conditions=source examples/panel-in-memory.ts`. */
import { askOf, Calendar, latestWindow, memorySource, modelNamed, panelOf, runOf } from 'foretide'

const calendar = new Calendar({ unit: 'month' })
const values = Array.from({ length: 48 }, (_, t) => 100 + t + 30 * Math.sin((2 * Math.PI * t) / 12) + ((t * 7) % 5))
values[20] = Number.NaN // a month that nobody wrote down: missing is NaN, never 0
const panel = panelOf([{ id: 'umbrella', start: calendar.parse('2022-01-01'), values }], { calendar })

const run = runOf({ seed: 1 })
const window = latestWindow(memorySource(panel), 6)
const fitted = await modelNamed('auto-ets').fit(window, run)
const forecast = await fitted.forecast(window, askOf({ levels: [0.1, 0.5, 0.9] }), run)

// mean[i · H + h] and quantiles[(i · H + h) · L + l], with H steps and L levels
const L = forecast.levels.length
for (let h = 0; h < forecast.horizon; h++) {
  const quantiles = [...forecast.quantiles.subarray(h * L, (h + 1) * L)].map((q) => q.toFixed(1))
  console.log(calendar.format(forecast.start + h), forecast.mean[h]?.toFixed(1), ...quantiles)
}
