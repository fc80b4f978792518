import { modelNamed } from '../../src/models/registry.ts'
import type { Bench } from '../bench.ts'
import { FRESH_FIRST_DAY, loadFreshDaily } from '../protocols.ts'
import { compareWithStatsforecast } from '../rivals.ts'

const bench: Bench = {
  about: 'Automatic ETS on 42,421 daily grocery series, two windows, against statsforecast',
  async measure(context) {
    return await compareWithStatsforecast(context, {
      model: 'AutoETS',
      options: { season_length: 7 },
      ours: () => modelNamed('auto-ets'),
      panel: await loadFreshDaily(context.data, context.smoke ? { stores: 20 } : {}),
      cutoffs: [FRESH_FIRST_DAY + 61, FRESH_FIRST_DAY + 68],
      horizon: 7,
      season: 7,
      goals: { time: 1 / 3, mase: 1.01 },
    })
  },
}

export default bench
