import type { TreeEnsemble } from '../ensemble.ts'
import { compiled } from './compiled.ts'

/** What threads share: the trees, the columns, and where sums of leaf values go, row by row. */
export interface PredictShared {
  readonly trees: TreeEnsemble
  readonly columns: readonly Float32Array[]
  readonly sums: Float64Array
}

/** Rows of one job. */
export interface PredictJob {
  readonly from: number
  readonly to: number
}

/** Adds up leaf values of the rows of a job. */
export function predictJobs({ trees, columns, sums }: PredictShared): (job: PredictJob) => void {
  const add = compiled(trees)
  const { outputs } = trees
  return ({ from, to }) => add(columns, from, to, sums.subarray(from * outputs, to * outputs))
}
