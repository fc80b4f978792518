import type { Head } from '../head.ts'
import { negativeBinomial, poisson, zeroInflated } from './counts.ts'
import { gaussian, studentT } from './gaussian.ts'
import { point } from './point.ts'
import { quantiles } from './quantiles.ts'
import { tweedie } from './tweedie.ts'

/** Heads by name, made from their options: what a saved network is made again with. */
export const HEADS = {
  gaussian,
  negativeBinomial,
  point,
  poisson,
  quantiles,
  studentT,
  tweedie,
  zeroInflated,
} as const satisfies Readonly<Record<string, (options?: object) => Head>>
