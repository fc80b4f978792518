import { setImmediate as breathe } from 'node:timers/promises'
import { ForetideError } from '../../core/errors.ts'
import { checkInterrupt, type Run, runOf } from '../../core/run.ts'
import type { SessionOptions } from '../runtime.ts'
import type { Arrays } from './arrays.ts'
import { loadCheckpoint, saveCheckpoint } from './checkpoint.ts'
import { appendCurve, type CurveRow, curveUpTo } from './curve.ts'
import { type DisturbOptions, type Learner, learnerOf } from './learner.ts'
import type { Fields, Network } from './network.ts'
import type { OptimiserOptions } from './optimiser.ts'
import { type PlateauState, plateaued, rateAt, type Schedule } from './schedule.ts'
import { eventLog } from './tensorboard.ts'
import type { Weights } from './weights.ts'

/** Where examples come from. */
export interface Source {
  /** Puts the examples of a batch into the arrays of its fields; the same ones whenever it is asked for the same batch. */
  put(batch: number, into: Arrays): Promise<void> | void
}

/** How a network is trained. */
export interface TrainOptions extends DisturbOptions, SessionOptions {
  /** Examples of a batch. */
  readonly batch: number
  readonly steps: number
  /** The learning rate, at its highest. */
  readonly rate: number
  /** AdamW unless given. */
  readonly optimiser?: OptimiserOptions
  /** How the rate goes on; it stays unless given. */
  readonly schedule?: Schedule
  /** Length that gradients have at most. */
  readonly clip?: number
  /** Share that a moving average of the weights keeps at every step; what is validated and given back is the average then. */
  readonly average?: number
  /** Whether products are worked out in half precision; in single unless given. */
  readonly precision?: 'single' | 'mixed'
  /** Batches whose mean gradient makes a step. */
  readonly accumulate?: number
  /** Parts that each batch is learned from in, side by side. */
  readonly lanes?: number
  /** Weights to go on from, as in fine-tuning; fresh ones under the seed unless given. */
  readonly from?: Weights
  /** Equal stretches of the training at whose ends weights are kept (Huang et al., 2017), with a cosine schedule of as many cycles; none unless given. */
  readonly snapshots?: number
  /** Batches that are never learned from: every so many steps their loss is looked at, and the weights of the least one are kept. */
  readonly validation?: Source & {
    readonly batches: number
    readonly every: number
    /** Looks without a new least loss after which training ends. */
    readonly patience?: number
  }
  /** Where training is written down every so many steps, so that one that was cut off goes on from there bit for bit. */
  readonly checkpoint?: { readonly folder: string; readonly every: number }
  /** Folder that TensorBoard reads the curve of this training from while it runs, and afterwards; one for each training. */
  readonly tensorboard?: string
  /** What it is called where progress is shown. */
  readonly stage?: string
}

/** What came of a training. */
export interface Trained {
  readonly weights: Weights
  /** Weights at the ends of stretches, where they were asked for; those that patience left no time for are missing. */
  readonly snapshots: readonly Weights[]
  /** Steps taken, fewer than asked for where patience ran out. */
  readonly steps: number
  /** The least loss of the validation; absent without one. */
  readonly validation?: number
  readonly curve: readonly CurveRow[]
  readonly seconds: number
}

/** Where a training stands beside its rows: all that a checkpoint needs to go on from. */
interface Standing {
  step: number
  best: number
  waited: number
  seconds: number
  plateau: PlateauState | null
}

/** Points that a curve has at the least between two looks at the validation. */
const POINTS = 200

/**
 * Trains a network: draws batches, takes steps, watches the validation, keeps the best.
 *
 * Refuses a loss that is no number any more, saying at which step. An interrupt writes a checkpoint first where there is a place for one.
 */
export async function train<I extends Fields, L extends Fields>(
  network: Network<I, L>,
  source: Source,
  options: TrainOptions,
  run: Run = runOf(),
): Promise<Trained> {
  const { steps, rate, schedule = { kind: 'constant' }, validation, checkpoint, accumulate = 1, average } = options
  const { tensorboard, stage = 'train', optimiser = { kind: 'adamw' }, threads = run.threads } = options
  const digest = digestOf(network, options, run.seed)
  const kept = checkpoint && (await loadCheckpoint(checkpoint.folder, digest))
  const learner = await learnerOf(network, { ...options, optimiser, threads, seed: run.seed }, kept?.rows)
  const at: Standing = kept ? (kept.progress as unknown as Standing) : freshly()
  const curve: CurveRow[] = checkpoint ? await curveUpTo(checkpoint.folder, at.step) : []
  const best = (kept?.rows.best ?? learner.rows.parameters ?? new Float32Array(0)).slice()
  const begun = performance.now() - 1000 * at.seconds
  const events = tensorboard && (await eventLog(tensorboard, curve, run.now().getTime() / 1000 - at.seconds))
  const snapshots = [...Array(options.snapshots ?? 0).keys()].flatMap((k) => kept?.rows[`snapshot${k}`] ?? [])
  const judged = () => (average === undefined ? learner.rows.parameters : learner.rows.average) as Float32Array
  const write = async () => {
    at.seconds = (performance.now() - begun) / 1000
    if (checkpoint)
      await saveCheckpoint(checkpoint.folder, {
        digest,
        places: learner.places,
        rows: {
          ...learner.rows,
          ...(validation && { best }),
          ...Object.fromEntries(snapshots.map((row, k) => [`snapshot${k}`, row])),
        },
        progress: { ...at },
      })
  }
  try {
    const report = Math.max(1, Math.floor(Math.min(steps, validation?.every ?? steps) / POINTS))
    let sum = 0
    let since = 0
    while (at.step < steps && !ended(at, options)) {
      if (run.signal.aborted) await write()
      checkInterrupt(run)
      const pace = rateAt(schedule, at.step, steps, rate) * (at.plateau?.factor ?? 1)
      const first = at.step * accumulate
      const { loss, norm } = await learner.step(at.step, pace, (k) => source.put(first + k, learner.batch))
      at.step++
      if (!Number.isFinite(loss)) throw new ForetideError('training.diverged', { stage, step: at.step, rate: pace })
      sum += loss
      since++
      if (endsStretch(at.step, options)) snapshots.push(judged().slice())
      const looked = validation !== undefined && (at.step % validation.every === 0 || at.step === steps)
      if (at.step % report === 0 || looked) {
        const row: CurveRow = {
          step: at.step,
          seconds: (performance.now() - begun) / 1000,
          rate: pace,
          loss: sum / since,
          norm,
        }
        run.progress({ stage, done: at.step, total: steps, learning: { loss: row.loss, rate: pace } })
        sum = 0
        since = 0
        if (looked) {
          const found = await validated(learner, validation, judged())
          curve.push({ ...row, validation: found })
          if (found < at.best) best.set(judged())
          at.waited = found < at.best ? 0 : at.waited + 1
          at.best = Math.min(at.best, found)
          if (schedule.kind === 'plateau') at.plateau = plateaued(schedule, at.plateau, found)
        } else curve.push(row)
        if (checkpoint) await appendCurve(checkpoint.folder, curve.at(-1) as CurveRow)
        if (events) await events.append(curve.at(-1) as CurveRow)
      }
      if (checkpoint && at.step % checkpoint.every === 0) await write()
      await breathe()
    }
    await write()
    run.progress({ stage, done: steps, total: steps })
    return {
      weights: { places: learner.places, row: validation ? best : judged().slice() },
      snapshots: snapshots.map((row) => ({ places: learner.places, row })),
      steps: at.step,
      ...(validation && { validation: at.best }),
      curve,
      seconds: (performance.now() - begun) / 1000,
    }
  } finally {
    await learner.dispose()
  }
}

const freshly = (): Standing => ({ step: 0, best: Number.MAX_VALUE, waited: 0, seconds: 0, plateau: null })

const ended = ({ waited }: Standing, { validation }: TrainOptions) =>
  validation?.patience !== undefined && waited >= validation.patience

/** Whether so many steps end one of the stretches after which weights are kept. */
const endsStretch = (step: number, { steps, snapshots = 0 }: TrainOptions) =>
  Math.floor((step / steps) * snapshots) > Math.floor(((step - 1) / steps) * snapshots)

/** The mean loss over all batches of the validation. */
async function validated(
  learner: Learner,
  { batches, put }: NonNullable<TrainOptions['validation']>,
  row: Float32Array,
) {
  let sum = 0
  for (let k = 0; k < batches; k++) {
    await put(k, learner.batch)
    sum += await learner.evaluate(row)
  }
  return sum / batches
}

/** What must be the same for a training to go on from a checkpoint; how often is looked and written may change. */
function digestOf(
  network: Network,
  { checkpoint, tensorboard, stage, validation, threads, ...rest }: TrainOptions,
  seed: number,
) {
  return JSON.stringify({ inputs: network.inputs, labels: network.labels, seed, ...rest, every: validation?.every })
}
