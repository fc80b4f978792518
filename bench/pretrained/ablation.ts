import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Bench, shown } from '../bench.ts'
import { paceOf, TRIALS, trialMarks } from '../pretrained-lab.ts'
import { ABLATIONS } from '../pretrained-variants.ts'

/** Seconds of one thread, nothing else running, that the steps of each way would take. */
const SECONDS = 120
const SHOWN = [
  'synthetic loss',
  'fresh-daily alone WAPE',
  'fresh-daily with all WAPE',
  'fresh-daily with all WQL',
  'car-parts WQL',
  'orange-juice with all WQL',
]

const bench: Bench = {
  about: 'ways to build and train the pretrained model, each given the same time, on windows before the withheld ones',
  async measure({ data, smoke, log }) {
    const folder = smoke ? join(tmpdir(), 'foretide-trials') : TRIALS
    const asked = process.env.FORETIDE_VARIANTS?.split(',').map(Number)
    const trials = smoke ? ABLATIONS.slice(0, 1) : ABLATIONS.filter((_, k) => asked?.includes(k) ?? true)
    const steps = new Map<string, number>()
    for (const trial of trials)
      steps.set(trial.name, Math.round((smoke ? 3000 : 1000 * SECONDS) / (await paceOf(trial, { folder }))))
    const figures = []
    for (const trial of trials) {
      const marks = await trialMarks(trial, steps.get(trial.name) as number, { data, folder, log })
      const lost = marks['diverged at step']
      if (lost !== undefined) figures.push(shown(`${trial.name}: diverged at step`, lost, ''))
      else for (const mark of SHOWN) figures.push(shown(`${trial.name}: ${mark}`, marks[mark] ?? Number.NaN, ''))
    }
    return figures
  },
}
export default bench
