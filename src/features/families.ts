import { age } from './age.ts'
import { behaviour } from './behaviour.ts'
import { calendar } from './calendar.ts'
import { category } from './category.ts'
import { column } from './column.ts'
import { difference } from './difference.ts'
import { expanding } from './expanding.ts'
import { exponential } from './exponential.ts'
import type { FeatureFamily } from './family.ts'
import { fourier } from './fourier.ts'
import { holidays } from './holidays.ts'
import { lags } from './lags.ts'
import { lunar } from './lunar.ts'
import { pca } from './pca.ts'
import { price } from './price.ts'
import { promotion } from './promotion.ts'
import { recency } from './recency.ts'
import { rolling } from './rolling.ts'
import { seasonal } from './seasonal.ts'
import { shopping } from './shopping.ts'
import { smoothing } from './smoothing.ts'
import { stockOut } from './stock-out.ts'
import { targetEncoding } from './target-encoding.ts'

/** Every feature family by the name that a specification calls it. */
export const FAMILIES = {
  age,
  behaviour,
  calendar,
  category,
  column,
  difference,
  expanding,
  exponential,
  fourier,
  holidays,
  lags,
  lunar,
  pca,
  price,
  promotion,
  recency,
  rolling,
  seasonal,
  shopping,
  smoothing,
  stockOut,
  targetEncoding,
} satisfies Record<string, FeatureFamily>
export type FamilyName = keyof typeof FAMILIES

/** A family by name, its options seen as plain data. */
export const familyOf = (name: FamilyName): FeatureFamily => FAMILIES[name]
