import { expect, test } from 'vitest'
import { at } from '../../core/panel.ts'
import { runOf } from '../../core/run.ts'
import { predictorOf } from '../../tensor/train/predictor.ts'
import { batchOf } from '../neural/examples/batches.ts'
import { corpusDrawer } from './corpus/draw.ts'
import { pretrain } from './pretrain.ts'
import { frameAt, PATCH } from './shape.ts'
import { type Pretrained, swellForecaster } from './swell.ts'

const run = runOf({ seed: 1, threads: 1 })
const SIZES = { context: 2 * PATCH, horizon: PATCH }
const PLAN = { name: 'taught', batch: 32, rate: 3e-3, ...SIZES }
const network = { width: 16, layers: 1, heads: 2, hidden: 32 }

/** What models say of one batch that none of them learned from. */
async function saidOf(models: readonly Pretrained[]): Promise<Float32Array[]> {
  const room = batchOf(frameAt(SIZES.context, SIZES.horizon), 32)
  corpusDrawer({ grounds: [], seed: 99 }, SIZES)(0, 32, room)
  return Promise.all(
    models.map(async ({ options, weights }) => {
      const forecaster = swellForecaster(options, SIZES.context, SIZES.horizon)
      const { inputs, outputs, run: through, dispose } = await predictorOf(forecaster, weights, { batch: 32 })
      for (const [name, array] of Object.entries(inputs)) (array as Float32Array).set(room[name as 'target'])
      await through()
      const said = (outputs.outputs as Float32Array).slice()
      await dispose()
      return said
    }),
  )
}

const distance = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, k) => sum + Math.abs(x - at(b, k)), 0)

test('a student says what its teachers say on average, though they see patches of another length, and goes on from what it was', async () => {
  const of = async (options: object, steps: number, seed: number) =>
    (await pretrain({ ...PLAN, steps, network: options }, runOf({ ...run, seed }))).kept
  const teachers = [await of({ ...network, patch: 16 }, 60, 2), await of(network, 60, 3)]
  const first = await of(network, 20, 4)
  const { kept: student } = await pretrain({ ...PLAN, steps: 150, from: first, teachers, truths: 0 }, run)
  expect(student.options).toEqual(network)
  const [one, two, before, after] = (await saidOf([...teachers, first, student])) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ]
  const mean = one.map((x, k) => (x + at(two, k)) / 2)
  expect(distance(after, mean)).toBeLessThan(0.4 * distance(before, mean))
  expect(distance(after, mean)).toBeLessThan(distance(one, mean))
})
