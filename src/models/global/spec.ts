import type { Unit } from '../../core/calendar.ts'
import type { PlanFrame } from '../../features/plan.ts'
import { defaultSpec, type FeatureSpec, featureSpec } from '../../features/spec.ts'

/** What the choice of a specification looks at. */
export interface SpecFacts {
  readonly unit: Unit
  readonly frame: PlanFrame
  /** Whether any past period was out of stock. */
  readonly censored: boolean
  readonly country: string | undefined
}

/** Past-only columns that get features of their own at most. */
const MOST_PAST = 8
const PRICE = /^(price|unit_price|sell_price|价格|单价)$/i
const PROMOTION = /^(promo|promotion|on_promotion|onpromotion|促销)$/i
const USUAL: { readonly [U in Unit]: number } = { hour: 24, day: 7, week: 4, month: 3, quarter: 4, year: 2 }

/**
 * A specification that suits a panel: history and calendar by the length of period, price and promotion families for columns known ahead
 * that are named so, the newest values of past-only columns, static columns, and recent stock-outs where there were any.
 */
export function specFor({ unit, frame, censored, country }: SpecFacts): FeatureSpec {
  const names = [...frame.columns]
  const ahead = names.filter(([, info]) => info.knownAhead && !info.categories).map(([name]) => name)
  const past = names.filter(([, info]) => !info.knownAhead && !info.categories).map(([name]) => name)
  const price = ahead.find((name) => PRICE.test(name))
  const promotion = ahead.find((name) => PROMOTION.test(name))
  const base = defaultSpec(unit, {
    statics: frame.statics.size > 0,
    ...(price ? { price } : {}),
    ...(promotion ? { promotion } : {}),
    ...(country ? { country } : {}),
  })
  return featureSpec({
    ...base,
    families: [
      ...base.families.filter(
        ({ family }) =>
          // The doings of groups and the codes say as much as encodings, and are cheaper.
          family !== 'targetEncoding' && (family !== 'column' || names.some(([, info]) => info.knownAhead)),
      ),
      ...past.slice(0, MOST_PAST).flatMap((of) => [
        { family: 'lags', of, lags: [1] },
        { family: 'rolling', of, windows: [USUAL[unit]], stats: ['mean'] },
      ]),
      ...(censored ? [{ family: 'stockOut', windows: [USUAL[unit], 4 * USUAL[unit]] }] : []),
    ],
  })
}
