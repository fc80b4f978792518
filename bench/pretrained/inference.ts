import { fileURLToPath } from 'node:url'
import { Calendar } from '../../src/core/calendar.ts'
import { askOf } from '../../src/core/forecast.ts'
import { panelOf } from '../../src/core/panel.ts'
import { Random } from '../../src/core/random.ts'
import { runOf } from '../../src/core/run.ts'
import { loadPretrained } from '../../src/models/pretrained/files.ts'
import { SWELL_1, swellModel } from '../../src/models/pretrained/model.ts'
import { swellForecaster } from '../../src/models/pretrained/swell.ts'
import { memorySource } from '../../src/store/source.ts'
import { windowAt } from '../../src/store/window.ts'
import { predictorOf } from '../../src/tensor/train/predictor.ts'
import { atMost, type Bench, shown } from '../bench.ts'
import { childJson, median, peakGiB } from '../child.ts'
import { swellFrom } from '../pretrained-lab.ts'

const SERIES = 42_421
const DAYS = 90
const HORIZON = 7

interface Done {
  readonly load: number
  readonly ready: number
  readonly forecast: number
  readonly peakGiB: number
}

const bench: Bench = {
  about:
    '42,421 series of 90 days, 7 steps, 9 quantiles by the pretrained model, loading included: seconds, peak memory',
  async measure({ smoke, log }) {
    const all: Done[] = []
    for (let k = 0; k < (smoke ? 1 : 5); k++) {
      all.push(await childJson<Done>(process.execPath, [fileURLToPath(import.meta.url), String(smoke ? 500 : SERIES)]))
      log(JSON.stringify(all.at(-1)))
    }
    const of = (name: keyof Done) => median(all.map((done) => done[name]))
    return [
      atMost('loading, 1 series made ready', 1000 * (of('load') + of('ready')), 200, 'ms'),
      shown('loading alone', 1000 * of('load'), 'ms'),
      atMost('42,421 series, loading included', of('forecast'), 10, 's'),
      atMost('peak memory of the process, the series included', of('peakGiB'), 1, 'GiB'),
    ]
  },
}
export default bench

async function timed(count: number): Promise<Done> {
  const series = Array.from({ length: count }, (_, i) => {
    const random = Random.of(i, 'inference')
    const level = Math.exp(1 + random.normal())
    return { id: `s${i}`, start: 0, values: Array.from({ length: DAYS }, () => random.poisson(level)) }
  })
  const panel = panelOf(series, { calendar: new Calendar({ unit: 'day' }) })
  const window = windowAt(memorySource(panel), DAYS - 1, HORIZON)
  const run = runOf({ threads: 2 })
  let begun = performance.now()
  const { kept } = await loadPretrained(swellFrom().from ?? SWELL_1)
  const load = (performance.now() - begun) / 1000
  begun = performance.now()
  await (await predictorOf(swellForecaster(kept.options), kept.weights, { batch: 1, threads: 2 })).dispose()
  const ready = (performance.now() - begun) / 1000
  begun = performance.now()
  const fitted = await swellModel('swell', swellFrom()).fit(window, run)
  const levels = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
  await fitted.forecast(window, askOf({ levels }), run)
  return { load, ready, forecast: (performance.now() - begun) / 1000, peakGiB: peakGiB() }
}

if (import.meta.main) console.log(JSON.stringify(await timed(Number(process.argv[2]))))
