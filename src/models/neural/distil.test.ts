import { expect, test } from 'vitest'
import { askOf } from '../../core/forecast.ts'
import { at } from '../../core/panel.ts'
import { runOf } from '../../core/run.ts'
import { memorySource } from '../../store/source.ts'
import { windowAt } from '../../store/window.ts'
import { distilled } from './distil.ts'
import { learn } from './learned.ts'
import { fittedOf } from './neural-model.ts'
import { type NeuralInput, neuralSettings } from './options.ts'
import { plantedPanel } from './planted-panel.case.ts'

const window = windowAt(memorySource(plantedPanel(40, 100)), 92, 7)
const run = runOf({ seed: 1, threads: 1 })
const training = { leastSteps: 300, mostSteps: 300, batch: 64, rate: 5e-3 }
const examples = { context: 14 }
const large: NeuralInput = {
  name: 'large',
  architecture: { name: 'mlp', options: { hidden: [64, 64] } },
  members: 3,
  training,
  examples,
}
const small: NeuralInput = {
  name: 'small',
  architecture: { name: 'mlp', options: { hidden: [16], decoder: 8, dropout: 0 } },
  training,
  examples,
}

test('a student of an ensemble says what it says rather than one that was taught by noisy truths alone', async () => {
  const teacher = await learn(window, neuralSettings(large), run)
  const saidBy = async (learned: typeof teacher) =>
    (await fittedOf(learned).forecast(window, askOf({ levels: [0.1, 0.5, 0.9] }), run)).quantiles
  const taught = await saidBy(teacher)
  const farFrom = async (learned: typeof teacher) => {
    const said = await saidBy(learned)
    return said.reduce((sum, q, k) => sum + (Number.isNaN(q) ? 0 : Math.abs(q - at(taught, k))), 0)
  }
  const student = await distilled(teacher, small, window, run)
  const alone = await learn(window, neuralSettings(small), run)
  expect(student.members[0]?.weights.row.length).toBe(alone.members[0]?.weights.row.length)
  expect(student.members[0]?.weights.row.length).toBeLessThan((teacher.members[0]?.weights.row.length ?? 0) / 2)
  expect(await farFrom(student)).toBeLessThan(0.7 * (await farFrom(alone)))
})

test('a student of another head is refused', async () => {
  const quick = { ...training, leastSteps: 2, mostSteps: 2 }
  const teacher = await learn(window, neuralSettings({ ...small, training: quick }), run)
  const other: NeuralInput = { ...small, head: { name: 'quantiles', options: { levels: [0.5] } } }
  await expect(distilled(teacher, other, window, run)).rejects.toThrow(/head/)
})
