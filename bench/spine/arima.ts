import { modelNamed } from '../../src/models/registry.ts'
import type { Bench } from '../bench.ts'
import { FRESH_FIRST_DAY, loadFreshDaily } from '../protocols.ts'
import { compareWithStatsforecast } from '../rivals.ts'

/** As many of the 42,421 series, spread evenly, as let the rival end in some two minutes. */
const SERIES = 500

const bench: Bench = {
  about: 'Automatic ARIMA on 500 of 42,421 daily grocery series, two windows, against statsforecast',
  async measure(context) {
    return await compareWithStatsforecast(context, {
      model: 'AutoARIMA',
      options: { season_length: 7 },
      ours: () => modelNamed('auto-arima', { season: 7 }),
      panel: await loadFreshDaily(context.data, context.smoke ? { stores: 1 } : {}),
      cutoffs: [FRESH_FIRST_DAY + 61, FRESH_FIRST_DAY + 68],
      horizon: 7,
      season: 7,
      goals: { time: 1, mase: 1.01 },
      series: SERIES,
    })
  },
}

export default bench
