import { modelNamed } from '../../src/models/registry.ts'
import type { Bench, Figure } from '../bench.ts'
import { FRESH_FIRST_DAY, loadFreshDaily } from '../protocols.ts'
import { compareWithStatsforecast } from '../rivals.ts'

const RIVALS = [
  ['croston', 'CrostonClassic', {}],
  ['croston-optimised', 'CrostonOptimized', {}],
  ['croston-sba', 'CrostonSBA', {}],
  ['tsb', 'TSB', { alpha_d: 0.1, alpha_p: 0.1 }],
  ['adida', 'ADIDA', {}],
  ['imapa', 'IMAPA', {}],
] as const

const bench: Bench = {
  about:
    'Croston and its kin on daily grocery series, two windows, against statsforecast (which has no quantiles for them)',
  async measure(context) {
    const panel = await loadFreshDaily(context.data, context.smoke ? { stores: 20 } : {})
    const figures: Figure[] = []
    for (const [name, model, options] of RIVALS) {
      const compared = await compareWithStatsforecast(context, {
        model,
        options,
        pointOnly: true,
        ours: () => modelNamed(name),
        panel,
        cutoffs: [FRESH_FIRST_DAY + 61, FRESH_FIRST_DAY + 68],
        horizon: 7,
        season: 7,
        goals: { time: 1, mase: 1.01 },
      })
      figures.push(...compared.map((f) => ({ ...f, figure: `${name}: ${f.figure}` })))
    }
    return figures
  },
}

export default bench
