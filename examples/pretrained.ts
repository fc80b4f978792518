/** The pretrained model: forecasting without learning, what is alike, and learning on: `node --conditions=source examples/pretrained.ts`. */
import {
  askOf,
  embedSeries,
  finetune,
  latestWindow,
  loadPretrained,
  memorySource,
  runOf,
  SWELL_1,
  similarTo,
  simulatePanel,
  stagesOf,
  swellModel,
} from 'foretide'

const { panel } = simulatePanel({ preset: 'tiny', seed: 3, horizon: 0 })
const window = latestWindow(memorySource(panel), 14)
const run = runOf({ seed: 1 })

const fitted = await swellModel('swell').fit(window, run)
const { ids, mean, quantiles, levels } = await fitted.forecast(window, askOf({ levels: [0.1, 0.5, 0.9] }), run)
for (let h = 0; h < 3; h++)
  console.log('step', h + 1, mean[h]?.toFixed(2), ...levels.map((_, l) => quantiles[h * levels.length + l]?.toFixed(2)))

const { kept } = await loadPretrained(SWELL_1)
const all = await embedSeries(kept, window, run)
for (const { id, likeness } of similarTo(all, ids[0] as string, 2)) console.log('like', id, likeness.toFixed(2))
const [first] = await stagesOf(kept, window, run)
console.log('stage', first?.stage)

const { before, after } = await finetune(kept, window, { parts: 'adapters', steps: 60, batch: 32, rate: 1e-3 }, run)
console.log('loss', before.toFixed(4), after.toFixed(4))
