import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Calendar } from '../../../core/calendar.ts'
import { at, Mask, type Panel, panelOf } from '../../../core/panel.ts'
import { Random } from '../../../core/random.ts'
import { runOf } from '../../../core/run.ts'
import { memorySource } from '../../../store/source.ts'
import { windowAt } from '../../../store/window.ts'
import type { Float } from '../../../tensor/graph/value.ts'
import { evaluated, numbers } from '../../../tensor/layers/evaluated.case.ts'
import { learnAutoencoder, loadAutoencoder } from './autoencoder.ts'
import { divergence } from './network.ts'

const LENGTH = 140
const run = runOf({ seed: 2, threads: 1 })
const quick = { context: 28, latent: 4, hidden: [64, 32], leastSteps: 700, mostSteps: 700, batch: 128, rate: 3e-3 }

/** Items that sell on weekends or on weekdays, ever more or ever less over the weeks. */
function shop(change: (y: number, i: number, t: number) => number = (y) => y): Panel {
  const series = Array.from({ length: 40 }, (_, i) => {
    const random = Random.of(i, 'items')
    const level = 30 * 4 ** random.uniform()
    const weekend = i % 2 === 0
    const values = Array.from({ length: LENGTH }, (_, t) => {
      const busy = t % 7 >= 5 === weekend ? 1.6 : 0.6
      return change(random.poisson(level * busy), i, t)
    })
    return { id: `item ${i}`, start: 4, values }
  })
  return panelOf(series, { calendar: new Calendar({ unit: 'day' }) })
}
const windowOf = (panel: Panel) => windowAt(memorySource(panel), 4 + LENGTH - 1, 1)

test('the divergence is that of its equation, and that of draws', async () => {
  const [middle, spread] = [numbers([2, 3], 1), numbers([2, 3], 2)]
  const { found } = await evaluated({ m: [[2, 3], middle], s: [[2, 3], spread] }, (_, { m, s }) => ({
    kl: divergence(m as Float, s as Float),
  }))
  const random = Random.of(4, 'divergence')
  let drawn = 0
  const draws = 200_000
  for (const [k, m] of middle.entries()) {
    const deviation = Math.exp(at(spread, k) / 2)
    for (let d = 0; d < draws; d++) {
      const z = random.normal()
      const x = m + deviation * z
      // log q − log p at a draw from q.
      drawn += (-0.5 * z * z - Math.log(deviation) + 0.5 * x * x) / draws
    }
  }
  expect(Math.abs(at(found.kl, 0) - drawn / 2)).toBeLessThan(0.02)
  // ½ Σ (σ² + μ² − 1 − log σ²), the mean of both examples.
  const closed = middle.reduce((sum, m, k) => sum + (Math.exp(at(spread, k)) + m * m - 1 - at(spread, k)) / 2, 0) / 2
  expect(at(found.kl, 0)).toBeCloseTo(closed, 5)
})

test.each([true, false])('planted anomalies are found, variational: %s', async (variational) => {
  const planted = new Set<string>()
  const panel = shop((y, i, t) => {
    // Spikes, and days on which nothing was written down.
    const kind = (i * 31 + t * 7) % 97
    if (t < 30 || i % 4 === 3) return y
    if (kind === 5) {
      planted.add(`${i}:${t}`)
      return 3 * y + 20
    }
    if (kind === 50) {
      planted.add(`${i}:${t}`)
      return 0
    }
    return y
  })
  const encoder = await learnAutoencoder(windowOf(panel), { ...quick, variational }, run)
  const all = await encoder.anomalies(windowOf(panel), run)
  const scored = all.flatMap(({ scores, id }) => {
    const i = Number(id.split(' ')[1])
    return [...scores].map((score, t) => ({ score, there: planted.has(`${i}:${t}`) }))
  })
  const order = scored.filter(({ score }) => !Number.isNaN(score)).sort((a, b) => a.score - b.score)
  // The area under the curve of true against false alarms is the share of pairs in the right order.
  let [ranks, count] = [0, 0]
  order.forEach(({ there }, rank) => {
    if (!there) return
    ranks += rank + 1
    count++
  })
  expect(count).toBe(planted.size)
  const area = (ranks - (count * (count + 1)) / 2) / (count * (order.length - count))
  expect(area).toBeGreaterThan(0.97)
  const top = order.slice(-count).filter(({ there }) => there).length / count
  expect(top).toBeGreaterThan(0.75)
  // Usual days lie within their range.
  let [inside, usual] = [0, 0]
  for (const { id, low, high, scores } of all) {
    const i = Number(id.split(' ')[1])
    for (let t = 0; t < scores.length; t++) {
      if (planted.has(`${i}:${t}`)) continue
      const y = at(panel.target, i * LENGTH + t)
      usual++
      if (y >= at(low, t) && y <= at(high, t)) inside++
    }
  }
  expect(inside / usual).toBeGreaterThan(0.9)
  expect(inside / usual).toBeLessThan(0.99)
})

test('new series are like those that were learned, and none of them', async () => {
  const panel = shop()
  const encoder = await learnAutoencoder(
    windowOf(panel),
    { ...quick, leastSteps: 2000, mostSteps: 2000, noise: 0 },
    run,
  )
  const made = await encoder.synthetic(300, 7)
  expect(await encoder.synthetic(300, 7)).toEqual(made)
  expect(made.every((y) => y.every((v) => v >= 0 && Number.isInteger(v)))).toBe(true)
  const weekly = (y: ArrayLike<number>) => {
    const x = Array.from(y)
    const mean = x.reduce((a, b) => a + b, 0) / x.length
    const c = (lag: number) => x.slice(lag).reduce((sum, v, t) => sum + (v - mean) * ((x[t] as number) - mean), 0)
    return c(7) / c(0)
  }
  const mean = (x: readonly number[]) => x.reduce((a, b) => a + b, 0) / x.length
  const real = Array.from({ length: 40 }, (_, i) => panel.target.slice(i * LENGTH + 100, i * LENGTH + 128))
  expect(Math.abs(mean(made.map(weekly)) - mean(real.map(weekly)))).toBeLessThan(0.2)
  const level = (all: readonly Float64Array[]) => mean(all.map((y) => mean([...y])))
  expect(Math.abs(level(made) / level(real) - 1)).toBeLessThan(0.2)
  // Both kinds of weeks come up, and no window is one that was seen.
  const windows = new Set(
    Array.from({ length: 40 }, (_, i) => i).flatMap((i) =>
      Array.from({ length: LENGTH - 27 }, (_, t) => panel.target.slice(i * LENGTH + t, i * LENGTH + t + 28).join()),
    ),
  )
  expect(made.some((y) => windows.has(y.join()))).toBe(false)
  await expect(
    (
      await learnAutoencoder(windowOf(panel), { ...quick, variational: false, leastSteps: 2, mostSteps: 2 }, run)
    ).synthetic(1, 1),
  ).rejects.toThrow(/variational/)
})

/** The same items, the first one closed for four days; what stands there is not to be looked at. */
function closedShop(hidden: number): Panel {
  const panel = shop((y, i, t) => (i === 0 && t > 120 && t < 125 ? hidden : y))
  panel.mask.fill(Mask.closed, 121, 125)
  return panel
}

test('families lie together; what is hidden does not matter; what is saved answers the same', async () => {
  const panel = closedShop(0)
  const encoder = await learnAutoencoder(windowOf(panel), quick, run)
  const { ids, vectors } = await encoder.embed(windowOf(panel), run)
  const distance = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, k) => sum + (x - at(b, k)) ** 2, 0)
  const alike = ids.filter((_, i) => {
    const others = ids.map((_, j) => j).filter((j) => j !== i)
    const near = others.reduce((best, j) =>
      distance(vectors[i] as Float32Array, vectors[j] as Float32Array) <
      distance(vectors[i] as Float32Array, vectors[best] as Float32Array)
        ? j
        : best,
    )
    return near % 2 === i % 2
  })
  expect(alike.length / ids.length).toBeGreaterThanOrEqual(0.9)
  const found = await encoder.anomalies(windowOf(panel), run)
  expect([...(found[0]?.scores ?? [])].map(Number.isNaN).filter(Boolean)).toHaveLength(4)
  const other = await (await learnAutoencoder(windowOf(closedShop(1e6)), quick, run)).anomalies(
    windowOf(closedShop(77)),
    run,
  )
  expect(other).toEqual(found)
  const path = await mkdtemp(join(tmpdir(), 'foretide-autoencoder-'))
  try {
    const { files } = await encoder.save({ path })
    expect(files).toContain('autoencoder.onnx')
    const again = await loadAutoencoder({ path })
    expect(await again.anomalies(windowOf(panel), run)).toEqual(found)
    expect(await again.synthetic(20, 3)).toEqual(await encoder.synthetic(20, 3))
    expect(await again.embed(windowOf(panel), run)).toEqual({ ids, vectors })
  } finally {
    await rm(path, { recursive: true })
  }
})
