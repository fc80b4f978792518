import type { Anchor, GlobalSettings } from './options.ts'
import type { PastOf } from './past.ts'

/** A target is learned as `transform((y − anchor) / scale)`. */
export type TargetOptions = GlobalSettings['target']

const ANCHOR_OF: { readonly [A in Anchor]: (past: PastOf, origin: number, own: number) => number } = {
  none: () => 0,
  last: (past, origin) => past.last(origin),
  mean: (past, origin) => past.mean(origin),
  seasonal: (past, origin, own) => past.seasonal(origin, own),
  profile: (past, origin, own) => past.profile(origin, own),
}

/** What is taken from the target of cell `own` as seen from cell `origin`. */
export function anchorOf({ anchor }: TargetOptions, past: PastOf, origin: number, own: number): number {
  return ANCHOR_OF[anchor](past, origin, own)
}

/** A profile counts for no less than this share of the level, lest a phase without demand blow its rows up. */
const LEAST_PROFILE = 0.2

/** What the target is divided by; 0 or NaN where the series says nothing of its scale. */
export function scaleOf({ scale }: TargetOptions, past: PastOf, origin: number, own: number): number {
  if (scale === 'none') return 1
  const level = past.level(origin)
  return scale === 'level' ? level : Math.max(LEAST_PROFILE * level, Math.abs(past.profile(origin, own)))
}

/** The number that a regressor learns. */
export function forward({ transform }: TargetOptions, y: number, anchor: number, scale: number): number {
  const z = (y - anchor) / scale
  return transform === 'log1p' ? Math.sign(z) * Math.log1p(Math.abs(z)) : z
}

/** The number that it means. */
export function backward({ transform }: TargetOptions, z: number, anchor: number, scale: number): number {
  const x = transform === 'log1p' ? Math.sign(z) * Math.expm1(Math.abs(z)) : z
  return anchor + scale * x
}
