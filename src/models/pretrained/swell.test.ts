import { expect, test } from 'vitest'
import { Calendar } from '../../core/calendar.ts'
import { askOf } from '../../core/forecast.ts'
import { at, panelOf } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { runOf } from '../../core/run.ts'
import { memorySource } from '../../store/source.ts'
import { windowAt } from '../../store/window.ts'
import { predictorOf } from '../../tensor/train/predictor.ts'
import { batchOf } from '../neural/examples/batches.ts'
import { corpusDrawer } from './corpus/draw.ts'
import { corpusBatches } from './corpus/source.ts'
import { writerOf } from './example.ts'
import { finetune } from './finetune.ts'
import { groundOf, toldOf } from './ground.ts'
import { pretrain } from './pretrain.ts'
import { frameAt, LEVELS, PATCH } from './shape.ts'
import { type Pretrained, swellForecast, swellForecaster } from './swell.ts'

const run = runOf({ seed: 1, threads: 1 })
const OPTIONS = { width: 32, layers: 1, heads: 2, hidden: 64 }
const SIZES = { context: 2 * PATCH, horizon: PATCH }

/** Shops of which no network has seen anything: weekends are busy. */
function shop() {
  const series = Array.from({ length: 24 }, (_, i) => {
    const random = Random.of(i, 'shop')
    const level = 3 * 10 ** (i % 3)
    const values = Array.from({ length: 76 }, (_, t) => random.poisson(level * (t % 7 >= 5 ? 1.8 : 0.7)))
    return { id: `item ${i}`, start: 0, values }
  })
  return panelOf(series, { calendar: new Calendar({ unit: 'day' }) })
}

/** A small network that has learned from nothing but synthetic series. */
async function learned(): Promise<Pretrained> {
  const options = { name: 'swell', network: OPTIONS, batch: 64, steps: 500, rate: 3e-3, ...SIZES }
  return (await pretrain(options, run)).kept
}
const kept = learned()

test('what was learned from synthetic series alone forecasts others', async () => {
  const panel = shop()
  const window = windowAt(memorySource(panel), 61, 14)
  const { mean, quantiles, levels } = await swellForecast(await kept, window, askOf({ levels: [0.1, 0.5, 0.9] }), run)
  let [own, naive, inside, total] = [0, 0, 0, 0]
  for (let i = 0; i < 24; i++)
    for (let h = 0; h < 14; h++) {
      const truth = at(panel.target, i * 76 + 62 + h)
      const scale = 3 * 10 ** (i % 3)
      own += Math.abs(truth - at(mean, i * 14 + h)) / scale
      naive += Math.abs(truth - at(panel.target, i * 76 + 61)) / scale
      const place = (i * 14 + h) * levels.length
      expect(at(quantiles, place)).toBeLessThanOrEqual(at(quantiles, place + 1))
      if (truth >= at(quantiles, place) && truth <= at(quantiles, place + 2)) inside++
      total++
    }
  expect(own / naive).toBeLessThan(0.75)
  expect(inside / total).toBeGreaterThan(0.6)
  // Patches in which nothing was observed, and steps further ahead, change nothing: fewer of them say the same.
  const ground = await groundOf(window)
  const answers: Float32Array[] = []
  for (const [context, horizon] of [
    [2 * PATCH, PATCH],
    [4 * PATCH, PATCH],
    [2 * PATCH, 2 * PATCH],
  ] as const) {
    const predictor = await predictorOf(swellForecaster(OPTIONS, context, horizon), (await kept).weights, {
      batch: 1,
      threads: 1,
    })
    const room = { ...batchOf(frameAt(context, horizon), 1), ...predictor.inputs }
    const told = toldOf(ground, 0, 61)
    writerOf({ context, horizon }).write({ ...told, from: 14 }, 0, room)
    await predictor.run()
    answers.push((predictor.outputs.outputs as Float32Array).slice())
    await predictor.dispose()
  }
  for (const other of answers.slice(1))
    for (let k = 0; k < PATCH * LEVELS.length; k++)
      expect(Math.abs(at(answers[0] ?? [], k) - at(other, k))).toBeLessThan(1e-4)
})

test('batches of a corpus are the same on whatever thread they are drawn, real windows among them', async () => {
  const ground = await groundOf(windowAt(memorySource(shop()), 61, 1))
  const corpus = { grounds: [{ ground, share: 0.5 }], seed: 5 }
  const source = corpusBatches(corpus, { size: 16, ...SIZES })
  const room = batchOf(frameAt(SIZES.context, SIZES.horizon), 16)
  try {
    for (const step of [0, 1, 2]) {
      corpusDrawer(corpus, SIZES)(step, 16, room)
      const drawn = await source.next(step)
      for (const name of ['target', 'known', 'statics', 'truth', 'weight'] as const)
        expect(Array.from(drawn[name] ?? [])).toEqual(Array.from(room[name] ?? []))
    }
  } finally {
    await source.close()
  }
})

test.each(['heads', 'adapters', 'all'] as const)(
  'a shop of its own kind is learned in a moment, by %s',
  async (parts) => {
    // Every fifth day sells four times as much: no season that the model was shown.
    const series = Array.from({ length: 24 }, (_, i) => {
      const random = Random.of(i, 'odd')
      const values = Array.from({ length: 120 }, (_, t) => random.poisson(10 * (t % 5 === 0 ? 4 : 1)))
      return { id: `item ${i}`, start: 0, values }
    })
    const window = windowAt(memorySource(panelOf(series, { calendar: new Calendar({ unit: 'day' }) })), 105, 7)
    const before = await kept
    const tuned = await finetune(before, window, { parts, steps: 100, batch: 32, rate: 3e-3 }, run)
    expect(tuned.after).toBeLessThan((parts === 'heads' ? 0.98 : 0.9) * tuned.before)
    const changed = tuned.kept.weights.places.filter(({ from, to }) => {
      const row = tuned.kept.weights.row.subarray(from, to)
      return row.some((w, k) => w !== at(before.weights.row, from + k))
    })
    if (parts === 'heads') expect(changed.every(({ name }) => /^(out|step|norm)\./.test(name))).toBe(true)
    if (parts === 'all') expect(changed.length).toBeGreaterThan(0.9 * tuned.kept.weights.places.length)
  },
)
