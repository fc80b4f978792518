import type { Model } from '../../models/model.ts'
import { modelNamed } from '../../models/registry.ts'
import type { Aim } from './metric.ts'
import type { Profile } from './profile.ts'
import { richTrees } from './rich-trees.ts'

/** How much time automatic selection may take: seconds, minutes, or as long as the budget says. */
const AUTO_PRESETS = ['fast', 'balanced', 'best'] as const
export type AutoPreset = (typeof AUTO_PRESETS)[number]

/** A model that may compete, and when it is worth asking. */
interface Candidate {
  readonly name: string
  /** The fastest preset that has it. */
  readonly from: AutoPreset
  /** About how many seconds a fit and a forecast take on two threads. */
  cost(profile: Profile): number
  suits(profile: Profile): boolean
  make(profile: Profile, preset: AutoPreset, aim: Aim, pretrained: object): Model
}

const millions = ({ cells }: Profile) => cells / 1e6
const named =
  (name: string, options: object = {}) =>
  () =>
    modelNamed(name, options)
const always = () => true
const seasonal = ({ season, longest }: Profile) => season > 1 && longest >= 2 * season
const MANY = 0.3
/** Series and cells under which learning across series is left to the pretrained model. */
const FEW_CELLS = 400

/** Examples that networks take a step of, and the most steps by preset. */
const NETWORK = { batch: 512, mostSteps: { fast: 300, balanced: 800, best: 4000 } } as const

/** Every candidate, the cheap and robust ones first: who has no time left for the rest has had the best of them. */
const CANDIDATES: readonly Candidate[] = [
  {
    name: 'profile-average',
    from: 'fast',
    cost: (p) => 0.4 * millions(p),
    suits: seasonal,
    make: named('profile-average'),
  },
  { name: 'empirical', from: 'fast', cost: (p) => 0.4 * millions(p), suits: always, make: named('empirical') },
  {
    name: 'swell',
    from: 'fast',
    cost: (p) => 0.3 + 0.0003 * p.series * Math.ceil(p.horizon / 64),
    suits: always,
    make: (_, _preset, _aim, pretrained) => modelNamed('swell', pretrained),
  },
  {
    name: 'hurdle',
    from: 'fast',
    cost: (p) => 1 * millions(p),
    suits: ({ zeros, signed }) => zeros > MANY && !signed,
    make: named('hurdle'),
  },
  {
    name: 'boosting-fast',
    from: 'fast',
    cost: (p) => 4 + 2 * millions(p),
    suits: ({ cells, series }) => cells > FEW_CELLS && series > 1,
    make: named('boosting-fast'),
  },
  { name: 'raw-ensemble', from: 'fast', cost: (p) => 9 * millions(p), suits: always, make: named('raw-ensemble') },
  {
    name: 'rich-trees',
    from: 'balanced',
    cost: (p) => 5 + 90 * Math.min(1, (p.cells * p.horizon) / 600_000),
    suits: ({ cells, series }) => cells > FEW_CELLS && series > 1,
    make: (profile, preset, aim) =>
      richTrees(
        profile,
        preset === 'best'
          ? { rounds: 250, maxRows: 1_200_000, twofold: true }
          : { rounds: 120, maxRows: 400_000, twofold: profile.cells < 1_000_000 },
        aim,
      ),
  },
  {
    name: 'swell-finetuned',
    from: 'balanced',
    cost: (p) => 60 + 0.0003 * p.series,
    suits: ({ cells, longest, horizon }) => cells > FEW_CELLS && longest > 3 * horizon,
    make: (profile, preset, _aim, pretrained) => {
      const steps = preset === 'best' ? 800 : profile.cells > 1e6 ? 300 : 400
      return modelNamed('swell-finetuned', {
        ...pretrained,
        finetune: {
          parts: 'all',
          steps,
          batch: profile.cells > 1e6 ? 256 : 128,
          rate: 3e-4,
          refit: true,
          patience: 25,
        },
      })
    },
  },
  {
    name: 'mlp',
    from: 'balanced',
    cost: (p) => (p.cells > 1e6 ? 200 : 40),
    suits: ({ cells, series, longest, horizon }) => cells > 10 * FEW_CELLS && series > 10 && longest > 3 * horizon,
    make: (profile, preset, aim) => network(profile, preset, aim),
  },
  {
    name: 'auto-arima',
    from: 'best',
    cost: (p) => 120 * millions(p),
    suits: ({ middleLength, season }) => middleLength >= 3 * season,
    make: named('auto-arima'),
  },
  { name: 'mstl', from: 'best', cost: (p) => 20 * millions(p), suits: seasonal, make: named('mstl') },
  {
    name: 'ridge',
    from: 'best',
    cost: (p) => 10 + 3 * millions(p),
    suits: ({ cells, series }) => cells > FEW_CELLS && series > 1,
    make: named('ridge'),
  },
]

const CONTEXTS = { hour: 168, day: 28, week: 78, month: 24, quarter: 12, year: 6 } as const

function network(profile: Profile, preset: AutoPreset, aim: Aim): Model {
  const context = Math.min(CONTEXTS[profile.unit], Math.max(profile.season, Math.floor(profile.longest / 2)))
  const large = profile.cells > 1e6
  return modelNamed('mlp', {
    network: {
      hidden: large ? [512, 256] : [128, 128],
      dropout: large ? 0.15 : 0.3,
      recall: profile.known.length > 0 ? 8 : 0,
    },
    ...(aim === 'mape' && { head: { name: 'quantiles', options: { point: 'relative' } } }),
    examples: {
      context,
      units: profile.alike.slice(0, 2),
      groups: profile.groups.slice(0, 6).map((group) => [...group]),
      ...(aim === 'mape'
        ? { transform: 'log1p', scale: 'standard', identity: profile.series < 2000 }
        : { weighting: 0.8 }),
      age: profile.longest > 2 * profile.season,
    },
    training: {
      batch: large ? 1024 : 256,
      epochs: 3,
      average: 0.99,
      leastSteps: 100,
      mostSteps: NETWORK.mostSteps[preset],
      rate: 2e-3,
    },
  })
}

/** A candidate made for a profile. */
export interface Made {
  readonly model: Model
  /** About how many seconds a fit and a forecast take. */
  readonly cost: number
}

/** Who competes under a preset on data of that shape, in the order in which they have their turn. */
export function candidatesFor(profile: Profile, preset: AutoPreset, aim: Aim, from?: string): Made[] {
  const pretrained = from === undefined ? {} : { from }
  const rank = AUTO_PRESETS.indexOf(preset)
  return CANDIDATES.filter(({ from, suits }) => AUTO_PRESETS.indexOf(from) <= rank && suits(profile)).map(
    (candidate) => ({
      model: candidate.make(profile, preset, aim, pretrained),
      cost: candidate.cost(profile),
    }),
  )
}

/** The model of a candidate's name, to read back what it saved; its options come with what it learned. */
export function candidateNamed(name: string, profile: Profile, preset: AutoPreset, aim: Aim): Model {
  const candidate = CANDIDATES.find((one) => one.name === name)
  return candidate ? candidate.make(profile, preset, aim, {}) : modelNamed(name)
}
