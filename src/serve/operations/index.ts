import type { Operation } from '../operation.ts'
import { backtestOperation } from './backtest.ts'
import { checkOperation } from './check.ts'
import { demoOperation } from './demo.ts'
import { forecastOperation } from './forecast.ts'
import { importOperation } from './import.ts'
import { modelsOperation } from './models.ts'
import { runOperation } from './run.ts'
import { tuneOperation } from './tune.ts'

/** Everything that Foretide can be asked to do. */
export const OPERATIONS: readonly Operation[] = [
  demoOperation,
  runOperation,
  importOperation,
  checkOperation,
  backtestOperation,
  tuneOperation,
  forecastOperation,
  modelsOperation,
]
