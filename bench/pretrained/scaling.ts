import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Bench, shown } from '../bench.ts'
import { paceOf, TRIALS, type Trial, trialMarks } from '../pretrained-lab.ts'

const SIZES: readonly Trial[] = [
  { name: 'width 48, 3 layers', network: { width: 48, layers: 3, heads: 3, hidden: 144 } },
  { name: 'width 80, 4 layers', network: { width: 80, layers: 4, heads: 4, hidden: 240 } },
  { name: 'width 128, 4 layers', network: { width: 128, layers: 4, heads: 4, hidden: 384 } },
  { name: 'width 208, 5 layers', network: { width: 208, layers: 5, heads: 4, hidden: 624 } },
]
/** Seconds of one thread, nothing else running, that the steps of each would take. */
const BUDGETS = [30, 60, 120, 240]
const SHOWN = [
  'parameters',
  'steps',
  'synthetic loss',
  'fresh-daily with all WQL',
  'car-parts WQL',
  'orange-juice with all WQL',
]

const bench: Bench = {
  about: 'four sizes of the pretrained model, each trained for four budgets of time: where the next hour is best spent',
  async measure({ data, smoke, log }) {
    const folder = smoke ? join(tmpdir(), 'foretide-trials') : TRIALS
    const sizes = smoke ? SIZES.slice(0, 1) : SIZES
    const paces = new Map<string, number>()
    for (const trial of sizes) paces.set(trial.name, await paceOf(trial, { folder }))
    const figures = []
    for (const seconds of smoke ? [2] : BUDGETS)
      for (const trial of sizes) {
        const steps = Math.round((1000 * seconds) / (paces.get(trial.name) as number))
        const marks = await trialMarks(trial, steps, { data, folder, log })
        for (const mark of SHOWN)
          figures.push(shown(`${trial.name}, ${seconds} s: ${mark}`, marks[mark] ?? Number.NaN, ''))
      }
    return figures
  },
}
export default bench
