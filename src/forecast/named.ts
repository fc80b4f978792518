import { ForetideError } from '../core/errors.ts'
import type { Model } from '../models/model.ts'
import { MODEL_INFOS as INFOS, type ModelInfo, modelNamed as single } from '../models/registry.ts'
import { type AutoOptions, autoModel } from './auto/auto-model.ts'
import { coldStart } from './cold-start/cold-start.ts'
import { withColdStart } from './cold-start/with-cold-start.ts'
import { uncensored } from './hidden-demand/uncensored.ts'

/** What automatic selection goes by. */
const AUTOS = {
  auto: {},
  'auto-fast': { preset: 'fast' },
  'auto-best': { preset: 'best' },
} as const satisfies Readonly<Record<string, AutoOptions>>

type AutoName = keyof typeof AUTOS

const ABOUT: { readonly [N in AutoName]: ModelInfo['about'] } = {
  auto: { en: 'the best combination of what suits the data, in minutes', zh: '自动选择并组合适合数据的模型（数分钟）' },
  'auto-fast': { en: 'the same, in seconds', zh: '同上，数秒内完成' },
  'auto-best': {
    en: 'the same, with every candidate and more windows, up to an hour',
    zh: '同上，试遍所有候选模型，至多一小时',
  },
}

/** What the name of a model ends with that learns from recovered demand. */
const DEMAND = '@demand'

const COLD: ModelInfo = {
  name: 'cold-start',
  family: 'cold start',
  about: {
    en: 'products with little or no history, from their likes; refuses the others',
    zh: '历史很短或没有历史的商品，由相似商品推断；其余拒绝',
  },
}

/** The names under which models are chosen automatically. */
export const AUTO_NAMES = Object.keys(AUTOS) as readonly AutoName[]

export const isAutoName = (name: string): name is AutoName => Object.hasOwn(AUTOS, name)

/** Every model there is and what it is, automatic selection first. */
export const MODEL_INFOS: readonly ModelInfo[] = [
  ...AUTO_NAMES.map((name) => ({ name, family: 'automatic', about: ABOUT[name] })),
  COLD,
  ...INFOS,
]

/**
 * The model of a name, with options of its own; `NAME@demand` learns from the demand behind stock-outs, and forecasts it. Refuses a name that there is not.
 *
 * @example
 * modelNamed('auto', { aim: 'wape' }).name // → 'auto'
 */
export function modelNamed(name: string, options: object = {}): Model {
  if (name.endsWith(DEMAND)) return uncensored(modelNamed(name.slice(0, -DEMAND.length), options))
  if (isAutoName(name)) return withColdStart(autoModel(name, { ...AUTOS[name], ...options }))
  if (name === COLD.name) return coldStart(options)
  try {
    return single(name, options)
  } catch (error) {
    if (!(error instanceof ForetideError) || error.code !== 'usage.model') throw error
    const known = MODEL_INFOS.map((info) => info.name).join(', ')
    throw new ForetideError('usage.model', { model: name, known }, { fault: 'usage' })
  }
}
