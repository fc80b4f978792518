import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { at } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { runOf } from '../../core/run.ts'
import { type TableBlock, tableOf } from '../table.ts'
import { boosting } from './boosting.ts'
import { treeCount } from './ensemble.ts'
import { forest } from './forest.ts'
import type { ObjectiveOptions } from './objectives/objective.ts'
import type { BoostingOptions } from './options.ts'

const run = runOf({ threads: 1 })
const FEATURES = ['wave', 'step', 'noise', { name: 'kind', categorical: true }] as const

/** Rows with a smooth, a stepwise and a categorical effect, a column that means nothing, and missing values. */
function planted(rows: number, seed = 1, noise = 0.3): Required<Pick<TableBlock, 'target'>> & TableBlock {
  const random = new Random(seed)
  const columns = [0, 1, 2, 3].map(() => new Float32Array(rows))
  const [waves, steps, noises, kinds] = columns as [Float32Array, Float32Array, Float32Array, Float32Array]
  const target = new Float64Array(rows)
  for (let i = 0; i < rows; i++) {
    const wave = random.normal()
    const step = random.uniform()
    const kind = random.integer(12)
    waves[i] = random.uniform() < 0.1 ? Number.NaN : wave
    steps[i] = step
    noises[i] = random.normal()
    kinds[i] = kind
    const effect = Math.sin(2 * wave) + (step > 0.6 ? 2 : 0) + (kind % 3 === 1 ? 1.5 : 0)
    target[i] = effect + noise * random.normal()
  }
  return { rows, columns, target }
}

const meanSquare = (predictions: Float64Array, target: ArrayLike<number>) =>
  predictions.reduce((sum, p, i) => sum + (p - at(target, i)) ** 2, 0) / predictions.length

async function scored(options: BoostingOptions, rows = 4000): Promise<number> {
  const fitted = await boosting({ rounds: 60, ...options }).fit(tableOf(FEATURES, planted(rows)), run)
  const fresh = planted(2000, 2)
  return meanSquare(await fitted.predict(fresh, run), fresh.target)
}

describe('boosting', () => {
  test('learns planted effects nearly to the noise', async () => {
    // Noise 0.09; where `wave` is missing (a tenth of the rows) its variance of about 0.49 cannot be known.
    expect(await scored({})).toBeLessThan(0.09 + 0.05 + 0.06)
  })

  test('gives the same to the last bit whatever the threads', async () => {
    const table = tableOf(FEATURES, planted(60_000))
    const options: BoostingOptions = {
      rounds: 8,
      rowShare: 0.7,
      featureShare: 0.8,
      featureShareByNode: 0.7,
      leaves: 40,
      seed: 5,
    }
    const [one, two, three] = await Promise.all(
      [1, 2, 3].map(async (threads) => (await boosting(options).fit(table, runOf({ threads }))).ensemble),
    )
    expect(two).toEqual(one)
    expect(three).toEqual(one)
    const other = (await boosting({ ...options, seed: 6 }).fit(table, run)).ensemble
    expect(other.threshold).not.toEqual(one?.threshold)
  })

  test.each<[string, BoostingOptions, number]>([
    ['sampled rows', { rowShare: 0.5 }, 0.22],
    ['GOSS', { goss: { top: 0.2, other: 0.2 } }, 0.24],
    ['bootstrap', { bootstrap: true }, 0.24],
    ['sampled features', { featureShare: 0.5 }, 0.3],
    ['features by node', { featureShareByNode: 0.5 }, 0.24],
    ['extra trees', { extra: true, rounds: 150 }, 0.3],
    ['few bins', { bins: 16 }, 0.25],
    ['depth 3', { depth: 3 }, 0.24],
    ['L1 and L2', { l1: 2, l2: 5 }, 0.22],
    ['path smoothing', { pathSmoothing: 5 }, 0.22],
    ['huber', { objective: { loss: 'huber', delta: 1 } }, 0.25],
    ['l1', { objective: { loss: 'l1' } }, 0.4],
  ])('still learns with %s', async (_, options, most) => {
    expect(await scored(options)).toBeLessThan(most)
  })

  test('leaves, depth, rows of leaves and least gain are kept to', async () => {
    const table = tableOf(FEATURES, planted(3000))
    const { ensemble } = await boosting({ rounds: 5, leaves: 9, depth: 3, minRows: 50, minGain: 5 }).fit(table, run)
    for (let t = 0; t < treeCount(ensemble); t++) {
      let leaves = 0
      const depth = new Map<number, number>([[at(ensemble.roots, t), 0]])
      for (let node = at(ensemble.roots, t); node < at(ensemble.roots, t + 1); node++) {
        expect(at(ensemble.cover, node)).toBeGreaterThanOrEqual(50)
        const deep = depth.get(node) as number
        if (at(ensemble.feature, node) < 0) {
          leaves++
          expect(deep).toBeLessThanOrEqual(3)
        } else {
          expect(at(ensemble.gain, node)).toBeGreaterThan(0)
          const [left, right] = [at(ensemble.left, node), at(ensemble.right, node)]
          expect(at(ensemble.cover, left) + at(ensemble.cover, right)).toBe(at(ensemble.cover, node))
          depth.set(left, deep + 1).set(right, deep + 1)
        }
      }
      expect(leaves).toBeLessThanOrEqual(8)
    }
  })

  test('a monotone constraint holds everywhere, and costs little where it is true', async () => {
    const random = new Random(3)
    const rows = 3000
    const price = Float32Array.from({ length: rows }, () => 1 + random.uniform())
    const other = Float32Array.from({ length: rows }, () => random.normal())
    const target = Float64Array.from(price, (p, i) => -3 * p + at(other, i) + 2 * random.normal())
    const table = tableOf(['price', 'other'], { rows, columns: [price, other], target })
    const fitted = await boosting({ rounds: 60, minRows: 5, monotone: { price: -1 } }).fit(table, run)
    const free = await boosting({ rounds: 60, minRows: 5 }).fit(table, run)
    const [prices, others] = [Float32Array.from({ length: 400 }, (_, i) => 1 + i / 400), new Float32Array(400)]
    const along = { rows: 400, columns: [prices, others] }
    const rises = async (model: typeof fitted) => {
      let count = 0
      for (const level of [-1, 0, 1]) {
        others.fill(level)
        const curve = await model.predict(along, run)
        for (let i = 1; i < 400; i++) if (at(curve, i) > at(curve, i - 1) + 1e-12) count++
      }
      return count
    }
    expect(await rises(fitted)).toBe(0)
    expect(await rises(free)).toBeGreaterThan(5)
  })

  test('interaction constraints keep features of two groups off one path', async () => {
    const interactions = [
      ['wave', 'noise'],
      ['step', 'kind'],
    ]
    const { ensemble } = await boosting({ rounds: 20, interactions }).fit(tableOf(FEATURES, planted(3000)), run)
    const walk = (node: number, seen: ReadonlySet<number>): void => {
      const feature = at(ensemble.feature, node)
      if (feature < 0) {
        const names = [...seen].map((f) => ensemble.features[f]?.name as string)
        expect(interactions.some((group) => names.every((name) => group.includes(name)))).toBe(true)
        return
      }
      walk(at(ensemble.left, node), new Set(seen).add(feature))
      walk(at(ensemble.right, node), new Set(seen).add(feature))
    }
    for (let t = 0; t < treeCount(ensemble); t++) walk(at(ensemble.roots, t), new Set())
  })

  test('weights count like repeated rows', async () => {
    const whole = planted(600)
    // Few distinct values, so that both tables have the same bins; no categories, whose rules count rows.
    const columns = whole.columns.slice(0, 3).map((c) => c.map((v) => Math.round(v * 5) / 5))
    const block = { ...whole, columns }
    const weight = Float64Array.from({ length: 600 }, (_, i) => (i % 3 === 0 ? 2 : 1))
    const repeated = Array.from({ length: 600 }, (_, i) => (i % 3 === 0 ? [i, i] : [i])).flat()
    const twice = {
      rows: repeated.length,
      columns: block.columns.map((c) => Float32Array.from(repeated, (i) => c[i] as number)),
      target: Float64Array.from(repeated, (i) => at(block.target, i)),
    }
    const options = { rounds: 1, learningRate: 1, leaves: 4, minRows: 1, minHessian: 30 }
    const a = await boosting(options).fit(tableOf(FEATURES.slice(0, 3), { ...block, weight }), run)
    const b = await boosting(options).fit(tableOf(FEATURES.slice(0, 3), twice), run)
    const [pa, pb] = [await a.predict(block, run), await b.predict(block, run)]
    for (let i = 0; i < 600; i++) expect(at(pa, i)).toBeCloseTo(at(pb, i), 2)
  })

  test('early stopping keeps the best round, and a warm start goes on from it', async () => {
    const noisy = tableOf(FEATURES, planted(600, 1, 2))
    const valid = tableOf(FEATURES, planted(2000, 7, 2))
    const options = { rounds: 400, patience: 10, minRows: 5 }
    const stopped = await boosting(options).fit(noisy, run, { valid })
    const best = stopped.validation.indexOf(Math.min(...stopped.validation))
    expect(treeCount(stopped.ensemble)).toBe(best + 1)
    expect(stopped.validation.length).toBe(best + 11)
    const short = await boosting({ rounds: 20 }).fit(noisy, run)
    const on = await boosting({ rounds: 20 }).fit(noisy, run, { from: short })
    const straight = await boosting({ rounds: 40 }).fit(noisy, run)
    expect(treeCount(on.ensemble)).toBe(40)
    const fresh = planted(500, 9)
    const gap = meanSquare(await on.predict(fresh, run), await straight.predict(fresh, run))
    expect(gap).toBeLessThan(0.15 * meanSquare(await short.predict(fresh, run), fresh.target))
  })

  test.each<[ObjectiveOptions, (effect: number, random: Random) => number, (mean: number) => number]>([
    [{ loss: 'poisson' }, (e, random) => random.poisson(Math.exp(e / 2)), (e) => Math.exp(e / 2)],
    [{ loss: 'tweedie', power: 1.3 }, (e, random) => random.poisson(Math.exp(e / 2)), (e) => Math.exp(e / 2)],
    [{ loss: 'gamma' }, (e, random) => Math.exp(e / 2) * -Math.log(1 - random.uniform()), (e) => Math.exp(e / 2)],
    [
      { loss: 'binary' },
      (e, random) => (random.uniform() < 1 / (1 + Math.exp(-e)) ? 1 : 0),
      (e) => 1 / (1 + Math.exp(-e)),
    ],
  ])('%o finds the mean of each kind of row', async (objective, draw, meanOf) => {
    const random = new Random(4)
    const rows = 8000
    const x = Float32Array.from({ length: rows }, () => random.integer(4))
    const target = Float64Array.from(x, (v) => draw(v - 1, random))
    const table = tableOf(['x'], { rows, columns: [x], target })
    const fitted = await boosting({ objective, rounds: 200 }).fit(table, run)
    const answers = await fitted.predict({ rows: 4, columns: [Float32Array.of(0, 1, 2, 3)] }, run)
    for (let v = 0; v < 4; v++) {
      const expected = meanOf(v - 1)
      expect(Math.abs(at(answers, v) - expected) / expected).toBeLessThan(0.1)
    }
  })

  test('an offset is where rows start from', async () => {
    const random = new Random(8)
    const rows = 6000
    const x = Float32Array.from({ length: rows }, () => random.integer(3))
    const offset = Float64Array.from({ length: rows }, () => random.normal())
    const target = Float64Array.from(x, (v, i) => random.poisson(Math.exp(at(offset, i) + v / 2)))
    const fitted = await boosting({ objective: { loss: 'poisson' }, rounds: 100 }).fit(
      tableOf(['x'], { rows, columns: [x], target, offset }),
      run,
    )
    const answers = await fitted.predict(
      { rows: 3, columns: [Float32Array.of(0, 1, 2)], offset: Float64Array.of(0, 0, 1) },
      run,
    )
    expect(at(answers, 0)).toBeCloseTo(1, 0)
    expect(Math.abs(Math.log(at(answers, 1)) - 0.5)).toBeLessThan(0.06)
    expect(Math.abs(Math.log(at(answers, 2)) - 2)).toBeLessThan(0.06)
  })

  test('several quantiles in one model cover what they say and never cross', async () => {
    const levels = [0.1, 0.25, 0.5, 0.75, 0.9]
    const random = new Random(6)
    const rows = 8000
    const x = Float32Array.from({ length: rows }, () => random.uniform())
    const draw = (v: number) => 3 * v + (0.2 + v) * random.normal()
    const target = Float64Array.from(x, draw)
    const fitted = await boosting({ objective: { loss: 'quantiles', levels }, rounds: 150, leaves: 8 }).fit(
      tableOf(['x'], { rows, columns: [x], target }),
      run,
    )
    expect(fitted.levels).toEqual(levels)
    const fresh = Float32Array.from({ length: 4000 }, () => random.uniform())
    const answers = await fitted.predict({ rows: 4000, columns: [fresh] }, run)
    const below = levels.map(() => 0)
    fresh.forEach((v, i) => {
      const y = draw(v)
      levels.forEach((_, k) => {
        if (y <= at(answers, i * 5 + k)) below[k] = (below[k] as number) + 1 / 4000
        if (k > 0) expect(at(answers, i * 5 + k)).toBeGreaterThanOrEqual(at(answers, i * 5 + k - 1))
      })
    })
    levels.forEach((level, k) => {
      expect(Math.abs((below[k] as number) - level)).toBeLessThan(0.035)
    })
    const wide = (v: number) => {
      const i = fresh.findIndex((x) => Math.abs(x - v) < 0.01)
      return at(answers, i * 5 + 4) - at(answers, i * 5)
    }
    expect(wide(0.9) / wide(0.1)).toBeGreaterThan(2)
  })

  test('softmax tells classes apart, and ranking puts the better first', async () => {
    const random = new Random(2)
    const rows = 3000
    const x = Float32Array.from({ length: rows }, () => random.uniform() * 3)
    const target = Float64Array.from(x, (v) => (random.uniform() < 0.9 ? Math.floor(v) : random.integer(3)))
    const fitted = await boosting({ objective: { loss: 'softmax', classes: 3 }, rounds: 40 }).fit(
      tableOf(['x'], { rows, columns: [x], target }),
      run,
    )
    const answers = await fitted.predict({ rows: 3, columns: [Float32Array.of(0.5, 1.5, 2.5)] }, run)
    for (let v = 0; v < 3; v++) {
      expect(at(answers, v * 4)).toBeGreaterThan(0.8)
      expect(at(answers, v * 3) + at(answers, v * 3 + 1) + at(answers, v * 3 + 2)).toBeCloseTo(1, 9)
    }
    const group = Int32Array.from({ length: rows }, (_, i) => Math.floor(i / 10))
    const ranked = await boosting({ objective: { loss: 'rank' }, rounds: 40 }).fit(
      tableOf(['x'], { rows, columns: [x], target, group }),
      run,
    )
    const scores = await ranked.predict({ rows: 3, columns: [Float32Array.of(0.5, 1.5, 2.5)] }, run)
    expect(at(scores, 2)).toBeGreaterThan(at(scores, 1))
    expect(at(scores, 1)).toBeGreaterThan(at(scores, 0))
  })

  test('saves and loads to the last bit', async () => {
    const path = await mkdtemp(join(tmpdir(), 'foretide-trees-'))
    try {
      const block = planted(1000)
      const fitted = await boosting({ rounds: 10 }).fit(tableOf(FEATURES, block), run)
      await fitted.save({ path })
      const again = await boosting().load({ path }, run)
      expect(await again.predict(block, run)).toEqual(await fitted.predict(block, run))
    } finally {
      await rm(path, { recursive: true })
    }
  })

  test('refuses what has no meaning, and answers what has little', async () => {
    const block = planted(50)
    const table = tableOf(FEATURES, block)
    expect(() => boosting({ leaves: 1 })).toThrow(/leaves/)
    expect(() => boosting({ learningRate: 0 })).toThrow(/learningRate/)
    expect(() => boosting({ goss: { top: 0.9, other: 0.5 } })).toThrow(/goss/)
    await expect(boosting({ patience: 3 }).fit(table, run)).rejects.toThrow(/patience/)
    await expect(boosting().fit(tableOf(FEATURES, { rows: 0, columns: block.columns }), run)).rejects.toThrow(/no rows/)
    const holed = { ...block, target: block.target.slice() }
    holed.target[7] = Number.NaN
    await expect(boosting().fit(tableOf(FEATURES, holed), run)).rejects.toThrow(/7/)
    const negative = { ...block, target: block.target.map(() => -1) }
    await expect(boosting({ objective: { loss: 'poisson' } }).fit(tableOf(FEATURES, negative), run)).rejects.toThrow()
    const constant = { ...block, target: new Float64Array(50).fill(3) }
    const fitted = await boosting().fit(tableOf(FEATURES, constant), run)
    expect([...(await fitted.predict(block, run))].every((p) => Math.abs(p - 3) < 1e-9)).toBe(true)
    const blank = { rows: 50, columns: [new Float32Array(50).fill(2)], target: block.target }
    const flat = await boosting().fit(tableOf(['x'], blank), run)
    const mean = Float64Array.from(block.target).reduce((a, b) => a + b, 0) / 50
    expect(at(await flat.predict({ rows: 1, columns: [Float32Array.of(2)] }, run), 0)).toBeCloseTo(mean, 6)
  })
})

describe('forests', () => {
  test('a forest and extra trees learn, each tree by its own rows or thresholds', async () => {
    const fresh = planted(2000, 2)
    for (const extra of [false, true]) {
      const fitted = await forest({ trees: 40, extra, featureShareByNode: 0.7 }).fit(
        tableOf(FEATURES, planted(4000)),
        run,
      )
      expect(meanSquare(await fitted.predict(fresh, run), fresh.target)).toBeLessThan(0.4)
      expect(treeCount(fitted.ensemble)).toBe(40)
    }
  })

  test('a quantile forest covers what it says, and is the same after loading', async () => {
    const random = new Random(5)
    const rows = 4000
    const draw = (v: number) => 3 * v + (0.2 + v) * random.normal()
    const x = Float32Array.from({ length: rows }, () => random.uniform())
    const target = Float64Array.from(x, draw)
    const options = { trees: 30, minRows: 40, levels: [0.1, 0.5, 0.9], featureShareByNode: 1 }
    const fitted = await forest(options).fit(tableOf(['x'], { rows, columns: [x], target }), run)
    const fresh = Float32Array.from({ length: 1000 }, () => random.uniform())
    const answers = await fitted.predict({ rows: 1000, columns: [fresh] }, run)
    let inside = 0
    fresh.forEach((v, i) => {
      const y = draw(v)
      if (y > at(answers, i * 3) && y <= at(answers, i * 3 + 2)) inside++
    })
    expect(inside / 1000).toBeGreaterThan(0.74)
    expect(inside / 1000).toBeLessThan(0.86)
    const path = await mkdtemp(join(tmpdir(), 'foretide-forest-'))
    try {
      await fitted.save({ path })
      const again = await forest(options).load({ path }, run)
      expect(await again.predict({ rows: 1000, columns: [fresh] }, run)).toEqual(answers)
    } finally {
      await rm(path, { recursive: true })
    }
  })
})
