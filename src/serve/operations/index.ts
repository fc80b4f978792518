import type { Operation } from '../operation.ts'
import { backtestOperation } from './backtest.ts'
import { checkOperation } from './check.ts'
import { demoOperation } from './demo.ts'
import { explainOperation } from './explain.ts'
import { finetuneOperation } from './finetune.ts'
import { forecastOperation } from './forecast.ts'
import { importOperation } from './import.ts'
import { modelsOperation } from './models.ts'
import { pretrainOperation } from './pretrain.ts'
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
  finetuneOperation,
  pretrainOperation,
  forecastOperation,
  explainOperation,
  modelsOperation,
]
