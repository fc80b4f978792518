import { backtest } from '../../src/backtest/backtest.ts'
import { type Panel, pickSeries } from '../../src/core/panel.ts'
import { runOf } from '../../src/core/run.ts'
import type { Model } from '../../src/models/model.ts'
import { modelNamed } from '../../src/models/registry.ts'
import { memorySource } from '../../src/store/source.ts'
import { PROTOCOLS, type Protocol } from '../baselines.ts'
import { type Bench, between, type Figure, shown } from '../bench.ts'

const SMOKE_SERIES = 200

/** The quantile loss to beat: of the empirical quantiles in the data's README. */
const LOSS_TO_BEAT: { readonly [P in 'car-parts' | 'fresh-daily']: number } = {
  'car-parts': 0.9045,
  'fresh-daily': 0.2903,
}

const bench: Bench = {
  about: 'the 80 % interval of the median ensemble holds 80 %: fresh-daily two windows, car-parts one',
  async measure({ data, log, smoke }) {
    const figures: Figure[] = []
    for (const name of ['car-parts', 'fresh-daily'] as const) {
      const protocol: Protocol = PROTOCOLS[name]
      log(name)
      const source = memorySource(bare(await protocol.load(data), smoke))
      const models = [modelNamed('ensemble'), modelNamed('raw-ensemble')]
      const { leaderboard } = await backtest(source, models, protocol.options, runOf({ threads: 2 }))
      const row = (model: Model) => leaderboard.find((r) => r.model === model.name) as (typeof leaderboard)[number]
      const [ours, raw] = models.map((m) => row(m)) as [ReturnType<typeof row>, ReturnType<typeof row>]
      const goal = LOSS_TO_BEAT[name]
      const loss = ours.wql ?? Number.NaN
      const without = (value: number | null | undefined) => `uncalibrated ${(value ?? Number.NaN).toFixed(4)}`
      figures.push(
        between(
          `${name}: coverage of the 80 % interval`,
          ours.coverage['80'] ?? Number.NaN,
          0.77,
          0.83,
          '',
          without(raw.coverage['80']),
        ),
        { ...shown(`${name}: WQL`, loss, '', without(raw.wql)), goal: `< ${goal}`, met: loss < goal },
        shown(`${name}: WAPE`, ours.wape ?? Number.NaN, ''),
        shown(`${name}: MASE`, ours.mase ?? Number.NaN, ''),
        shown(
          `${name}: seconds`,
          ours.fitSeconds + ours.forecastSeconds,
          's',
          `uncalibrated ${(raw.fitSeconds + raw.forecastSeconds).toFixed(1)}`,
        ),
      )
    }
    return figures
  },
}

/** The target alone, which is all that the ensemble reads; a few series for a smoke run. */
function bare(panel: Panel, smoke: boolean): Panel {
  const whole = { ...panel, columns: new Map() }
  if (!smoke) return whole
  return pickSeries(
    whole,
    Array.from({ length: SMOKE_SERIES }, (_, k) => Math.floor((k * panel.ids.length) / SMOKE_SERIES)),
  )
}

export default bench
