import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runOf } from '../../core/run.ts'
import { memorySource } from '../../store/source.ts'
import { windowAt } from '../../store/window.ts'
import { learn } from './learned.ts'
import { fittedOf } from './neural-model.ts'
import { neuralSettings } from './options.ts'
import { plantedPanel } from './planted-panel.case.ts'
import { prunedLearned, smallerFiles } from './smaller.ts'

const run = runOf({ seed: 1, threads: 1 })

test('smaller forms of a saved model weigh less, and lose little on what they have not learned', async () => {
  const source = memorySource(plantedPanel(30, 80))
  const window = windowAt(source, 65, 7)
  const learned = await learn(
    window,
    neuralSettings({
      name: 'mlp',
      architecture: { name: 'mlp', options: { hidden: [128, 128] } },
      examples: { context: 28 },
      training: { leastSteps: 150, mostSteps: 150, batch: 128, rate: 3e-3 },
    }),
    run,
  )
  const path = await mkdtemp(join(tmpdir(), 'foretide-smaller-test-'))
  try {
    await fittedOf(learned).save({ path })
    const [whole, int8, half] = await smallerFiles({ path }, windowAt(source, 72, 7), run)
    expect([whole?.form, int8?.form, half?.form]).toEqual(['float32', 'int8', 'float16'])
    expect(await readdir(path)).toEqual(expect.arrayContaining(['network-0.half.onnx', 'network-0.int8.onnx']))
    if (!whole || !int8 || !half) throw new Error('three forms')
    expect(int8.bytes).toBeLessThan(whole.bytes / 3)
    expect(half.bytes).toBeLessThan(whole.bytes / 1.8)
    expect(whole.loss).toBeGreaterThan(0)
    expect(Math.abs(half.loss / whole.loss - 1)).toBeLessThan(0.002)
    expect(Math.abs(int8.loss / whole.loss - 1)).toBeLessThan(0.03)
    // The truths of what is judged are not those that were learned: another last horizon has another loss.
    const [earlier] = await smallerFiles({ path }, windowAt(source, 71, 7), run)
    expect(earlier?.loss).not.toBe(whole.loss)
  } finally {
    await rm(path, { recursive: true })
  }
  const { sparsity } = await prunedLearned(learned, window, { share: 0.5 }, run)
  expect(sparsity).toBeGreaterThan(0.45)
  expect(sparsity).toBeLessThan(0.55)
})
