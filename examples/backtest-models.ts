/** Three models forecast the past again, and a leaderboard: `node --conditions=source examples/backtest-models.ts`. */
import { backtest, bestOf, memorySource, modelNamed, runOf, simulatePanel } from 'foretide'

// Six products in two shops over 420 days, without the days laid out past the last sale.
const { panel } = simulatePanel({ preset: 'tiny', seed: 3, horizon: 0 })
const models = ['naive', 'seasonal-naive', 'auto-ets'].map((name) => modelNamed(name))
const result = await backtest(
  memorySource(panel),
  models,
  { horizon: 14, windows: 3, fallback: [modelNamed('naive')] },
  runOf({ seed: 3 }),
)

const shown = (value: number | null | undefined) => (value ?? Number.NaN).toFixed(3)
console.log('model', 'WAPE', 'MASE', 'WQL', '80 %')
for (const row of result.leaderboard)
  console.log(row.model, shown(row.wape), shown(row.mase), shown(row.wql), shown(row.coverage['80']))
console.log(`best by WQL: ${bestOf(result, 'wql').model}`)
