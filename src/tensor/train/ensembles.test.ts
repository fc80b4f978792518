import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { at } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { type Progress, runOf } from '../../core/run.ts'
import { mean, mul, sub } from '../graph/operators.ts'
import type { Float } from '../graph/value.ts'
import { dense } from '../layers/dense.ts'
import { learnerOf } from './learner.ts'
import type { Network } from './network.ts'
import { type Source, type TrainOptions, train } from './train.ts'

const BATCH = 8
const FEATURES = 3
const line: Network = {
  inputs: { x: { shape: [FEATURES] } },
  labels: { y: { shape: [1] } },
  forward: (p, { x }) => ({ y: dense(p.in('out'), x as Float, 1) }),
  loss({ y }, batch) {
    const error = sub(y as Float, batch.y as Float)
    return mean(mul(error, error))
  },
}
const chance: Source = {
  put(k, { x, y }) {
    const random = Random.of(k, 'batch')
    for (const array of [x, y] as Float32Array[]) for (let i = 0; i < array.length; i++) array[i] = random.normal()
  },
}

test('a step on examples moved along the sign of their gradient is that of the equation', async () => {
  const size = 0.25
  const rate = 0.1
  const start = Float32Array.of(0.5, -1, 0.25, 0.125)
  const options = { batch: BATCH, lanes: 1, threads: 1, seed: 1, optimiser: { kind: 'sgd' } } as const
  const adversarial = { inputs: ['x'], size }
  const learner = await learnerOf(line, { ...options, adversarial }, { parameters: start })
  await learner.step(0, rate, () => chance.put(0, learner.batch))
  const found = learner.rows.parameters as Float32Array
  const { x, y } = learner.batch as { x: Float32Array; y: Float32Array }
  // d (w·x + b − y)² / dx has the sign of (w·x + b − y) w; both losses count a half, and where examples move to is no part of the slope.
  const slope = new Float64Array(FEATURES + 1)
  for (let i = 0; i < BATCH; i++) {
    const own = [...x.subarray(i * FEATURES, (i + 1) * FEATURES)]
    const error = (given: readonly number[]) =>
      given.reduce((sum, v, f) => sum + v * at(start, f), at(start, FEATURES)) - at(y, i)
    const moved = own.map((v, f) => v + size * Math.sign(error(own) * at(start, f)))
    for (const given of [own, moved])
      for (const [f, v] of [...given, 1].entries()) slope[f] = at(slope, f) + error(given) * v * (1 / BATCH)
  }
  for (const [f, w] of start.entries()) expect(at(found, f)).toBeCloseTo(w - rate * at(slope, f), 5)
  await learner.dispose()
})

test('weights are kept at the end of each cycle, and by a training that was cut off, too', async () => {
  const options: TrainOptions = {
    batch: BATCH,
    lanes: 1,
    threads: 1,
    steps: 50,
    rate: 0.05,
    snapshots: 3,
    schedule: { kind: 'cosine', cycles: 3 },
  }
  const whole = await train(line, chance, options, runOf({ seed: 3, threads: 1 }))
  expect(whole.snapshots).toHaveLength(3)
  expect(whole.snapshots[2]?.row).toEqual(whole.weights.row)
  // Each is what a training of as many steps at the same rates ends with: the first after 17 of 50.
  const cut = await learnerOf(line, { ...options, seed: 3, optimiser: { kind: 'adamw' } })
  for (let s = 0; s < 17; s++)
    await cut.step(s, 0.025 * (1 + Math.cos((Math.PI * 3 * s) / 50)), (k) => chance.put(s + k, cut.batch))
  for (const [k, w] of (whole.snapshots[0]?.row ?? []).entries())
    expect(at(cut.rows.parameters as Float32Array, k)).toBeCloseTo(w, 5)
  await cut.dispose()

  const folder = await mkdtemp(join(tmpdir(), 'foretide-snapshots-'))
  const checkpoint = { folder, every: 10 }
  const abort = new AbortController()
  const progress = ({ done }: Progress) => {
    if (done === 25) abort.abort()
  }
  const run = runOf({ seed: 3, threads: 1, signal: abort.signal, progress })
  await expect(train(line, chance, { ...options, checkpoint }, run)).rejects.toThrow(/interrupt/i)
  const resumed = await train(line, chance, { ...options, checkpoint }, runOf({ seed: 3, threads: 1 }))
  expect(resumed.snapshots.map(({ row }) => row)).toEqual(whole.snapshots.map(({ row }) => row))
  await rm(folder, { recursive: true })
})
