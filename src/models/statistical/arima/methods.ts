import type { LocalMethod } from '../../local.ts'
import { type ArimaOptions, arima } from './arima.ts'
import { type AutoArimaOptions, autoArima } from './auto-arima.ts'

/** The ARIMA methods by name, made from the options that they carry. */
export const ARIMA = {
  arima: (options) => arima({ order: [0, 1, 1], ...(options as Partial<ArimaOptions>) }),
  'auto-arima': (options) => autoArima(options as AutoArimaOptions),
} satisfies Readonly<Record<string, (options?: object) => LocalMethod>>
