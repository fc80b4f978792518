import { backtest } from './backtest.ts'
import { core } from './core.ts'
import { ets } from './ets.ts'
import { features } from './features.ts'
import { ingest } from './ingest.ts'
import { serve } from './serve.ts'
import { simulate } from './simulate.ts'
import { store } from './store.ts'

/** Every coded message, a table a room; the one place where errors are worded. */
export const MESSAGES = { ...backtest, ...core, ...ets, ...features, ...ingest, ...simulate, ...serve, ...store }
export type MessageCode = keyof typeof MESSAGES
