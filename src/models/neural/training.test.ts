import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runOf } from '../../core/run.ts'
import { simulatePanel } from '../../simulate/panel.ts'
import { memorySource } from '../../store/source.ts'
import { latestWindow } from '../../store/window.ts'
import { throughWindow } from '../adapted.ts'
import { chainOf } from '../chain.ts'
import { modelNamed } from '../registry.ts'
import { renamed } from '../renamed.ts'
import { neuralNamed } from './presets.ts'

test('how each network was trained is told through whatever is around the model, and kept with what is saved', async () => {
  const training = { leastSteps: 30, mostSteps: 30, batch: 32, validation: 7 }
  const model = neuralNamed('mlp', { members: 2, training, examples: { context: 14 } })
  const around = chainOf([throughWindow(renamed(model, 'mlp@tuned'), (window) => window), modelNamed('naive')])
  const { panel } = simulatePanel({ preset: 'tiny', seed: 3, horizon: 0 })
  const run = runOf({ seed: 1, threads: 1 })
  const fitted = await around.fit(latestWindow(memorySource(panel), 7), run)
  expect(fitted.training?.map(({ name }) => name)).toEqual(['mlp@tuned 1', 'mlp@tuned 2'])
  for (const { rows } of fitted.training ?? []) {
    expect(rows.at(-1)?.step).toBe(30)
    expect(rows.at(-1)?.validation).toBeGreaterThan(0)
    expect(rows.at(-1)?.loss).toBeLessThan(rows[0]?.loss as number)
  }
  const path = await mkdtemp(join(tmpdir(), 'foretide-training-'))
  try {
    await fitted.save({ path })
    expect((await around.load({ path }, run)).training).toEqual(fitted.training)
  } finally {
    await rm(path, { recursive: true, force: true })
  }
})

test('models that do not learn step by step tell of no training', async () => {
  const { panel } = simulatePanel({ preset: 'tiny', seed: 3, horizon: 0 })
  const window = latestWindow(memorySource(panel), 7)
  expect((await chainOf([modelNamed('seasonal-naive')]).fit(window, runOf({ threads: 1 }))).training).toBeUndefined()
})
