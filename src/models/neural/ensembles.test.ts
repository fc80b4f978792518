import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { askOf } from '../../core/forecast.ts'
import { at } from '../../core/panel.ts'
import { runOf } from '../../core/run.ts'
import { HORIZON, shopWindow } from './examples/shop.case.ts'
import { type NeuralOptions, neuralNamed } from './presets.ts'

const quick = { leastSteps: 120, mostSteps: 120, batch: 32, rate: 5e-3 }
const ask = askOf({ levels: [0.1, 0.5, 0.9] })
const run = runOf({ seed: 2, threads: 1 })
const fitted = (own: NeuralOptions) =>
  neuralNamed('mlp', { examples: { context: 14 }, ...own, training: { ...quick, ...own.training } }).fit(
    shopWindow(),
    run,
  )

test('the ends of cycles are members that differ, and one answer comes of all', async () => {
  const path = await mkdtemp(join(tmpdir(), 'foretide-snapshots-'))
  const model = await fitted({ training: { snapshots: 3 } })
  const manifest = await model.save({ path })
  const rows = await Promise.all([0, 1, 2].map((k) => readFile(join(path, `weights-${k}.safetensors`))))
  expect(manifest.files.filter((file) => file.endsWith('.onnx'))).toHaveLength(3)
  expect(rows[0]?.equals(rows[1] as Buffer)).toBe(false)
  expect(rows[1]?.equals(rows[2] as Buffer)).toBe(false)
  await rm(path, { recursive: true })
})

test('passes in which units drop out widen what is said, the same under a seed', async () => {
  const network = { hidden: [32, 32], dropout: 0.4 }
  const width = async (chance: number) => {
    const model = await fitted({ network, forecasting: { chance } })
    const { quantiles, refused } = await model.forecast(shopWindow(), ask, run)
    expect((await model.forecast(shopWindow(), ask, run)).quantiles).toEqual(quantiles)
    let sum = 0
    for (let k = 0; k < 6 * HORIZON; k++)
      if (!refused.has(Math.floor(k / HORIZON))) sum += at(quantiles, 3 * k + 2) - at(quantiles, 3 * k)
    return sum
  }
  const [sure, mixed] = [await width(0), await width(20)]
  expect(mixed).toBeGreaterThan(1.01 * sure)
})

test('moved examples change what is learned', async () => {
  const said = async (adversarial: number) =>
    (await (await fitted({ training: { adversarial } })).forecast(shopWindow(), ask, run)).mean
  expect(await said(0.2)).not.toEqual(await said(0))
})
