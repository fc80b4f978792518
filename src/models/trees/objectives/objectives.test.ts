import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ForetideError } from '../../../core/errors.ts'
import { quickExp } from './exp.ts'
import type { ObjectiveOptions, ObjectiveRows } from './objective.ts'
import { objectiveOf } from './objectives.ts'

const LEVELS = [0.1, 0.5, 0.8]
const ALL: ObjectiveOptions[] = [
  { loss: 'l2' },
  { loss: 'l1' },
  { loss: 'huber', delta: 1.3 },
  { loss: 'poisson' },
  { loss: 'tweedie', power: 1.3 },
  { loss: 'gamma' },
  { loss: 'quantile', level: 0.8 },
  { loss: 'quantiles', levels: LEVELS },
  { loss: 'binary' },
  { loss: 'softmax', classes: 3 },
]

/** Some rows with targets that a loss allows, weights or none, and scores on a grid off the targets. */
const rowsFor = (options: ObjectiveOptions, least = 1) => {
  const { outputs } = objectiveOf(options)
  const target = {
    poisson: fc.integer({ min: 0, max: 6 }),
    tweedie: fc.integer({ min: 0, max: 6 }),
    gamma: fc.integer({ min: 1, max: 6 }),
    binary: fc.integer({ min: 0, max: 1 }),
    softmax: fc.integer({ min: 0, max: 2 }),
  } as Record<string, fc.Arbitrary<number>>
  const score = fc.integer({ min: -12, max: 12 }).map((s) => s / 4 + 0.1)
  return fc
    .record({
      rows: fc.array(
        fc.record({
          y: target[options.loss] ?? fc.integer({ min: -5, max: 5 }),
          w: fc.integer({ min: 1, max: 8 }).map((w) => w / 4),
          s: fc.array(score, { minLength: outputs, maxLength: outputs }),
        }),
        { minLength: least, maxLength: 12 },
      ),
      weighted: fc.boolean(),
    })
    .map(({ rows, weighted }): ObjectiveRows => {
      const sorted = rows.map(({ s }) =>
        options.loss === 'quantiles' ? s.sort((a, b) => a - b).map((v, k) => v + k / 64) : s,
      )
      return {
        rows: rows.length,
        target: Float32Array.from(rows, ({ y }) => y),
        weight: weighted ? Float32Array.from(rows, ({ w }) => w) : undefined,
        score: Float64Array.from({ length: rows.length * outputs }, (_, i) => {
          const row = sorted[i % rows.length] as number[]
          return row[Math.floor(i / rows.length)] as number
        }),
        queries: undefined,
      }
    })
}

const totalWeight = ({ rows, weight }: ObjectiveRows) => (weight ? weight.reduce((a, b) => a + b, 0) : rows)
const scored = (rows: ObjectiveRows, cell: number, by: number): ObjectiveRows => {
  const score = rows.score.slice()
  score[cell] = (score[cell] as number) + by
  return { ...rows, score }
}
const close = (found: number, wanted: number, within = 2e-4) =>
  expect(Math.abs(found - wanted)).toBeLessThan(within * Math.max(1, Math.abs(wanted)))

test.each(ALL.map((options) => [options.loss, options] as const))(
  'gradients are slopes of the loss: %s',
  (_, options) => {
    const objective = objectiveOf(options)
    fc.assert(
      fc.property(rowsFor(options), fc.integer({ min: 0, max: 1 }), (rows, round) => {
        const step = 1e-4
        const n = rows.rows
        const slope = (cell: number) =>
          ((objective.loss(scored(rows, cell, step)) - objective.loss(scored(rows, cell, -step))) / (2 * step)) *
          totalWeight(rows)
        // The spread's share of a level is how far it is from the median; squares lose their factor 2.
        const far = LEVELS.map((q) => q - 0.5)
        const shares =
          options.loss === 'quantiles' && round === 1
            ? far.map((d) => (d * LEVELS.length) / far.reduce((a, b) => a + Math.abs(b), 0))
            : new Array<number>(objective.outputs).fill(options.loss === 'l2' ? 0.5 : 1)
        for (let tree = 0; tree < objective.trees; tree++) {
          const gradient = new Float32Array(n)
          objective.gradients(rows, tree, round, 0, n, gradient, new Float32Array(n))
          for (let row = 0; row < n; row++) {
            const wanted =
              objective.trees > 1
                ? slope(tree * n + row)
                : shares.reduce((sum, share, k) => sum + share * slope(k * n + row), 0)
            close(gradient[row] as number, wanted, 1e-3)
          }
        }
      }),
      { numRuns: 60 },
    )
  },
)

test.each(ALL.map((options) => [options.loss, options] as const))(
  'hessians are slopes of gradients: %s',
  (_, options) => {
    const objective = objectiveOf(options)
    const factor = { poisson: Math.exp(0.7), softmax: 3 / 2 } as Record<string, number>
    fc.assert(
      fc.property(rowsFor(options), (rows) => {
        const n = rows.rows
        const step = 1 / 64
        for (let tree = 0; tree < objective.trees; tree++) {
          const gradient = new Float32Array(n)
          const above = new Float32Array(n)
          const below = new Float32Array(n)
          const hessian = new Float32Array(n)
          objective.gradients(rows, tree, 0, 0, n, gradient, hessian)
          for (let row = 0; row < n; row++) {
            const w = rows.weight ? (rows.weight[row] as number) : 1
            if (objective.constantHessian) {
              expect(hessian[row]).toBe(w)
              continue
            }
            objective.gradients(scored(rows, tree * n + row, step), tree, 0, row, row + 1, above, hessian)
            objective.gradients(scored(rows, tree * n + row, -step), tree, 0, row, row + 1, below, hessian)
            objective.gradients(rows, tree, 0, row, row + 1, gradient, hessian)
            const slope = ((above[row] as number) - (below[row] as number)) / (2 * step)
            close(hessian[row] as number, (factor[options.loss] ?? 1) * slope, 2e-3)
          }
        }
      }),
      { numRuns: 60 },
    )
  },
)

test('gradients of a part of the rows touch no others', () => {
  for (const options of ALL) {
    const objective = objectiveOf(options)
    const rows = fc.sample(rowsFor(options, 6), { numRuns: 1, seed: 4 })[0] as ObjectiveRows
    const whole = new Float32Array(rows.rows)
    objective.gradients(rows, 0, 1, 0, rows.rows, whole, new Float32Array(rows.rows))
    const part = new Float32Array(rows.rows).fill(99)
    const hessian = part.slice()
    objective.gradients(rows, 0, 1, 2, 4, part, hessian)
    expect([...part]).toEqual([...whole].map((g, row) => (row === 2 || row === 3 ? g : 99)))
    expect([...hessian].filter((h) => h === 99)).toHaveLength(rows.rows - 2)
  }
})

const smooth = ALL.filter(({ loss }) => !['huber', 'quantile', 'quantiles'].includes(loss))
test.each(smooth.map((options) => [options.loss, options] as const))(
  'no constant is better to start from: %s',
  (_, options) => {
    const objective = objectiveOf(options)
    fc.assert(
      fc.property(rowsFor(options), (rows) => {
        fc.pre(rows.target.some((y) => y > 0))
        // A weighted median is smoothed between neighbours; the test of leaves bounds what that costs.
        fc.pre(options.loss !== 'l1' || !rows.weight)
        const n = rows.rows
        const start = objective.start(rows)
        const from = { ...rows, score: Float64Array.from(rows.score, (_, i) => start[Math.floor(i / n)] as number) }
        const least = objective.loss(from)
        for (let k = 0; k < objective.outputs; k++)
          for (const by of [-0.4, -0.02, 0.02, 0.4]) {
            const score = from.score.map((s, i) => (Math.floor(i / n) === k ? s + by : s))
            expect(objective.loss({ ...from, score })).toBeGreaterThanOrEqual(least - 1e-9)
          }
      }),
      { numRuns: 60 },
    )
  },
)

test('leaves of quantiles lie beside the value of least loss, and in the middle they have it', () => {
  fc.assert(
    fc.property(rowsFor({ loss: 'quantiles', levels: LEVELS }), (rows) => {
      const n = rows.rows
      const all = Int32Array.from({ length: n }, (_, i) => i)
      const into = new Float64Array(LEVELS.length)
      objectiveOf({ loss: 'quantiles', levels: LEVELS }).renew(rows, all, into)
      LEVELS.forEach((level, k) => {
        const one = objectiveOf({ loss: 'quantile', level })
        const score = rows.score.slice(k * n, (k + 1) * n)
        const at = (value: number) => one.loss({ ...rows, score: score.map((s) => s + value) })
        const residuals = [...all].map((row) => (rows.target[row] as number) - (score[row] as number))
        const losses = residuals.map(at)
        const least = Math.min(...losses)
        const value = into[k] as number
        // Whether equally heavy rows or not, the effective rows between the best value and this one are fewer than one.
        if (!rows.weight) {
          const best = residuals.filter((_, i) => (losses[i] as number) <= least + 1e-12)
          const between = (r: number) =>
            best.every((b) => (r > b + 1e-9 && r < value - 1e-9) || (r < b - 1e-9 && r > value + 1e-9))
          expect(residuals.some(between)).toBe(false)
          if (level === 0.5) expect(at(value)).toBeLessThanOrEqual(least + 1e-9)
        } else {
          const heaviest = Math.max(...rows.weight) / totalWeight(rows)
          const spread = Math.max(...residuals) - Math.min(...residuals)
          expect(at(value)).toBeLessThanOrEqual(least + 2 * heaviest * spread + 1e-9)
        }
      })
    }),
    { numRuns: 100 },
  )
})

test('the quick exponential function is that of Math', () => {
  for (let x = -699; x < 700; x += 0.0371) expect(Math.abs(quickExp(x) / Math.exp(x) - 1)).toBeLessThan(1e-11)
  expect(quickExp(0)).toBe(1)
  expect(quickExp(1e9)).toBe(quickExp(700))
  expect(quickExp(Number.NaN)).toBeNaN()
})

const rowsOf = (target: number[], weight?: number[]): ObjectiveRows => ({
  rows: target.length,
  target: Float32Array.from(target),
  weight: weight && Float32Array.from(weight),
  score: new Float64Array(target.length * 3),
  queries: Int32Array.of(0, target.length),
})

test.each([
  [{ loss: 'poisson' }, [1, 0, -2], 'trees.negative', 2, -2],
  [{ loss: 'tweedie' }, [-0.5, 1], 'trees.negative', 0, -0.5],
  [{ loss: 'gamma' }, [3, 0], 'trees.notPositive', 1, 0],
  [{ loss: 'binary' }, [0, 1, 0.5], 'trees.notBinary', 2, 0.5],
  [{ loss: 'softmax', classes: 3 }, [0, 2, 3], 'trees.notClass', 2, 3],
  [{ loss: 'softmax', classes: 3 }, [0, 1.5], 'trees.notClass', 1, 1.5],
  [{ loss: 'rank' }, [0, 31], 'trees.notGrade', 1, 31],
] as const)('targets without meaning are refused by row and value: %o', (options, target, code, row, value) => {
  const refused = caught(() => objectiveOf(options as ObjectiveOptions).check(rowsOf([...target])))
  expect(refused).toMatchObject({ code, details: { row, value } })
  for (const locale of ['en', 'zh'] as const) {
    expect(refused.text(locale)).toContain(String(value))
    expect(refused.text(locale)).toContain(String(row))
  }
})

test('targets that are all 0 give a log link nothing to start from', () => {
  expect(caught(() => objectiveOf({ loss: 'poisson' }).start(rowsOf([0, 0])))).toMatchObject({ code: 'trees.allZero' })
  expect(caught(() => objectiveOf({ loss: 'tweedie' }).start(rowsOf([0, 3], [1, 0])))).toMatchObject({
    code: 'trees.allZero',
  })
})

test('ranking needs queries', () => {
  const { queries, ...rows } = rowsOf([1, 2])
  expect(queries).toBeDefined()
  expect(caught(() => objectiveOf({ loss: 'rank' }).check({ ...rows, queries: undefined }))).toMatchObject({
    code: 'trees.queries',
  })
})

test.each([
  [{ loss: 'huber', delta: 0 }, 'trees.delta'],
  [{ loss: 'tweedie', power: 2 }, 'trees.power'],
  [{ loss: 'quantile', level: 1 }, 'trees.level'],
  [{ loss: 'quantiles', levels: [0.5, 0.1] }, 'trees.levels'],
  [{ loss: 'quantiles', levels: [] }, 'trees.levels'],
  [{ loss: 'softmax', classes: 1 }, 'trees.classes'],
  [{ loss: 'rank', truncation: 0 }, 'trees.truncation'],
] as const)('options out of range are refused: %o', (options, code) => {
  expect(caught(() => objectiveOf(options as ObjectiveOptions))).toMatchObject({ code, fault: 'usage' })
})

function caught(work: () => unknown): ForetideError {
  try {
    work()
  } catch (error) {
    if (error instanceof ForetideError) return error
    throw error
  }
  throw new Error('nothing was refused')
}
