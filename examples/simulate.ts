/** Forecasts held against the truth that a simulated marketplace was drawn from: `node --conditions=source examples/simulate.ts`. */
import { askOf, latestWindow, memorySource, modelNamed, runOf, simulatePanel } from 'foretide'

// Sales are counts drawn about a mean that nobody sees in a real shop; here `truth` tells it, horizon included.
const horizon = 28
const { panel, truth } = simulatePanel({ preset: 'tiny', items: 20, seed: 7, horizon, endShare: 0, launchShare: 0 })
const window = latestWindow(memorySource(panel), horizon)
const run = runOf()

for (const name of ['naive', 'auto-ets']) {
  const fitted = await modelNamed(name).fit(window, run)
  const forecast = await fitted.forecast(window, askOf({ levels: [0.1, 0.9] }), run)
  let [error, total, inside, cells] = [0, 0, 0, 0]
  for (let i = 0; i < panel.ids.length; i++)
    for (let h = 0; h < horizon; h++) {
      const cell = (panel.offsets[i] as number) + (forecast.start - (panel.start[i] as number)) + h
      const [mean, demand] = [truth.mean[cell] as number, truth.demand[cell] as number]
      const place = i * horizon + h
      if (mean === 0) continue // the shop is closed
      error += Math.abs((forecast.mean[place] as number) - mean)
      total += mean
      const [low, high] = [forecast.quantiles[2 * place] as number, forecast.quantiles[2 * place + 1] as number]
      inside += Number(demand >= low && demand <= high)
      cells++
    }
  console.log(
    name,
    `error against the planted mean: ${(error / total).toFixed(3)}`,
    `80 %: ${(inside / cells).toFixed(3)}`,
  )
}
