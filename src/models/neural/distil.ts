import { ForetideError } from '../../core/errors.ts'
import { at } from '../../core/panel.ts'
import { type Run, runOf } from '../../core/run.ts'
import type { Window } from '../../core/window.ts'
import { abs, add, mean, mul, reshape, sub } from '../../tensor/graph/operators.ts'
import type { Float } from '../../tensor/graph/value.ts'
import type { Arrays } from '../../tensor/train/arrays.ts'
import type { Network } from '../../tensor/train/network.ts'
import { predictorOf } from '../../tensor/train/predictor.ts'
import { train } from '../../tensor/train/train.ts'
import { keptWindow } from '../global/kept-window.ts'
import { batchesOf, copyBatch } from './examples/batches.ts'
import { examplesOf } from './examples/examples.ts'
import { frameOf } from './examples/preparation.ts'
import type { Batch } from './examples.ts'
import { assembled, GRID, type Learned, type Member, membersOf, planOf } from './learned.ts'
import { type NeuralInput, neuralSettings } from './options.ts'

/** What a student learns by. */
export interface DistilOptions {
  /** Share of the loss that is of truths, from 0 to 1; 0.2 unless given, the rest being of what the teacher says. */
  readonly truths?: number
}

/** A teacher that can be asked about batches of examples. */
interface Teacher {
  /** Writes quantiles at the levels of {@link GRID} of each step, means over members, in units of the example's scale. */
  teach(batch: Batch, into: Float32Array): Promise<void>
  dispose(): Promise<void>
}

/**
 * A small network that says what an ensemble says: its labels are the teacher's distributions for the same examples beside the truths, and its
 * loss is how far quantiles lie from the teacher's (Hinton et al., 2015).
 *
 * Examples are the teacher's, whatever the student's settings say of them, and nothing is held out. Refuses students of another head than
 * quantiles at the usual levels.
 *
 * @example
 * const teacher = await loadLearned({ path: 'models/ensemble' })
 * const student = { name: 'student', architecture: { name: 'mlp', options: { hidden: [32] } } } as const
 * await fittedOf(await distilled(teacher, student, window, run)).save({ path: 'models/student' })
 */
export async function distilled(
  teacher: Learned,
  student: NeuralInput,
  window: Window,
  run: Run,
  { truths = 0.2 }: DistilOptions = {},
): Promise<Learned> {
  const { preparation, rho } = teacher
  const settings = { ...neuralSettings(student), examples: teacher.settings.examples }
  const frame = frameOf(preparation)
  const { network, head } = assembled(settings, frame)
  const levels = head.name === 'quantiles' ? head.options.levels : undefined
  if (JSON.stringify(levels) !== JSON.stringify(GRID))
    throw new ForetideError(
      'neural.option',
      { network: settings.name, option: 'head', problem: `a student says quantiles at ${GRID.join(', ')}` },
      { fault: 'usage' },
    )
  const examples = await examplesOf(keptWindow(window), preparation, { seed: run.seed })
  const plan = planOf(settings, examples.count)
  const asked = await teacherOf(teacher, plan.batch, run)
  const members: Member[] = []
  try {
    for (let k = 0; k < settings.members; k++) {
      const seed = run.seed + 1000 * k
      const drawn = batchesOf(examples, { seed, size: plan.batch })
      const source = {
        async put(step: number, { taught, ...into }: Arrays) {
          const batch = await drawn.next(step)
          copyBatch(batch, into)
          await asked.teach(batch, taught as Float32Array)
        },
      }
      const stage = `${settings.name}: distil`
      members.push(
        ...membersOf(
          await train(imitating(network, frame.horizon, truths), source, { ...plan, stage }, runOf({ ...run, seed })),
        ),
      )
    }
  } finally {
    await asked.dispose()
  }
  return { settings, preparation, members, rho, window: window.digest }
}

/** A network whose loss is how far it is from what is taught, and from truths for a share. */
function imitating(network: Network, horizon: number, truths: number): Network {
  return {
    ...network,
    labels: { ...network.labels, taught: { shape: [horizon, GRID.length] } },
    loss(outputs, batch) {
      const { taught, weight } = batch as unknown as Record<'taught' | 'weight', Float>
      const far = abs(sub(outputs.outputs as Float, taught))
      const imitation = mean(mul(far, reshape(weight, [...weight.shape, 1])))
      return add(mul(network.loss(outputs, batch), truths), mul(imitation, 1 - truths))
    },
  }
}

async function teacherOf({ settings, preparation, members }: Learned, batch: number, run: Run): Promise<Teacher> {
  const { network, head } = assembled(settings, frameOf(preparation))
  const predictors = await Promise.all(
    members.map(({ weights }) => predictorOf(network, weights, { batch, threads: run.threads })),
  )
  const own = new Float64Array(GRID.length)
  const n = GRID.length
  return {
    async teach(given, into) {
      into.fill(0)
      for (const predictor of predictors) {
        copyBatch(given, predictor.inputs)
        await predictor.run()
        const outputs = predictor.outputs.outputs as Float32Array
        for (let k = 0; k < into.length / n; k++) {
          const level = at(given.level, Math.floor((k * n * batch) / into.length))
          head.quantiles(outputs, k * head.outputs, level, GRID, own, 0)
          for (let l = 0; l < n; l++) into[k * n + l] = at(into, k * n + l) + at(own, l) / predictors.length
        }
      }
    },
    async dispose() {
      for (const predictor of predictors) await predictor.dispose()
    },
  }
}
