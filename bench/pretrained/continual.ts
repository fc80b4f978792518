import { backtest } from '../../src/backtest/backtest.ts'
import { runOf } from '../../src/core/run.ts'
import { loadPretrained } from '../../src/models/pretrained/files.ts'
import { finetune } from '../../src/models/pretrained/finetune.ts'
import { SWELL_1 } from '../../src/models/pretrained/model.ts'
import type { Pretrained } from '../../src/models/pretrained/swell.ts'
import { memorySource } from '../../src/store/source.ts'
import { windowAt } from '../../src/store/window.ts'
import { PROTOCOLS } from '../baselines.ts'
import { type Bench, type Figure, shown } from '../bench.ts'
import { asModel, judged, rowsOf, swellFrom, syntheticLoss } from '../pretrained-lab.ts'
import { FRESH_FIRST_DAY, loadFreshDaily } from '../protocols.ts'

/** Days at whose end it learns on, each time from what it was the time before; the last forecast ends before the withheld days. */
const DAYS = [33, 40, 47, 54]

const bench: Bench = {
  about:
    'learning on week by week from the weights of the week before, with and without rehearsal: what is gained, what is forgotten',
  async measure({ data, smoke, log }) {
    const figures: Figure[] = []
    const run = runOf({ threads: 2 })
    const source = memorySource(await loadFreshDaily(data, { stores: smoke ? 5 : 100 }))
    const { kept: begin } = await loadPretrained(swellFrom().from ?? SWELL_1)
    const others = async (kept: Pretrained) => ({
      'synthetic loss': await syntheticLoss(kept, 2),
      'car-parts WQL': (await judged(kept, data, 2, ['car-parts']))['car-parts WQL'] ?? Number.NaN,
    })
    const wapeOf = async (kept: Pretrained, day: number) => {
      const options = { ...PROTOCOLS['fresh-daily'].options, cutoffs: [FRESH_FIRST_DAY + day] }
      return rowsOf((await backtest(source, [asModel(kept, 'it')], options, run)).leaderboard)('it').wape ?? Number.NaN
    }
    const before = await others(begin)
    for (const [name, value] of Object.entries(before)) figures.push(shown(`as it came: ${name}`, value, ''))
    for (const rehearse of [0, 0.3]) {
      const way = rehearse > 0 ? `${100 * rehearse} % rehearsal` : 'no rehearsal'
      let kept = begin
      const [own, came]: [number[], number[]] = [[], []]
      for (const day of smoke ? DAYS.slice(0, 1) : DAYS) {
        const options = { steps: smoke ? 4 : 200, batch: 128, rate: 3e-4, rehearse, refit: true }
        kept = (await finetune(kept, windowAt(source, FRESH_FIRST_DAY + day, 7), options, run)).kept
        own.push(await wapeOf(kept, day))
        came.push(await wapeOf(begin, day))
        log(`${way}, day ${day + 1}: WAPE ${own.at(-1)?.toFixed(4)}, as it came ${came.at(-1)?.toFixed(4)}`)
      }
      const mean = (x: readonly number[]) => x.reduce((a, b) => a + b, 0) / x.length
      figures.push(
        shown(`${way}: WAPE of the next weeks over that of the model as it came`, mean(own) / mean(came), ''),
      )
      for (const [name, value] of Object.entries(await others(kept)))
        figures.push(
          shown(`${way}: ${name} over that of the model as it came`, value / before[name as keyof typeof before], ''),
        )
    }
    return figures
  },
}
export default bench
