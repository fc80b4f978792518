import { localModel } from '../../src/models/local-model.ts'
import { autoTheta } from '../../src/models/statistical/theta/methods.ts'
import type { Bench } from '../bench.ts'
import { FRESH_FIRST_DAY, loadFreshDaily } from '../protocols.ts'
import { compareWithStatsforecast } from '../rivals.ts'

/** Where worker threads find the method. */
const HOME = { module: new URL('../../src/models/statistical/theta/methods.ts', import.meta.url).href, options: {} }

const bench: Bench = {
  about: 'Automatic Theta on 42,421 daily grocery series, two windows, against statsforecast',
  async measure(context) {
    return await compareWithStatsforecast(context, {
      model: 'AutoTheta',
      options: { season_length: 7 },
      ours: () => localModel(autoTheta(), HOME),
      panel: await loadFreshDaily(context.data, context.smoke ? { stores: 20 } : {}),
      cutoffs: [FRESH_FIRST_DAY + 61, FRESH_FIRST_DAY + 68],
      horizon: 7,
      season: 7,
      goals: { time: 1, mase: 1.01 },
    })
  },
}

export default bench
