import { CannotForecast } from '../../core/errors.ts'
import { at } from '../../core/panel.ts'
import type { Run } from '../../core/run.ts'
import { runOf } from '../../core/run.ts'
import type { Window } from '../../core/window.ts'
import type { Arrays } from '../../tensor/train/arrays.ts'
import type { CurveRow } from '../../tensor/train/curve.ts'
import type { Network } from '../../tensor/train/network.ts'
import { predictorOf } from '../../tensor/train/predictor.ts'
import { type Source, type Trained, type TrainOptions, train } from '../../tensor/train/train.ts'
import type { Weights } from '../../tensor/train/weights.ts'
import { scoreOf, scoresOf } from '../global/grid.ts'
import { keptWindow } from '../global/kept-window.ts'
import type { Architecture } from './architecture.ts'
import { ARCHITECTURES } from './architectures/architectures.ts'
import { batchesOf, batchOf, copyBatch } from './examples/batches.ts'
import { type Cells, cellsOf } from './examples/cells.ts'
import { examplesOf, type PanelExamples } from './examples/examples.ts'
import type { ExampleInput } from './examples/options.ts'
import { type Preparation, preparationOf } from './examples/preparation.ts'
import { batchesAhead } from './examples/worker.ts'
import { forecaster } from './forecaster.ts'
import type { Head } from './head.ts'
import { HEADS } from './heads/heads.ts'
import type { NeuralSettings } from './options.ts'

/** Levels of the distributions that answers are made of. */
export const GRID: readonly number[] = [0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99]
/** Newest examples that tell how steps of one forecast go together. */
const COMPARED = 2000

/** A network that has learned, with all that is needed to ask it. */
export interface Member {
  readonly weights: Weights
  readonly curve: readonly CurveRow[]
}

/** What a fit leaves behind. */
export interface Learned {
  readonly settings: NeuralSettings
  readonly preparation: Preparation
  readonly members: readonly Member[]
  /** Correlation of the normal scores of one step and the next. */
  readonly rho: number
  /** Digest of the window. */
  readonly window: string
}

/** A network that forecasts, and the head that reads what it says. */
interface Assembled {
  readonly architecture: Architecture
  readonly network: Network
  readonly head: Head
}

/** The network and head of settings, for examples of a preparation's sizes. */
export function assembled(
  { architecture: { name: kind, options: sizes }, head: { name, options } }: NeuralSettings,
  frame: PanelExamples['frame'],
): Assembled {
  const head: Head = HEADS[name](options)
  const architecture: Architecture = ARCHITECTURES[kind](sizes)
  return { architecture, network: forecaster(architecture, head, frame), head }
}

/** Learns from a window; refuses one in which there is nothing to learn from. */
export async function learn(window: Window, settings: NeuralSettings, run: Run): Promise<Learned> {
  const kept = keptWindow(window)
  const preparation = await preparationOf(kept, settings.examples as ExampleInput)
  const cells = await cellsOf(kept, preparation)
  const { validation } = settings.training
  const examples = await examplesOf(cells, preparation, {
    seed: run.seed,
    ...(validation > 0 && { last: window.cutoff - validation }),
  })
  if (examples.count === 0) throw new CannotForecast('noValues')
  const { network, head, architecture } = assembled(settings, examples.frame)
  const held = validation > 0 ? await heldOut(cells, preparation, window.cutoff - validation) : undefined
  const members: Member[] = []
  for (let k = 0; k < settings.members; k++) members.push(...(await taught(network, examples, held, settings, run, k)))
  const [first] = members as [Member]
  // Networks that draw their own paths know how steps go together.
  const rho = architecture.stepwise ? 0 : await persistence(network, head, first.weights, cells, preparation, run)
  return { settings, preparation, members, rho, window: window.digest }
}

/** Examples whose horizon begins with what is held out. */
async function heldOut(cells: Cells, preparation: Preparation, last: number): Promise<PanelExamples | undefined> {
  const held = await examplesOf(cells, preparation, { origins: [last, last] })
  return held.count > 0 ? held : undefined
}

async function taught(
  network: Network,
  examples: PanelExamples,
  held: PanelExamples | undefined,
  settings: NeuralSettings,
  run: Run,
  member: number,
): Promise<Member[]> {
  const { patience, snapshots } = settings.training
  const plan = planOf(settings, examples.count)
  const { batch, steps } = plan
  const seed = run.seed + 1000 * member
  const drawn =
    run.threads > 1 ? batchesAhead(examples, { seed, size: batch }) : batchesOf(examples, { seed, size: batch })
  const stage = settings.members > 1 ? `${settings.name} ${member + 1}: fit` : `${settings.name}: fit`
  try {
    const trained = await train(
      network,
      drawn,
      {
        ...plan,
        stage,
        ...(held && {
          validation: {
            ...inOrder(held, batch),
            every: Math.max(20, Math.round(steps / 40)),
            // Losses go up again with every cycle: only the end of all ends it.
            ...(snapshots === 1 && { patience }),
          },
        }),
      },
      runOf({ ...run, seed }),
    )
    return membersOf(trained)
  } finally {
    await drawn.close()
  }
}

/** How settings train a network on so many examples. */
export function planOf({ training }: NeuralSettings, count: number): TrainOptions {
  const {
    batch: most,
    epochs,
    leastSteps,
    mostSteps,
    rate,
    decay,
    clip,
    average,
    noise,
    adversarial,
    snapshots,
  } = training
  const batch = 2 * Math.max(1, Math.min(most, count) >> 1)
  return {
    batch,
    // Threads that share a product out change its last digits; lanes of one thread each do not.
    lanes: 2,
    steps: Math.round(Math.min(mostSteps, Math.max(leastSteps, (epochs * count) / batch))),
    rate,
    clip,
    average,
    optimiser: { kind: 'adamw', decay: decay / rate },
    schedule: snapshots > 1 ? { kind: 'cosine', cycles: snapshots } : { kind: 'one-cycle', warm: 0.15 },
    ...(noise > 0 && { noise: { target: noise } }),
    ...(adversarial > 0 && { adversarial: { inputs: ['target'], size: adversarial } }),
    ...(snapshots > 1 && { snapshots }),
  }
}

/** Members of a training: one, or one for each end of a cycle. */
export const membersOf = ({ weights, snapshots, curve }: Trained): Member[] =>
  (snapshots.length > 0 ? snapshots : [weights]).map((weights) => ({ weights, curve }))

/** Examples one after the other, as batches for a look at what is held out: from the beginning again where they do not fill the last. */
function inOrder(examples: PanelExamples, size: number): Source & { readonly batches: number } {
  return {
    batches: Math.ceil(examples.count / size),
    put(k, into: Arrays) {
      const rows = Array.from({ length: size }, (_, r) => (k * size + r) % examples.count)
      const room = batchOf(examples.frame, size)
      examples.fill(rows, room)
      copyBatch(room, into)
    },
  }
}

/** How the steps of one forecast go together: the correlation of normal scores one step apart over the newest examples. */
async function persistence(
  network: Network,
  head: Head,
  weights: Weights,
  cells: Cells,
  preparation: Preparation,
  run: Run,
): Promise<number> {
  const { horizon } = preparation.settings
  const recent = { ...preparation, settings: { ...preparation.settings, maxExamples: COMPARED, recent: 2 * horizon } }
  const examples = await examplesOf(cells, recent, { seed: run.seed })
  if (horizon < 2 || examples.count === 0) return 0
  const size = Math.min(256, examples.count)
  const predictor = await predictorOf(network, weights, { batch: size, threads: run.threads })
  const room = batchOf(examples.frame, size)
  const scores = scoresOf(GRID)
  const grid = new Float64Array(GRID.length)
  let [ab, aa, bb] = [0, 0, 0]
  try {
    for (let from = 0; from + size <= examples.count; from += size) {
      examples.fill(
        Array.from({ length: size }, (_, r) => from + r),
        { ...room, ...predictor.inputs },
      )
      await predictor.run()
      const outputs = predictor.outputs.outputs as Float32Array
      for (let r = 0; r < size; r++) {
        let before = Number.NaN
        for (let h = 0; h < horizon; h++) {
          const k = r * horizon + h
          head.quantiles(outputs, k * head.outputs, at(room.level, r), GRID, grid, 0)
          const z = at(room.weight, k) > 0 ? scoreOf(grid, 0, scores, at(room.truth, k)) : Number.NaN
          if (!Number.isNaN(z) && !Number.isNaN(before)) {
            ab += z * before
            aa += before * before
            bb += z * z
          }
          before = z
        }
      }
    }
  } finally {
    await predictor.dispose()
  }
  return aa > 0 && bb > 0 ? Math.min(0.95, Math.max(0, ab / Math.sqrt(aa * bb))) : 0
}
