import { ForetideError } from '../../core/errors.ts'
import type { BoostingOptions, ForestOptions } from './options.ts'

interface Rule {
  readonly holds: (value: number) => boolean
  readonly wanted: string
  readonly wantedZh: string
}

const whole = (least: number): Rule => ({
  holds: (v) => Number.isInteger(v) && v >= least,
  wanted: `a whole number of at least ${least}`,
  wantedZh: `是不小于 ${least} 的整数`,
})
const atLeast = (least: number): Rule => ({
  holds: (v) => v >= least,
  wanted: `at least ${least}`,
  wantedZh: `不小于 ${least}`,
})
const share: Rule = { holds: (v) => v > 0 && v <= 1, wanted: 'above 0 and at most 1', wantedZh: '大于 0 且不超过 1' }
const positive: Rule = { holds: (v) => v > 0, wanted: 'above 0', wantedZh: '大于 0' }

const RULES: Readonly<Record<string, Rule>> = {
  leaves: whole(2),
  depth: { ...whole(1), holds: (v) => v === Number.POSITIVE_INFINITY || (Number.isInteger(v) && v >= 1) },
  minRows: whole(1),
  minHessian: atLeast(0),
  l1: atLeast(0),
  l2: atLeast(0),
  minGain: atLeast(0),
  pathSmoothing: atLeast(0),
  featureShare: share,
  featureShareByNode: share,
  categoryL2: atLeast(0),
  categorySmoothing: atLeast(0),
  maxCategories: whole(1),
  minCategoryRows: whole(1),
  maxLeafValue: positive,
  rowShare: share,
  rowEvery: whole(1),
  rounds: whole(1),
  trees: whole(1),
  learningRate: positive,
  patience: whole(1),
}

/** Refuses options of trees that have no meaning, naming the option, its value and what it must be. */
export function checkOptions(options: BoostingOptions | ForestOptions): void {
  for (const [option, value] of Object.entries(options)) {
    const rule = RULES[option]
    if (!rule || value === undefined) continue
    if (typeof value !== 'number' || !rule.holds(value)) refuse(option, value, rule)
  }
  const { goss, levels } = options as BoostingOptions & ForestOptions
  if (goss && !(goss.top >= 0 && goss.other > 0 && goss.top + goss.other <= 1))
    refuse('goss', `${goss.top}, ${goss.other}`, {
      wanted: 'two shares of at most 1 together, the second above 0',
      wantedZh: '是两个总和不超过 1 的比例，且第二个大于 0',
    })
  if (levels && !(levels.length > 0 && levels.every((l, i) => l > 0 && l < 1 && l > (levels[i - 1] ?? 0))))
    refuse('levels', levels.join(', '), { wanted: 'ascending, between 0 and 1', wantedZh: '在 0 与 1 之间递增' })
}

function refuse(option: string, value: unknown, { wanted, wantedZh }: Pick<Rule, 'wanted' | 'wantedZh'>): never {
  throw new ForetideError('trees.option', { option, value: String(value), wanted, wantedZh }, { fault: 'usage' })
}
