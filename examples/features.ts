/** Columns for a model of one's own, none of them nearer than the horizon allows: `node --conditions=source examples/features.ts`. */
import { Calendar, featureSpec, features, latestWindow, memorySource, panelOf, runOf } from 'foretide'

const calendar = new Calendar({ unit: 'day' })
const values = Array.from({ length: 60 }, (_, t) => t)
const panel = panelOf([{ id: 'tea', start: calendar.parse('2026-01-01'), values }], { calendar })
const window = latestWindow(memorySource(panel), 3)
const spec = featureSpec({
  families: [
    { family: 'lags', lags: [1, 7] },
    { family: 'rolling', windows: [7], stats: ['mean'] },
    { family: 'calendar' },
  ],
})

for await (const past of window.past())
  for await (const known of window.known()) {
    const block = await features(past, known, spec, runOf())
    for (const [f, { name, lag, knownAhead }] of block.features.entries()) {
      // past[f · rows + row], future[f · steps + i · horizon + h]
      const steps = block.future.subarray(f * block.steps, (f + 1) * block.steps)
      console.log(name, knownAhead ? 'known' : `lag ${lag}`, ...[...steps].map((value) => value.toFixed(2)))
    }
  }
