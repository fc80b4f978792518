import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Notice } from '../../core/run.ts'
import { runOf } from '../../core/run.ts'
import { pickRows, tableOf } from '../table.ts'
import { apart, FEATURES, inBlocks, inOne, MODELS, planted, run } from './linear.case.ts'
import { elasticNet, lasso, quantileRegression, ridge, supportVector } from './linear.ts'
import { oracle } from './oracle.case.ts'

const train = planted(1500)
const test1 = planted(400, 2)

/** Share of the target's variance that predictions explain. */
function explained(truth: ArrayLike<number>, answers: Float64Array, outputs: number, output: number): number {
  const n = truth.length
  let mean = 0
  for (let i = 0; i < n; i++) mean += (truth[i] as number) / n
  let left = 0
  let whole = 0
  for (let i = 0; i < n; i++) {
    left += ((truth[i] as number) - (answers[i * outputs + output] as number)) ** 2
    whole += ((truth[i] as number) - mean) ** 2
  }
  return 1 - left / whole
}

test.each(MODELS)('%s finds planted effects, and importance knows what has none', async (name, make) => {
  const fitted = await make().fit(inOne(train), run)
  const answers = await fitted.predict(test1, run)
  const outputs = fitted.outputs
  const least = name.endsWith('rbf') ? 0.8 : 0.95
  expect(explained(test1.target as Float64Array, answers, outputs, outputs >> 1)).toBeGreaterThan(least)
  const shares = fitted.importance()
  expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12)
  expect(shares[4]).toBe(0)
  expect(shares[1]).toBeLessThan((shares[0] as number) / (name.endsWith('rbf') ? 1.5 : 20))
})

test.each(MODELS)('%s answers the same to the last bit after saving and loading', async (_, make) => {
  const path = await mkdtemp(join(tmpdir(), 'foretide-linear-'))
  try {
    const fitted = await make().fit(inOne(train), run)
    const manifest = await fitted.save({ path })
    const loaded = await make().load({ path }, run)
    expect(await loaded.predict(test1, run)).toEqual(await fitted.predict(test1, run))
    expect(loaded.importance()).toEqual(fitted.importance())
    expect([loaded.levels, loaded.outputs, loaded.features]).toEqual([fitted.levels, fitted.outputs, fitted.features])
    expect(manifest.model).toBe(make().name)
    const bytes = await readFile(join(path, 'linear.f64'))
    bytes[3] = (bytes[3] as number) ^ 1
    await writeFile(join(path, 'linear.f64'), bytes)
    await expect(make().load({ path }, run)).rejects.toThrow(/damaged/)
  } finally {
    await rm(path, { recursive: true })
  }
})

test.each(MODELS)(
  '%s is the same under a seed, whatever the threads, and almost so in blocks of other sizes',
  async (_, make) => {
    const first = await (await make().fit(inOne(train), run)).predict(test1, run)
    const again = await (await make().fit(inOne(train), runOf({ seed: 3, threads: 2 }))).predict(test1, run)
    expect(again).toEqual(first)
    const blocks = await (await make().fit(inBlocks(train, 333), run)).predict(test1, run)
    expect(apart(blocks, first)).toBeLessThan(1e-2)
  },
)

test.each([
  ['ridge', () => ridge()],
  ['lasso', () => lasso({ penalty: 0.05 })],
  ['elastic net', () => elasticNet({ penalty: 0.05 })],
  ['quantile regression', () => quantileRegression({ levels: [0.25, 0.75], penalty: 0.001 })],
])('%s: weights are repeated rows, and rows of weight 0 are none', async (_, make) => {
  const rows = Array.from({ length: train.rows }, (_, i) => i)
  const weight = Float64Array.from(rows, (i) => i % 4)
  const repeated = pickRows(
    train,
    rows.flatMap((i) => new Array<number>(i % 4).fill(i)),
  )
  const a = await (await make().fit(inOne({ ...train, weight }), run)).predict(test1, run)
  const b = await (await make().fit(inOne(repeated), run)).predict(test1, run)
  expect(apart(a, b)).toBeLessThan(1e-3)
})

test.each(MODELS)('%s does not care for the units of a column or of the target', async (_, make) => {
  const rescaled = (block: typeof train) => ({
    ...block,
    columns: block.columns.map((c, f) => (f === 0 ? c.map((v) => v * 1024) : c)),
    target: (block.target as Float64Array).map((v) => v * 64),
  })
  const a = await (await make().fit(inOne(train), run)).predict(test1, run)
  const b = await (await make().fit(inOne(rescaled(train)), run)).predict(rescaled(test1), run)
  // Powers of two change no digit.
  expect(
    apart(
      a,
      b.map((v) => v / 64),
    ),
  ).toBeLessThan(1e-9)
})

test('ridge without a penalty leaves residuals at right angles to every column', async () => {
  const names = oracle.x[0]?.map((_, j) => `x${j}`) as string[]
  const columns = names.map((_, j) => Float32Array.from(oracle.x, (row) => row[j] as number))
  const block = { rows: oracle.y.length, columns, target: Float64Array.from(oracle.y) }
  const fitted = await ridge({ penalty: 0 }).fit(tableOf(names, block), run)
  const answers = await fitted.predict(block, run)
  const residual = block.target.map((v, i) => v - (answers[i] as number))
  expect(residual.reduce((a, b) => a + b, 0)).toBeCloseTo(0, 8)
  for (const column of columns) expect(residual.reduce((s, r, i) => s + r * (column[i] as number), 0)).toBeCloseTo(0, 6)
})

test('a validation table chooses the penalty that predicts it best', async () => {
  // Few rows, many useless columns: without a penalty this predicts badly.
  const useless = 40
  const names = ['x', ...Array.from({ length: useless }, (_, j) => `noise${j}`)]
  const made = (rows: number, seed: number) => {
    const blocks = Array.from({ length: Math.ceil(names.length / 2) }, (_, k) => planted(rows, seed * 100 + k))
    const columns = names.map((_, j) => (blocks[j >> 1] as typeof train).columns[j % 2] as Float32Array)
    const random = planted(rows, seed * 1000)
    return { rows, columns, target: (columns[0] as Float32Array).map((v, i) => v + (random.columns[0]?.[i] as number)) }
  }
  const few = made(60, 1)
  const valid = made(500, 2)
  const fresh = made(2000, 3)
  const scoreOf = async (model: ReturnType<typeof ridge>, withValid = true) => {
    const fitted = await model.fit(tableOf(names, few), run, withValid ? { valid: tableOf(names, valid) } : {})
    return explained(fresh.target, await fitted.predict(fresh, run), 1, 0)
  }
  const bare = await scoreOf(ridge({ penalty: 0 }))
  for (const model of [ridge(), lasso(), elasticNet()]) {
    const chosen = await scoreOf(model)
    expect(chosen).toBeGreaterThan(bare + 0.2)
    expect(chosen).toBeGreaterThan(await scoreOf(ridge({ penalty: 5 })))
    expect(await scoreOf(model, false)).toBeGreaterThan(bare + 0.1)
  }
  expect(await scoreOf(lasso())).toBeGreaterThan(0.4)
})

test('quantiles never cross and hold about their share of fresh rows', async () => {
  const levels = [0.05, 0.25, 0.5, 0.75, 0.95]
  const fitted = await quantileRegression({ levels }).fit(inOne(train), run)
  const answers = await fitted.predict(planted(4000, 5), run)
  const truth = planted(4000, 5).target as Float64Array
  levels.forEach((level, k) => {
    let below = 0
    for (let i = 0; i < 4000; i++) {
      if (k > 0) expect(answers[i * 5 + k]).toBeGreaterThanOrEqual(answers[i * 5 + k - 1] as number)
      if ((truth[i] as number) < (answers[i * 5 + k] as number)) below++
    }
    expect(Math.abs(below / 4000 - level)).toBeLessThan(0.035)
  })
})

test('with log, effects multiply and the mean comes back right', async () => {
  const grown = (block: typeof train) => ({
    ...block,
    target: (block.target as Float64Array).map((v) => Math.exp(v / 4) - 1),
  })
  for (const model of [ridge({ log: true }), lasso({ log: true }), supportVector({ log: true, c: 0.1 })]) {
    const fitted = await model.fit(inOne(grown(train)), run)
    const answers = await fitted.predict(grown(train), run)
    const sum = (values: Float64Array) => values.reduce((a, b) => a + b, 0)
    expect(sum(answers) / sum(grown(train).target)).toBeCloseTo(1, 9)
    expect(explained(grown(test1).target, await fitted.predict(test1, run), 1, 0)).toBeGreaterThan(0.93)
  }
  const negative = { ...train, target: (train.target as Float64Array).map((v, i) => (i === 17 ? -2 : Math.abs(v))) }
  await expect(ridge({ log: true }).fit(inOne(negative), run)).rejects.toThrow('Row 17 has the target -2')
})

test('an offset is where rows start from', async () => {
  const offset = Float64Array.from({ length: train.rows }, (_, i) => (i % 7) * 10)
  const target = (train.target as Float64Array).map((v, i) => v + (offset[i] as number))
  const plain = await (await ridge().fit(inOne(train), run)).predict(train, run)
  const moved = await (await ridge().fit(inOne({ ...train, target, offset }), run)).predict({ ...train, offset }, run)
  expect(
    apart(
      moved,
      plain.map((v, i) => v + (offset[i] as number)),
    ),
  ).toBeLessThan(1e-8)
})

test('Fourier features come near the kernel machine of scikit-learn', async () => {
  const { x, y, width, c, epsilon, predictions } = oracle.rbf
  const columns = [0, 1].map((j) => Float32Array.from(x, (row) => row[j] as number))
  const block = { rows: y.length, columns, target: Float64Array.from(y) }
  const model = supportVector({ kernel: 'rbf', bandwidth: width, c, epsilon, features: 2000, steps: 2000 })
  const answers = await (await model.fit(tableOf(['a', 'b'], block), run)).predict(block, run)
  expect(explained(predictions, answers, 1, 0)).toBeGreaterThan(0.995)
})

test('more rows than the limit are sampled with a notice', async () => {
  const notices: Notice[] = []
  const heard = runOf({ seed: 3, notice: (notice) => notices.push(notice) })
  const fitted = await quantileRegression({ levels: [0.5], sample: 700 }).fit(inBlocks(train, 100), heard)
  expect(notices).toEqual([
    { code: 'linear.sampled', details: { model: 'quantile-regression', kept: 700, rows: 1500 } },
  ])
  expect(explained(test1.target as Float64Array, await fitted.predict(test1, run), 1, 0)).toBeGreaterThan(0.95)
})

test('what has no meaning is refused with its row and value', async () => {
  const bad = { ...train, target: (train.target as Float64Array).map((v, i) => (i === 400 ? Number.NaN : v)) }
  await expect(ridge().fit(inBlocks(bad, 100), run)).rejects.toThrow('Row 400 has the target NaN')
  const weight = new Float64Array(train.rows).fill(1)
  weight[9] = -1
  await expect(lasso().fit(inOne({ ...train, weight }), run)).rejects.toThrow('Row 9 has the weight -1')
  await expect(ridge().fit(inOne({ ...train, weight: weight.fill(0) }), run)).rejects.toThrow('no rows')
  await expect(ridge().fit({ ...inOne(train), rows: 9 }, run)).rejects.toThrow('says that it has 9 rows')
  const fitted = await ridge().fit(inOne(train), run)
  await expect(fitted.predict({ rows: 1, columns: [new Float32Array(1)] }, run)).rejects.toThrow('1 columns')
  await expect(
    ridge().fit(tableOf(['a'], { ...train, columns: train.columns.slice(0, 1) }), run, { from: fitted }),
  ).rejects.toThrow('other features')
  expect(() => ridge({ penalty: -1 })).toThrow("'penalty' must be a number of at least 0; got -1")
  expect(() => quantileRegression({ levels: [0.5, 0.1] })).toThrow('ascending')
})

test('a constant target and a table of constant columns are answered with the mean', async () => {
  for (const [, make] of MODELS) {
    const flat = { ...train, target: new Float64Array(train.rows).fill(5) }
    const answers = await (await make().fit(inOne(flat), run)).predict(test1, run)
    for (const answer of answers) expect(answer).toBeCloseTo(5, 5)
    const nothing = { ...train, columns: FEATURES.map(() => new Float32Array(train.rows)) }
    const fitted = await make().fit(inOne(nothing), run)
    expect([...fitted.importance()]).toEqual([0, 0, 0, 0, 0])
    expect((await fitted.predict(nothing, run)).every(Number.isFinite)).toBe(true)
  }
})
