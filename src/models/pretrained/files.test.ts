import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { Calendar } from '../../core/calendar.ts'
import { askOf } from '../../core/forecast.ts'
import { at, panelOf } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { runOf } from '../../core/run.ts'
import { memorySource } from '../../store/source.ts'
import { windowAt } from '../../store/window.ts'
import { session } from '../../tensor/runtime.ts'
import { batchOf } from '../neural/examples/batches.ts'
import { corpusDrawer } from './corpus/draw.ts'
import { loadPretrained, savePretrained } from './files.ts'
import { finetune } from './finetune.ts'
import { pretrain } from './pretrain.ts'
import { AHEAD, frameAt, LEVELS } from './shape.ts'
import { swellForecast } from './swell.ts'

const run = runOf({ seed: 1, threads: 1 })
const folder = mkdtempSync(join(tmpdir(), 'foretide-pretrained-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const network = { width: 32, layers: 1, heads: 2, hidden: 64 }
const { kept: trained } = await pretrain({ name: 'tiny', network, batch: 64, steps: 500, rate: 3e-3 }, run)
const from = join(folder, 'tiny')
const { kept, manifest } = await savePretrained(trained, from, { corpus: [], steps: 200, batch: 64, seconds: 1 })

function shop(horizon: number) {
  const series = Array.from({ length: 12 }, (_, i) => {
    const random = Random.of(i, 'shop')
    const values = Array.from({ length: 200 }, (_, t) => random.poisson(10 * (i + 1) * (t % 7 >= 5 ? 2 : 0.6)))
    return { id: `item ${i}`, start: 0, values }
  })
  return windowAt(memorySource(panelOf(series, { calendar: new Calendar({ unit: 'day' }) })), 99, horizon)
}

test('what is read is what was written, rounded to 16 bits', async () => {
  const read = await loadPretrained(from)
  expect(read.manifest).toEqual(manifest)
  expect(read.manifest.network).toEqual({ patch: 32, dropout: 0, ...network })
  const bytes = (name: string) => readFileSync(join(from, name)).length
  expect(bytes('weights.safetensors')).toBeLessThan(2.3 * kept.weights.row.length)
  const ask = askOf()
  const [first, second] = [
    await swellForecast(kept, shop(20), ask, run),
    await swellForecast(read.kept, shop(20), ask, run),
  ]
  expect(second.quantiles).toEqual(first.quantiles)
  const unrounded = await swellForecast(trained, shop(20), ask, run)
  for (let k = 0; k < first.mean.length; k++)
    expect(Math.abs(at(first.mean, k) / at(unrounded.mean, k) - 1)).toBeLessThan(0.02)
})

test('the network by itself says the same to any runtime', async () => {
  const bytes = readFileSync(join(from, 'network.onnx'))
  const model = await session(bytes, { threads: 1 })
  const room = batchOf(frameAt(), manifest.batch)
  corpusDrawer({ grounds: [], seed: 3 })(0, manifest.batch, room)
  const { context, horizon, known, past, statics } = frameAt()
  const given = {
    target: { type: 'float32', dims: [32, context], data: room.target },
    observed: { type: 'float32', dims: [32, context], data: room.observed },
    past: { type: 'float32', dims: [32, context, past], data: room.past as Float32Array },
    known: { type: 'float32', dims: [32, context + horizon, known], data: room.known as Float32Array },
    statics: { type: 'float32', dims: [32, statics], data: room.statics as Float32Array },
  } as const
  const { outputs } = await model.run(given)
  await model.dispose()
  expect(outputs?.dims).toEqual([32, AHEAD, LEVELS.length])
  const rows = outputs?.data as Float32Array
  for (let k = 0; k < rows.length; k += LEVELS.length)
    for (let l = 1; l < LEVELS.length; l++) expect(at(rows, k + l)).toBeGreaterThanOrEqual(at(rows, k + l - 1))
})

test('a folder that holds no model is refused, naming the file', async () => {
  await expect(loadPretrained(join(folder, 'none'))).rejects.toThrow(/manifest\.json.*ENOENT/)
  const broken = join(folder, 'broken')
  await savePretrained(trained, broken)
  writeFileSync(join(broken, 'weights.safetensors'), new Uint8Array(100))
  await expect(loadPretrained(broken)).rejects.toThrow(/weights\.safetensors.*digest/)
  writeFileSync(join(broken, 'manifest.json'), '{"kind": "swell"}')
  await expect(loadPretrained(broken)).rejects.toThrow(/manifest\.json.*\(name\)/)
})

test('horizons of any length are answered, hardly surer far ahead than near, with the season going on', async () => {
  const horizon = 2 * AHEAD + 20
  const window = shop(horizon)
  const { mean, quantiles, levels } = await swellForecast(kept, window, askOf({ levels: [0.1, 0.5, 0.9] }), run)
  const short = await swellForecast(kept, shop(AHEAD), askOf({ levels: [0.1, 0.5, 0.9] }), run)
  let [near, far, busy, calm] = [0, 0, 0, 0]
  for (let i = 0; i < 12; i++) {
    for (let h = 0; h < AHEAD; h++) expect(at(mean, i * horizon + h)).toBeCloseTo(at(short.mean, i * AHEAD + h), 4)
    for (let h = 0; h < horizon; h++) {
      const place = (i * horizon + h) * levels.length
      const width = (at(quantiles, place + 2) - at(quantiles, place)) / (i + 1)
      if (h < 28) near += width / 28
      if (h >= horizon - 28) {
        far += width / 28
        if ((100 + h) % 7 >= 5) busy += at(mean, i * horizon + h) / (i + 1) / 8
        else calm += at(mean, i * horizon + h) / (i + 1) / 20
      }
    }
  }
  // Demand of this shop does not wander: a network that has learned little may well be as sure of a day in a season's time.
  expect(far).toBeGreaterThan(0.8 * near)
  expect(busy / calm).toBeGreaterThan(1.05)
})

test('learning on is never worse on the newest horizon, with hidden patches told first, rehearsal and all', async () => {
  const options = { masked: 30, steps: 60, batch: 32, rate: 2e-3, rehearse: 0.3, refit: true }
  const tuned = await finetune(kept, shop(7), options, run)
  expect(tuned.after).toBeLessThan(tuned.before)
  expect(tuned.steps).toBeGreaterThan(0)
  // What was read from files, whose tensors stand in another order, learns the same.
  const { kept: read } = await loadPretrained(from)
  expect(read.weights.places.map(({ name }) => name)).not.toEqual(kept.weights.places.map(({ name }) => name))
  const again = await finetune(read, shop(7), options, run)
  expect([again.before, again.after]).toEqual([tuned.before, tuned.after])
  // A rate at which nothing is learned leaves the model as it came.
  const spoilt = await finetune(kept, shop(7), { steps: 5, batch: 32, rate: 10, patience: 2 }, run)
  expect(spoilt.after).toBe(spoilt.before)
  expect(spoilt.kept.weights.row).toEqual(kept.weights.row)
})

test('hidden patches of the past are learned to be told', async () => {
  const { maskedBatches, recaller } = await import('./masked.ts')
  const { groundOf } = await import('./ground.ts')
  const { train } = await import('../../tensor/train/train.ts')
  const source = maskedBatches(await groundOf(shop(7)), 32, 1)
  const plan = { batch: 32, rate: 3e-3, clip: 1, from: kept.weights, lanes: 1 }
  const before = await train(recaller(kept.options), source, { ...plan, steps: 1 }, run)
  const after = await train(recaller(kept.options), source, { ...plan, steps: 120 }, run)
  expect(after.curve.at(-1)?.loss).toBeLessThan(0.6 * (before.curve[0]?.loss ?? 0))
})
