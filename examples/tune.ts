/** Parameters searched on windows of the past, then held to later ones: `node --conditions=source examples/tune.ts`. */
import { backtest, Calendar, memorySource, modelNamed, panelOf, Random, runOf, search, searchSpaceOf } from 'foretide'

// Twenty products whose level wanders: smoothing with the usual weight of 0.1 lags behind it.
const series = Array.from({ length: 20 }, (_, i) => {
  const random = Random.of(7, `product${i}`)
  let level = 100
  const values = Array.from({ length: 120 }, () => {
    level = Math.max(10, level + 5 * random.normal())
    return random.poisson(level)
  })
  return { id: `product${i}`, start: 20_000, values }
})
const source = memorySource(panelOf(series, { calendar: new Calendar({ unit: 'day' }) }))
const make = (options: object) => modelNamed('ses', options)
const run = runOf({ seed: 1 })

// The last 14 days are not looked at: the backtest below is on them.
const options = { horizon: 7, windows: 4, holdBack: 14, trials: 20, leastSeries: 10 }
const found = await search(source, { space: searchSpaceOf('ses'), make }, options, run)
for (const { number, proposedBy, parameters, rungs } of found.trials)
  console.log(number, proposedBy, parameters.alpha ?? '-', rungs.map((at) => at?.score?.toFixed(4) ?? '-').join(' '))
console.log(`chosen on data up to ${found.seen}: ${JSON.stringify(found.parameters)}`)

for (const [name, given] of Object.entries({ default: {}, tuned: found.parameters })) {
  const { leaderboard } = await backtest(source, [make(given)], { horizon: 7, windows: 2 }, run)
  console.log(name, leaderboard[0]?.wql?.toFixed(4))
}
