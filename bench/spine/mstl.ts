import { modelNamed } from '../../src/models/registry.ts'
import type { Bench } from '../bench.ts'
import { FRESH_FIRST_DAY, loadFreshDaily } from '../protocols.ts'
import { compareWithStatsforecast } from '../rivals.ts'

/** As many of the 42,421 series, spread evenly, as let the rival end in about a minute. */
const SERIES = 4000

const bench: Bench = {
  about: 'MSTL with automatic ETS on 4,000 of 42,421 daily grocery series, two windows, against statsforecast',
  async measure(context) {
    return await compareWithStatsforecast(context, {
      model: 'MSTL',
      options: { season_length: 7 },
      ours: () => modelNamed('mstl', { seasons: [7] }),
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
