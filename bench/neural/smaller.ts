import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runOf } from '../../src/core/run.ts'
import { distilled } from '../../src/models/neural/distil.ts'
import { learn } from '../../src/models/neural/learned.ts'
import { fittedOf } from '../../src/models/neural/neural-model.ts'
import { type NeuralInput, neuralSettings } from '../../src/models/neural/options.ts'
import { plantedPanel } from '../../src/models/neural/planted-panel.case.ts'
import { learnedRow, prunedLearned, type SmallerRow, smallerFiles } from '../../src/models/neural/smaller.ts'
import { memorySource } from '../../src/store/source.ts'
import { windowAt } from '../../src/store/window.ts'
import { type Bench, type Figure, shown } from '../bench.ts'

const SHARE = 0.8

const figuresOf = ({ form, bytes, zipped, milliseconds, loss }: SmallerRow): readonly Figure[] => [
  shown(`${form}: file`, bytes / 1024, 'KiB'),
  shown(`${form}: file after gzip`, zipped / 1024, 'KiB'),
  shown(`${form}: 32 examples`, milliseconds, 'ms'),
  shown(`${form}: pinball loss`, loss, ''),
]

const bench: Bench = {
  about:
    'an ensemble of perceptrons in 8 and 16 bits, with 80 % of its weights taken away, and distilled to one small network',
  async measure({ smoke, log }) {
    const periods = 100
    const source = memorySource(plantedPanel(smoke ? 20 : 200, periods))
    const window = windowAt(source, periods - 15, 7)
    // A horizon later: what is judged on was not learned from.
    const later = windowAt(source, periods - 8, 7)
    const run = runOf({ seed: 1, threads: 1 })
    const steps = smoke ? 20 : 600
    const training = { leastSteps: steps, mostSteps: steps, batch: 128, rate: 3e-3 }
    const shape = (hidden: number[]): NeuralInput['architecture'] => ({ name: 'mlp', options: { hidden } })
    const examples = { context: 28 }
    const teacher = await learn(
      window,
      neuralSettings({ name: 'ensemble', architecture: shape([256, 256]), members: 3, training, examples }),
      run,
    )
    const student: NeuralInput = { name: 'student', architecture: shape([32]), training }
    const path = await mkdtemp(join(tmpdir(), 'foretide-smaller-'))
    const rows: SmallerRow[] = []
    try {
      await fittedOf(teacher).save({ path })
      rows.push(...(await smallerFiles({ path }, later, run)))
    } finally {
      await rm(path, { recursive: true })
    }
    const { learned, sparsity } = await prunedLearned(teacher, window, { share: SHARE }, run)
    rows.push(await learnedRow('pruned', learned, later, run))
    rows.push(await learnedRow('distilled', await distilled(teacher, student, window, run), later, run))
    const alone = await learn(window, neuralSettings({ ...student, examples }), run)
    rows.push(await learnedRow('as small, of truths alone', alone, later, run))
    for (const row of rows) log(JSON.stringify(row))
    return [...rows.flatMap(figuresOf), shown('zeros of the pruned', sparsity, '')]
  },
}
export default bench
