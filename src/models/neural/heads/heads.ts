import type { Head } from '../head.ts'
import { quantiles } from './quantiles.ts'

/** Heads by name, made from their options: what a saved network is made again with. */
export const HEADS = { quantiles } as const satisfies Readonly<Record<string, (options?: object) => Head>>
