import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { writeModel } from '../../../tensor/onnx/write.ts'
import { session } from '../../../tensor/runtime.ts'
import type { Arrays } from '../../../tensor/train/arrays.ts'
import { batchesOf, batchOf } from './batches.ts'
import { examplesOf, type PanelExamples } from './examples.ts'
import { examplesAt, orderOf } from './order.ts'
import { preparationOf } from './preparation.ts'
import { shopWindow } from './shop.case.ts'
import { batchesAhead } from './worker.ts'

const shop = async () =>
  await examplesOf(
    shopWindow(),
    await preparationOf(shopWindow(), { context: 10, units: ['demand'], groups: [['store']], identity: true }),
  )
const DRAW = { seed: 3, size: 32 }

test('an order has every example once', () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat(9), fc.integer({ min: 1, max: 3000 }), (seed, epoch, count) => {
      const order = orderOf(seed, epoch, count)
      const found = Array.from({ length: count }, (_, place) => order(place))
      expect(found.toSorted((a, b) => a - b)).toEqual(found.map((_, k) => k))
    }),
    { numRuns: 100 },
  )
})

test('orders look like chance: every example comes anywhere, neighbours part, epochs and seeds differ', () => {
  const count = 20
  const epochs = 4000
  const times = new Float64Array(count * count)
  let beside = 0
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = orderOf(1, epoch, count)
    for (let place = 0; place < count; place++) {
      times[place * count + order(place)] = (times[place * count + order(place)] as number) + 1
      if (place > 0 && Math.abs(order(place) - order(place - 1)) === 1) beside++
    }
  }
  const expected = epochs / count
  const chi = times.reduce((sum, seen) => sum + (seen - expected) ** 2 / expected, 0)
  // (count − 1)² degrees of freedom: mean 361, deviation 27.
  expect(chi).toBeGreaterThan(361 - 5 * 27)
  expect(chi).toBeLessThan(361 + 5 * 27)
  // Of count − 1 pairs of neighbours a share 2 / count are of numbers beside each other.
  expect(Math.abs(beside / epochs - (2 * (count - 1)) / count)).toBeLessThan(0.15)
  const far = (seed: number, epoch: number) => Array.from({ length: 100 }, (_, k) => orderOf(seed, epoch, 1e6)(k))
  expect(far(1, 0)).not.toEqual(far(2, 0))
  expect(far(1, 0)).not.toEqual(far(1, 1))
})

test('a step has its examples by itself, and an epoch each of them once', () => {
  const count = 103
  const drawn = Array.from({ length: count }, (_, step) => [...examplesAt(5, step, 10, count)]).flat()
  expect(examplesAt(5, 77, 10, count)).toEqual(Int32Array.from(drawn.slice(770, 780)))
  for (let epoch = 0; epoch < 10; epoch++)
    expect(new Set(drawn.slice(epoch * count, (epoch + 1) * count)).size).toBe(count)
  expect(() => examplesAt(5, 0, 10, 0)).toThrow('no ')
})

test('batches of a worker are those of the calling thread to the last bit, wherever one begins', async () => {
  const examples = await shop()
  const here = batchesOf(examples, DRAW)
  const there = batchesAhead(examples, DRAW)
  const plain = batchOf(examples.frame, DRAW.size)
  try {
    for (const step of [...Array.from({ length: 40 }, (_, k) => k), 7, 8, 9, 1000, 1001, 3]) {
      const batch = await there.next(step)
      expect(batch).toEqual(await here.next(step))
      if (step % 5 === 0) {
        await there.put(step + 1, plain as unknown as Arrays)
        expect(plain).toEqual(await here.next(step + 1))
        await there.next(step)
      }
    }
    const fourth = (await here.next(4)).target.slice()
    expect((await here.next(5)).target).not.toEqual(fourth)
  } finally {
    await there.close()
  }
})

test('a single slot will do, and the runtime reads it where it lies', async () => {
  const examples = await shop()
  const there = batchesAhead(examples, { ...DRAW, slots: 1 })
  const dims = [DRAW.size, examples.frame.context]
  const same = await session(
    writeModel({
      irVersion: 10,
      opsets: { '': 21 },
      graph: {
        name: 'same',
        nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
        inputs: [{ name: 'x', type: 'float32', dims }],
        outputs: [{ name: 'y', type: 'float32', dims }],
      },
    }),
    { threads: 1 },
  )
  try {
    for (let step = 0; step < 10; step++) {
      const { target } = await there.next(step)
      const { y } = await same.run({ x: { type: 'float32', dims, data: target } })
      expect(y?.data).toEqual((await batchesOf(examples, DRAW).next(step)).target)
    }
  } finally {
    await there.close()
    await same.dispose()
  }
})

test('what goes wrong in the worker comes out here, and none are left waiting', async () => {
  const examples = await shop()
  const { laid } = examples
  const broken = { ...laid, arrays: { ...laid.arrays, seen: undefined as unknown as Float32Array } }
  const there = batchesAhead({ ...examples, laid: broken } as PanelExamples, DRAW)
  await expect(there.next(0)).rejects.toThrow(/undefined/)
  await there.close()
  const none = batchesAhead({ ...examples, count: 0 }, DRAW)
  await expect(none.next(0)).rejects.toThrow('no ')
  await none.close()
})

test('a process that has closed its batches ends', () => {
  const code = `
    const { shopWindow } = await import(${JSON.stringify(new URL('./shop.case.ts', import.meta.url).href)})
    const { preparationOf } = await import(${JSON.stringify(new URL('./preparation.ts', import.meta.url).href)})
    const { examplesOf } = await import(${JSON.stringify(new URL('./examples.ts', import.meta.url).href)})
    const { batchesAhead } = await import(${JSON.stringify(new URL('./worker.ts', import.meta.url).href)})
    const examples = await examplesOf(shopWindow(), await preparationOf(shopWindow(), { context: 10 }))
    const batches = batchesAhead(examples, { seed: 1, size: 8 })
    for (let step = 0; step < 5; step++) await batches.next(step)
    await batches.close()
    console.log('drawn')`
  // In a file of its own: worker threads inherit what a process is started with, and code on the command line with it.
  const folder = mkdtempSync(join(tmpdir(), 'foretide-batches-'))
  writeFileSync(join(folder, 'draw.mjs'), code)
  const ended = spawnSync(process.execPath, ['--conditions=source', join(folder, 'draw.mjs')], {
    timeout: 30_000,
    encoding: 'utf8',
  })
  rmSync(folder, { recursive: true })
  expect(ended.stderr).toBe('')
  expect(ended.stdout).toBe('drawn\n')
  expect(ended.status).toBe(0)
})
