import { fileURLToPath } from 'node:url'
import { add, layerNorm, matmul, mean, mul, relu, reshape, sub, transpose } from '../../src/tensor/graph/operators.ts'
import type { Float } from '../../src/tensor/graph/value.ts'
import { dense, scaleAndShift } from '../../src/tensor/layers/dense.ts'
import { type Parameters, within } from '../../src/tensor/layers/parameters.ts'
import { lstm, stepsOf } from '../../src/tensor/layers/recurrent.ts'
import { learnedPositions, transformerBlock } from '../../src/tensor/layers/transformer.ts'
import { learnerOf } from '../../src/tensor/train/learner.ts'
import type { Network } from '../../src/tensor/train/network.ts'
import { atMost, type Bench, type Figure, shown } from '../bench.ts'
import { childJson, median } from '../child.ts'

/** Sizes of the networks that are compared, as the rival is told them. */
const CASES = {
  'LSTM 2 × 64, 30 × 256': {
    model: 'lstm',
    sizes: { batch: 256, time: 30, features: 8, units: 64, layers: 2, horizon: 1 },
  },
  'LSTM 2 × 100, 60 × 32': {
    model: 'lstm',
    sizes: { batch: 32, time: 60, features: 8, units: 100, layers: 2, horizon: 1 },
  },
  'TSMixer 4 × 64, 96 × 64': {
    model: 'mixer',
    sizes: { batch: 64, time: 96, features: 16, width: 64, hidden: 128, layers: 4, horizon: 24 },
  },
  'Transformer 4 × 128, 32 patches × 64': {
    model: 'transformer',
    sizes: { batch: 64, patch: 16, tokens: 32, width: 128, heads: 8, hidden: 256, layers: 4, horizon: 24 },
  },
} as const
type Case = keyof typeof CASES

interface Timed {
  readonly milliseconds: readonly number[]
  readonly parameters: number
  /** Of the session, ours alone. */
  readonly buildSeconds?: number
}

const THREADS = 2
const STEPS = { full: { steps: 60, warm: 10, repeats: 3 }, smoke: { steps: 4, warm: 1, repeats: 1 } } as const

const bench: Bench = {
  about: 'milliseconds of a training step (forward, backward, clipping, Adam) on two threads, beside PyTorch',
  async measure({ python, smoke, log }) {
    const { steps, warm, repeats } = smoke ? STEPS.smoke : STEPS.full
    if (!python) log('the rival is not set up, see bench/peers/README.md: ours alone')
    const figures: Figure[] = []
    for (const [name, { model, sizes }] of Object.entries(CASES)) {
      const ours: number[] = []
      const theirs: number[] = []
      let build = 0
      for (let k = 0; k < repeats; k++) {
        if (python) {
          const ask = { model, sizes, threads: THREADS, steps, warm, compiled: false }
          const script = fileURLToPath(new URL('../peers/torch_step.py', import.meta.url))
          theirs.push(median((await childJson<Timed>(python, [script, JSON.stringify(ask)])).milliseconds))
        }
        const run = await childJson<Timed>(process.execPath, [
          fileURLToPath(import.meta.url),
          name,
          String(steps),
          String(warm),
        ])
        ours.push(median(run.milliseconds))
        build = run.buildSeconds ?? 0
        log(`${name}: ours ${ours.at(-1)?.toFixed(2)} ms, PyTorch ${theirs.at(-1)?.toFixed(2) ?? 'not set up'} ms`)
      }
      const mine = median(ours)
      figures.push(shown(`${name}: step`, mine, 'ms'))
      if (theirs.length > 0) {
        const rival = median(theirs)
        figures.push(atMost(`${name}: ours over PyTorch`, mine / rival, 1, '×', `PyTorch ${rival.toFixed(1)} ms`))
      }
      if (model === 'lstm') figures.push(atMost(`${name}: sessions built`, build, 0.5, 's'))
    }
    return figures
  },
}
export default bench

if (process.argv[1] === fileURLToPath(import.meta.url)) await timeOne()

/** Times one network, in a process of its own. */
async function timeOne(): Promise<void> {
  const [, , name, steps, warm] = process.argv as unknown as [string, string, Case, string, string]
  const { sizes } = CASES[name]
  const network = 'units' in sizes ? recurrent(sizes) : 'patch' in sizes ? transformer(sizes) : mixer(sizes)
  const begun = performance.now()
  const learner = await learnerOf(network, {
    batch: sizes.batch,
    threads: THREADS,
    seed: 1,
    optimiser: { kind: 'adam' },
    clip: 1,
  })
  const buildSeconds = (performance.now() - begun) / 1000
  for (const array of Object.values(learner.batch))
    for (let k = 0; k < array.length; k++) (array as Float32Array)[k] = 0.1 * Math.sin(1.7 * k)
  const milliseconds: number[] = []
  for (let step = 0; step < Number(steps) + Number(warm); step++) {
    const start = performance.now()
    await learner.step(step, 1e-3, () => {})
    if (step >= Number(warm)) milliseconds.push(performance.now() - start)
  }
  const parameters = learner.places.at(-1)?.to ?? 0
  await learner.dispose()
  process.stdout.write(`${JSON.stringify({ milliseconds, parameters, buildSeconds } satisfies Timed)}\n`)
}

/** A network whose squared error is learned. */
function squared(inputs: readonly number[], horizon: number, forward: (p: Parameters, x: Float) => Float): Network {
  return {
    inputs: { x: { shape: inputs } },
    labels: { y: { shape: [horizon] } },
    forward: (p, { x }) => ({ y: forward(p, x as Float) }),
    loss({ y }, batch) {
      const error = sub(y as Float, batch.y as Float)
      return mean(mul(error, error))
    },
  }
}

function recurrent({
  time,
  features,
  units,
  layers,
  horizon,
}: (typeof CASES)['LSTM 2 × 64, 30 × 256']['sizes'] | (typeof CASES)['LSTM 2 × 100, 60 × 32']['sizes']): Network {
  return squared([time, features], horizon, (p, x) => {
    let steps = stepsOf(x)
    for (let l = 0; l < layers; l++) steps = lstm(p.in(`layer${l}`), steps, units).steps
    return dense(p.in('out'), steps.at(-1) as Float, horizon)
  })
}

function mixer({
  time,
  features,
  width,
  hidden,
  layers,
  horizon,
}: (typeof CASES)['TSMixer 4 × 64, 96 × 64']['sizes']): Network {
  return squared([time, features], horizon, (p, x) => {
    const batch = x.shape[0] as number
    let y = dense(p.in('into'), x, width)
    for (let l = 0; l < layers; l++) {
      const layer = p.in(`layer${l}`)
      const [scale, shift] = scaleAndShift(layer.in('timeNorm'), width)
      // Along time first: weights · [time, width], so that nothing is transposed but the weights.
      const weights = transpose(layer.get('time', [time, time], within(time)))
      const bias = reshape(layer.get('timeBias', [time], within(time)), [time, 1])
      y = add(y, relu(add(matmul(weights, layerNorm(y, scale, shift)), bias)))
      const [s, t] = scaleAndShift(layer.in('widthNorm'), width)
      const inside = relu(dense(layer.in('into'), layerNorm(y, s, t), hidden))
      y = add(y, dense(layer.in('back'), inside, width))
    }
    return dense(p.in('out'), reshape(y, [batch, time * width]), horizon)
  })
}

function transformer({
  patch,
  tokens,
  width,
  heads,
  hidden,
  layers,
  horizon,
}: (typeof CASES)['Transformer 4 × 128, 32 patches × 64']['sizes']): Network {
  return squared([tokens * patch], horizon, (p, x) => {
    const batch = x.shape[0] as number
    let y = learnedPositions(p.in('place'), dense(p.in('into'), reshape(x, [batch, tokens, patch]), width))
    for (let l = 0; l < layers; l++) y = transformerBlock(p.in(`layer${l}`), y, { heads, hidden }).values
    return dense(p.in('out'), reshape(y, [batch, tokens * width]), horizon)
  })
}
