import { anomalies } from './anomalies.ts'
import { auto } from './auto.ts'
import { backtest } from './backtest.ts'
import { coldStart } from './cold-start.ts'
import { core } from './core.ts'
import { ets } from './ets.ts'
import { examples } from './examples.ts'
import { explain } from './explain.ts'
import { features } from './features.ts'
import { global } from './global.ts'
import { hiddenDemand } from './hidden-demand.ts'
import { hierarchy } from './hierarchy.ts'
import { ingest } from './ingest.ts'
import { lightgbm } from './lightgbm.ts'
import { linear } from './linear.ts'
import { neural } from './neural.ts'
import { outside } from './outside.ts'
import { pretrained } from './pretrained.ts'
import { search } from './search.ts'
import { serve } from './serve.ts'
import { simulate } from './simulate.ts'
import { store } from './store.ts'
import { tensor } from './tensor.ts'
import { trees } from './trees.ts'

/** Every coded message, a table a room; the one place where errors are worded. */
export const MESSAGES = {
  ...auto,
  ...anomalies,
  ...backtest,
  ...coldStart,
  ...core,
  ...ets,
  ...examples,
  ...explain,
  ...features,
  ...global,
  ...hierarchy,
  ...hiddenDemand,
  ...ingest,
  ...lightgbm,
  ...linear,
  ...neural,
  ...outside,
  ...pretrained,
  ...search,
  ...simulate,
  ...serve,
  ...store,
  ...tensor,
  ...trees,
}
export type MessageCode = keyof typeof MESSAGES
