import { fileURLToPath } from 'node:url'
import { loadPretrained } from '../../src/models/pretrained/files.ts'
import { SWELL_1 } from '../../src/models/pretrained/model.ts'
import { AHEAD, CONTEXT, frameAt, LEVELS } from '../../src/models/pretrained/shape.ts'
import { swellForecaster } from '../../src/models/pretrained/swell.ts'
import { learnerOf } from '../../src/tensor/train/learner.ts'
import { atLeast, type Bench, type Figure, shown } from '../bench.ts'
import { childJson, median } from '../child.ts'

interface Timed {
  readonly milliseconds: readonly number[]
  readonly parameters: number
}

const BATCH = 256
const STEPS = { full: { steps: 40, warm: 5, repeats: 3 }, smoke: { steps: 2, warm: 1, repeats: 1 } } as const

const bench: Bench = {
  about: 'examples a second that the pretrained network learns from, beside the same network in PyTorch',
  async measure({ python, smoke, log }) {
    const { steps, warm, repeats } = smoke ? STEPS.smoke : STEPS.full
    const { manifest } = await loadPretrained(SWELL_1)
    const figures: Figure[] = []
    for (const threads of [1, 2]) {
      const [ours, theirs]: [number[], number[]] = [[], []]
      let parameters = ''
      for (let k = 0; k < repeats; k++) {
        const { past, known, statics } = frameAt()
        const sizes = {
          ...manifest.network,
          batch: BATCH,
          context: CONTEXT,
          horizon: AHEAD,
          past,
          known,
          statics,
          levels: LEVELS,
        }
        if (python) {
          const script = fileURLToPath(new URL('../peers/torch_swell.py', import.meta.url))
          const run = await childJson<Timed>(python, [script, JSON.stringify({ sizes, threads, steps, warm })])
          theirs.push(median(run.milliseconds))
          parameters = `PyTorch has ${run.parameters}`
        }
        const own = [fileURLToPath(import.meta.url), String(threads), String(steps), String(warm)]
        const run = await childJson<Timed>(process.execPath, own)
        ours.push(median(run.milliseconds))
        parameters = `${run.parameters} parameters${parameters && `, ${parameters}`}`
        log(
          `${threads} threads: ours ${ours.at(-1)?.toFixed(1)} ms, PyTorch ${theirs.at(-1)?.toFixed(1) ?? 'not set up'} ms`,
        )
      }
      const pace = (1000 * BATCH) / median(ours)
      figures.push(shown(`examples a second, ${threads} threads`, pace, '/s', parameters))
      if (theirs.length > 0) {
        const rival = (1000 * BATCH) / median(theirs)
        const ratio = median(theirs) / median(ours)
        figures.push(
          atLeast(`over that of PyTorch, ${threads} threads`, ratio, 1, '×', `PyTorch ${rival.toFixed(0)} /s`),
        )
      }
    }
    return figures
  },
}
export default bench

if (process.argv[1] === fileURLToPath(import.meta.url)) await timeOne()

async function timeOne(): Promise<void> {
  const [threads, steps, warm] = process.argv.slice(2).map(Number) as [number, number, number]
  const { kept } = await loadPretrained(SWELL_1)
  const learner = await learnerOf(swellForecaster(kept.options), {
    // One lane, as pretraining has.
    ...{ batch: BATCH, threads, lanes: 1, seed: 1, clip: 1 },
    optimiser: { kind: 'adamw', decay: 0.01 },
  })
  for (const [name, array] of Object.entries(learner.batch))
    for (let k = 0; k < array.length; k++)
      (array as Float32Array)[k] = name === 'observed' || name === 'weight' ? 1 : 0.1 * Math.sin(1.7 * k)
  const milliseconds: number[] = []
  for (let step = 0; step < steps + warm; step++) {
    const start = performance.now()
    await learner.step(step, 1e-3, () => {})
    if (step >= warm) milliseconds.push(performance.now() - start)
  }
  const parameters = learner.places.at(-1)?.to ?? 0
  await learner.dispose()
  process.stdout.write(`${JSON.stringify({ milliseconds, parameters } satisfies Timed)}\n`)
}
