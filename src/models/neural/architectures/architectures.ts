import type { Architecture } from '../architecture.ts'
import { dlinear } from './dlinear.ts'
import { mlp } from './mlp.ts'

/** Architectures by name, made from their options: what a saved network is made again with. */
export const ARCHITECTURES = { dlinear, mlp } as const satisfies Readonly<
  Record<string, (options?: object) => Architecture>
>
