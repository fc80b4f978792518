import { ForetideError } from '../core/errors.ts'
import { sharedFloat32, sharedInt32 } from '../core/memory.ts'
import { at, endOf, type Panel } from '../core/panel.ts'
import { parallelMap } from '../core/parallel.ts'
import { checkInterrupt, type Run } from '../core/run.ts'
import type { Window } from '../core/window.ts'
import type { Feature, Learned, Timeline } from './family.ts'
import { type FeatureJob, type FeatureShared, featureJobs } from './feature-worker.ts'
import { type FeaturePlan, frameOf, learn, learns, planOf } from './plan.ts'
import type { FeatureSpec } from './spec.ts'

/**
 * Feature columns of one block of series, on shared memory, each column whole.
 *
 * Past rows are cells of the past panel, series-major: row `rowOffsets[i] + r` of series i is its cell number
 * `length − (rowOffsets[i + 1] − rowOffsets[i]) + r`. `past[f · rows + row]`, `future[f · steps + i · horizon + h]`.
 */
export interface FeatureBlock {
  readonly features: readonly Feature[]
  readonly rows: number
  readonly rowOffsets: Int32Array
  readonly past: Float32Array
  /** Series times horizon. */
  readonly steps: number
  readonly horizon: number
  readonly future: Float32Array
}

/** What can be asked of {@link features}. */
export interface FeatureOptions {
  /** Past rows of only so many newest periods of each series; features still look back over all of the past. */
  readonly recent?: number
  /** What {@link learn} found in all blocks; the given block alone unless given. */
  readonly learned?: readonly (Learned | undefined)[]
  /** A block whose memory may be overwritten; a new one is made where it does not fit. */
  readonly into?: FeatureBlock
}

/**
 * Makes the feature columns of a block: for every cell of the past and every step of its known future.
 *
 * A feature never reads a target or a past-only value nearer to its row than its lag, and is NaN at steps beyond it; a feature
 * of known-ahead columns reads those of its own step. Refuses a known future that does not follow the past.
 *
 * @example
 * const block = await features(past, known, defaultSpec('day'), run)
 * const column = block.past.subarray(0, block.rows) // the first feature of all training rows
 */
export async function features(
  past: Panel,
  known: Panel,
  spec: FeatureSpec,
  run: Run,
  options: FeatureOptions = {},
): Promise<FeatureBlock> {
  const learned = options.learned ?? (learns(spec) ? await learn(spec, [[past, known]]) : [])
  const frame = frameOf(past, known)
  const plan = planOf(spec, frame, learned)
  const { horizon } = frame
  checkFit(past, known, horizon)
  const block = blockFor(past, plan, horizon, options)
  const shared: FeatureShared = {
    spec,
    frame,
    learned,
    block: {
      start: past.start,
      offsets: past.offsets,
      target: past.target,
      mask: past.mask,
      horizon,
      columns: [...past.columns.values()].map(({ name, values }) => {
        const future = frame.columns.get(name)?.knownAhead ? known.columns.get(name)?.values : undefined
        return { name, past: values, ...(future ? { future } : {}) }
      }),
      statics: [...past.statics.values()].map(({ name, values }) => ({ name, values })),
    },
    tables: tablesOf(past, plan, horizon),
    out: { ...block, features: [] },
  }
  const jobs = jobsOf(past, run)
  await parallelMap<FeatureShared, FeatureJob, void>(run, {
    module: new URL(import.meta.url.endsWith('.ts') ? './feature-worker.ts' : './feature-worker.js', import.meta.url),
    fn: featureJobs.name,
    shared,
    jobs,
  })
  return block
}

/**
 * The feature columns of a window, block by block in its order.
 *
 * The next block overwrites the one before: use or copy it first. What families learn across series is gathered in a first pass.
 */
export async function* featureBlocks(
  window: Window,
  spec: FeatureSpec,
  run: Run,
  options: Omit<FeatureOptions, 'into'> = {},
): AsyncIterable<{ readonly past: Panel; readonly known: Panel; readonly block: FeatureBlock }> {
  const learned = options.learned ?? (learns(spec) ? await learn(spec, pairs(window)) : [])
  let into: FeatureBlock | undefined
  for await (const [past, known] of pairs(window)) {
    checkInterrupt(run)
    into = await features(past, known, spec, run, { ...options, learned, ...(into ? { into } : {}) })
    yield { past, known, block: into }
  }
}

async function* pairs(window: Window): AsyncIterable<readonly [Panel, Panel]> {
  const known = window.known()[Symbol.asyncIterator]()
  for await (const past of window.past()) yield [past, (await known.next()).value as Panel]
}

function checkFit(past: Panel, known: Panel, horizon: number): void {
  const refuse = (what: string) => {
    throw new ForetideError('features.shape', { what })
  }
  if (past.ids.length !== known.ids.length) refuse(`${past.ids.length} ≠ ${known.ids.length}`)
  for (let i = 0; i < past.ids.length; i++) {
    if (at(known.offsets, i + 1) - at(known.offsets, i) !== horizon) refuse(`${past.ids[i]}: horizon ≠ ${horizon}`)
    if (at(known.start, i) !== endOf(past, i)) refuse(`${past.ids[i]}: ${endOf(past, i)} ≠ ${at(known.start, i)}`)
  }
}

function blockFor(past: Panel, plan: FeaturePlan, horizon: number, { recent, into }: FeatureOptions): FeatureBlock {
  const n = past.ids.length
  const rowOffsets = into && into.rowOffsets.length === n + 1 ? into.rowOffsets : sharedInt32(n + 1)
  for (let i = 0; i < n; i++) {
    const length = at(past.offsets, i + 1) - at(past.offsets, i)
    rowOffsets[i + 1] = at(rowOffsets, i) + Math.min(length, recent ?? length)
  }
  const rows = at(rowOffsets, n)
  const steps = n * horizon
  const count = plan.features.length
  const again = (old: Float32Array | undefined, size: number) =>
    old && old.buffer.byteLength >= size * 4 ? new Float32Array(old.buffer, 0, size) : sharedFloat32(size)
  return {
    features: plan.features,
    rows,
    rowOffsets,
    past: again(into?.past, rows * count) as Float32Array,
    steps,
    horizon,
    future: again(into?.future, steps * count) as Float32Array,
  }
}

/** Period-wise columns from the first period of any series to the last of the horizon. */
function tablesOf(past: Panel, plan: FeaturePlan, horizon: number): FeatureShared['tables'] {
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for (let i = 0; i < past.ids.length; i++) {
    first = Math.min(first, at(past.start, i))
    last = Math.max(last, endOf(past, i) + horizon)
  }
  const tables = new Map<number, Float32Array>()
  const count = Math.max(0, last - first)
  if (count === 0) return { first: 0, lines: tables }
  const starts = new Float64Array(count + 1)
  for (let p = 0; p <= count; p++) starts[p] = past.calendar.startOf(first + p)
  const timeline: Timeline = { calendar: past.calendar, first, count, starts }
  for (const { task, first: column } of plan.planned) {
    if (task.kind !== 'period') continue
    const lines = task.features.map(() => sharedFloat32(count))
    task.fill(timeline, lines)
    lines.forEach((line, f) => {
      tables.set(column + f, line)
    })
  }
  return { first, lines: tables }
}

/** Runs of neighbouring series: enough of them to share out, none too small to be worth sending. */
function jobsOf(past: Panel, run: Run): FeatureJob[] {
  const n = past.ids.length
  const cells = past.target.length
  const pieces = Math.max(1, Math.min(n, run.threads * 4, Math.floor(cells / 20_000)))
  return Array.from({ length: pieces }, (_, j) => ({
    from: Math.floor((j * n) / pieces),
    to: Math.floor(((j + 1) * n) / pieces),
  }))
}
