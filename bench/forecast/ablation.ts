import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memorySource } from '../../src/store/source.ts'
import { alone, decidedOn, type Fared, fared, labOf, without } from '../auto-lab.ts'
import { PROTOCOLS } from '../baselines.ts'
import { type Bench, type Figure, shown } from '../bench.ts'
import { earlierCutoff, swellFrom } from '../pretrained-lab.ts'
import { loadFreshDaily } from '../protocols.ts'

/** What is scored of each set, what is aimed at, and how many of its stores are looked at. */
const SETS = {
  'car-parts': { aim: 'wql', marks: ['wql', 'coverage'] },
  'orange-juice': { aim: 'mape', marks: ['mape', 'wql', 'coverage'] },
  'online-retail': { aim: 'wape', marks: ['wape', 'wql', 'coverage'] },
  'fresh-daily': { aim: 'wape', marks: ['wape', 'wql', 'bias', 'coverage'] },
} as const satisfies Partial<Record<keyof typeof PROTOCOLS, { aim: string; marks: readonly (keyof Fared)[] }>>
const STORES = 100

const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  'the pretrained model': ['swell', 'swell-finetuned'],
  trees: ['boosting-fast', 'rich-trees'],
  networks: ['mlp'],
  'statistical models': ['profile-average', 'empirical', 'hurdle', 'raw-ensemble', 'auto-arima', 'mstl'],
}

const bench: Bench = {
  about: 'what each part of automatic selection gains on each set, on windows before the withheld ones',
  async measure({ data, smoke, log }) {
    const folder = process.env.FORETIDE_TRIALS ?? join(tmpdir(), 'foretide-trials')
    const figures: Figure[] = []
    const chosen = process.env.FORETIDE_SETS?.split(',')
    for (const set of Object.keys(SETS) as (keyof typeof SETS)[]) {
      if ((chosen && !chosen.includes(set)) || (smoke && set !== 'car-parts')) continue
      const { aim, marks } = SETS[set]
      const { load, options } = PROTOCOLS[set]
      const panel = set === 'fresh-daily' ? await loadFreshDaily(data, { stores: STORES }) : await load(data)
      const lab = await labOf(memorySource(panel), earlierCutoff(set, panel), {
        horizon: options.horizon + ('gap' in options ? options.gap : 0),
        ...{ aim, preset: smoke ? 'fast' : 'balanced', pretrained: swellFrom().from, folder },
        log: (line) => log(`${set}: ${line}`),
      })
      const whole = decidedOn(lab)
      const say = (what: string, made: Fared) => {
        for (const mark of marks) figures.push(shown(`${set}: ${what}: ${mark}`, made[mark], ''))
        log(`${set}: ${what}: ${marks.map((mark) => `${mark} ${made[mark].toFixed(4)}`).join(', ')}`)
      }
      say('auto', fared(lab, whole))
      for (const part of ['calibration', 'segments', 'points', 'weights'] as const)
        say(`without ${part}`, fared(lab, without(whole, part)))
      for (const [family, names] of Object.entries(FAMILIES)) {
        const left = [...lab.trials.keys()].filter((name) => !names.includes(name))
        if (left.length < lab.trials.size && left.length > 0) say(`without ${family}`, fared(lab, decidedOn(lab, left)))
      }
      for (const name of lab.trials.keys()) say(`${name} alone`, fared(lab, alone(whole, name)))
    }
    return figures
  },
}
export default bench
