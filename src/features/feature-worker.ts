import type { Feature, Learned, SeriesTask } from './family.ts'
import type { FeatureBlock } from './features.ts'
import { type PlanFrame, planOf } from './plan.ts'
import { type BlockArrays, SeriesView } from './series-view.ts'
import type { FeatureSpec } from './spec.ts'

/** What every job needs; arrays lie on shared memory. */
export interface FeatureShared {
  readonly spec: FeatureSpec
  readonly frame: PlanFrame
  readonly learned: readonly (Learned | undefined)[]
  readonly block: BlockArrays
  /** Columns that are the same for all series, by place in the matrix, from period `first` on. */
  readonly tables: { readonly first: number; readonly lines: ReadonlyMap<number, Float32Array> }
  readonly out: FeatureBlock
}

/** A run of neighbouring series. */
export interface FeatureJob {
  readonly from: number
  readonly to: number
}

/** Prepares a worker to fill the columns of a block; all columns of one series before the next, so that it stays in cache. */
export function featureJobs(shared: FeatureShared): (job: FeatureJob) => void {
  const { block, out, tables } = shared
  const { features, planned, hidden } = planOf(shared.spec, shared.frame, shared.learned)
  const tasks: { readonly task: SeriesTask; readonly first: number }[] = []
  for (const { task, first } of planned) if (task.kind === 'series') tasks.push({ task, first })
  const lines = linesFor(block, tasks)
  const view = new SeriesView(block, hidden)
  return ({ from, to }) => {
    for (let i = from; i < to; i++) {
      view.moveTo(i)
      for (const [f, line] of tables.lines) {
        const shift = view.start - tables.first
        place(out, f, view, line, shift)
      }
      for (const { task, first } of tasks) {
        task.write(view, lines)
        for (let f = 0; f < task.features.length; f++) {
          place(out, first + f, view, lines[f] as Float32Array, 0)
          hide(out, features[first + f] as Feature, first + f, i)
        }
      }
    }
  }
}

/** Scratch that the tasks share, one line for each column of the widest task. */
function linesFor(block: BlockArrays, tasks: readonly { readonly task: SeriesTask }[]): Float32Array[] {
  let longest = 0
  for (let i = 0; i + 1 < block.offsets.length; i++)
    longest = Math.max(longest, (block.offsets[i + 1] as number) - (block.offsets[i] as number))
  let reach = 0
  let widest = 0
  for (const { task } of tasks) {
    widest = Math.max(widest, task.features.length)
    reach = Math.max(reach, task.reach ?? 0)
    for (const { lag } of task.features) if (Number.isFinite(lag)) reach = Math.max(reach, lag)
  }
  return Array.from({ length: widest }, () => new Float32Array(longest + block.horizon + reach))
}

/** Copies past and horizon of a series out of a line that has its first period at `shift`. */
function place(out: FeatureBlock, f: number, view: SeriesView, line: Float32Array, shift: number): void {
  const { rows, rowOffsets, past, future, steps, horizon } = out
  const row = rowOffsets[view.index] as number
  const count = (rowOffsets[view.index + 1] as number) - row
  const end = shift + view.length
  past.set(line.subarray(end - count, end), f * rows + row)
  future.set(line.subarray(end, end + horizon), f * steps + view.index * horizon)
}

/** Whatever a family wrote: at steps beyond its lag a feature is missing. */
function hide(out: FeatureBlock, { lag }: Feature, f: number, i: number): void {
  if (lag >= out.horizon) return
  const from = f * out.steps + i * out.horizon
  out.future.fill(Number.NaN, from + lag, from + out.horizon)
}
