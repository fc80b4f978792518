import type { LocalMethod } from '../../local.ts'
import { type MstlOptions, mstl } from './mstl.ts'

/** Methods by decomposition by name, made from the options that they carry. */
export const MSTL = {
  mstl: (options) => mstl(options as MstlOptions),
} satisfies Readonly<Record<string, (options?: object) => LocalMethod>>
