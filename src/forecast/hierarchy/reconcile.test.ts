import fc from 'fast-check'
import { expect, test } from 'vitest'
import { at } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { equalVariances, type Residuals, shrunkCovariance, structuralVariances } from './covariance.ts'
import { hierarchyOf } from './hierarchy.ts'
import { maskedSolverOf } from './masked.ts'
import { RECONCILIATION_METHODS, type ReconciliationMethod, reconciliationOf } from './methods.ts'
import {
  covarianceMatrix,
  densely,
  inverse,
  normals,
  product,
  randomHierarchy,
  summingMatrix,
  transpose,
} from './oracle.case.ts'
import { projectionOf } from './projection.ts'
import { reconcile } from './reconcile.ts'
import { incoherence, summedUp } from './summing.ts'

const close = (found: ArrayLike<number>, wanted: ArrayLike<number>, digits = 8) => {
  expect(found.length).toBe(wanted.length)
  for (let k = 0; k < found.length; k++) expect(at(found, k)).toBeCloseTo(at(wanted, k), digits)
}
const cases = fc.record({ seed: fc.integer(), nested: fc.boolean(), periods: fc.integer({ min: 2, max: 30 }) })
const prepared = (seed: number, nested: boolean, periods: number) => {
  const random = new Random(seed)
  const hierarchy = randomHierarchy(random, nested)
  const common = normals(random, periods)
  const values = normals(random, hierarchy.nodes * periods).map((v, k) => v * (1 + (k % 3)) + at(common, k % periods))
  const residuals: Residuals = { periods, values }
  const averages = normals(random, hierarchy.bottoms).map(Math.abs)
  return { random, hierarchy, residuals, averages, base: normals(random, hierarchy.nodes * 3, 3, 10) }
}

test('every projection is the one that dense algebra finds', () => {
  fc.assert(
    fc.property(cases, ({ seed, nested, periods }) => {
      const { hierarchy, residuals, base } = prepared(seed, nested, periods)
      for (const method of ['ols', 'structural', 'variances', 'mint'] as const) {
        const r = reconciliationOf(hierarchy, method, { residuals })
        const w = covarianceMatrix(r.projection?.covariance ?? equalVariances(hierarchy))
        close(reconcile(r, base, 3), densely(hierarchy, w, base, 3), 7)
      }
    }),
    { numRuns: 60 },
  )
})

test('the iteration arrives where elimination does', () => {
  fc.assert(
    fc.property(cases, ({ seed, nested, periods }) => {
      const { hierarchy, residuals, base } = prepared(seed, nested, periods)
      for (const w of [structuralVariances(hierarchy), shrunkCovariance(hierarchy, residuals)])
        close(projectionOf(hierarchy, w, true).bottoms(base, 3), projectionOf(hierarchy, w).bottoms(base, 3), 7)
    }),
    { numRuns: 40 },
  )
})

/** Shrinkage as Schäfer and Strimmer write it, over a dense matrix of correlations. */
function shrunkDensely({ periods, values }: Residuals, nodes: number): number[][] {
  const row = (i: number) => values.subarray(i * periods, (i + 1) * periods)
  const covariance = Array.from({ length: nodes }, (_, i) =>
    Array.from({ length: nodes }, (_, j) => row(i).reduce((sum, v, t) => sum + v * at(row(j), t), 0) / periods),
  )
  const sd = covariance.map((r, i) => Math.sqrt(at(r, i)))
  let above = 0
  let below = 0
  for (let i = 0; i < nodes; i++)
    for (let j = 0; j < nodes; j++) {
      if (i === j) continue
      const products = [...row(i)].map((v, t) => (v * at(row(j), t)) / (at(sd, i) * at(sd, j)))
      const mean = products.reduce((a, b) => a + b, 0) / periods
      above += products.reduce((sum, p) => sum + (p - mean) ** 2, 0) / (periods * (periods - 1))
      below += mean ** 2
    }
  const lambda = Math.min(1, Math.max(1e-3, above / below))
  return covariance.map((r, i) => r.map((v, j) => (i === j ? v : (1 - lambda) * v)))
}

test('the shrunk covariance is that of the published formula', () => {
  fc.assert(
    fc.property(cases, ({ seed, nested, periods }) => {
      const { hierarchy, residuals } = prepared(seed, nested, periods)
      const found = covarianceMatrix(shrunkCovariance(hierarchy, residuals))
      close(found.flat(), shrunkDensely(residuals, hierarchy.nodes).flat(), 9)
    }),
  )
})

const withAll = (seed: number, nested: boolean, periods: number) => {
  const all = prepared(seed, nested, periods)
  const given = { residuals: all.residuals, averages: all.averages, level: 'a' }
  const nestedOnly = RECONCILIATION_METHODS.filter((m) => nested || !/topDown$|middleOut$/.test(m))
  return { ...all, made: nestedOnly.map((method) => reconciliationOf(all.hierarchy, method, given)) }
}

test('all answers are coherent, not negative where asked, and a coherent base stays where the method keeps it', () => {
  fc.assert(
    fc.property(cases, ({ seed, nested, periods }) => {
      const { hierarchy, made, base, random } = withAll(seed, nested, periods)
      const low = base.map((v) => v - 9)
      const bottoms = normals(random, hierarchy.bottoms * 3, 1, 5).map(Math.abs)
      const coherent = summedUp(hierarchy, bottoms, 3)
      for (const r of made) {
        expect(incoherence(hierarchy, reconcile(r, base, 3), 3)).toBeLessThan(1e-12)
        for (const negatives of ['clip', 'exact'] as const) {
          const found = reconcile(r, low, 3, negatives)
          expect(incoherence(hierarchy, found, 3)).toBeLessThan(1e-12)
          expect(Math.min(...found)).toBeGreaterThanOrEqual(0)
        }
        if (!r.method.endsWith('Averages')) close(reconcile(r, coherent, 3), coherent)
      }
    }),
    { numRuns: 40 },
  )
})

test('without negatives the answer is the least squares one: no direction that is allowed betters it', () => {
  fc.assert(
    fc.property(cases, ({ seed, nested, periods }) => {
      const { hierarchy, residuals, base } = prepared(seed, nested, periods)
      const low = base.map((v) => v - 10)
      for (const method of ['ols', 'structural', 'variances', 'mint'] as const) {
        const r = reconciliationOf(hierarchy, method, { residuals })
        const found = reconcile(r, low, 3, 'exact')
        const precision = inverse(covarianceMatrix(r.projection?.covariance ?? equalVariances(hierarchy)))
        const missed = Array.from({ length: hierarchy.nodes }, (_, i) =>
          [0, 1, 2].map((c) => at(low, i * 3 + c) - at(found, i * 3 + c)),
        )
        const gradient = product(transpose(summingMatrix(hierarchy)), product(precision, missed))
        // The conditions of Karush, Kuhn and Tucker: nothing pulls a positive bottom, and nothing pulls one at 0 up.
        gradient.flat().forEach((pull, k) => {
          const value = at(found, hierarchy.uppers * 3 + k)
          if (value > 1e-9) expect(pull).toBeCloseTo(0, 6)
          else expect(pull).toBeLessThan(1e-6)
        })
      }
    }),
    { numRuns: 60 },
  )
})

test('a total of 10 over 4 and 3 becomes 9 of 5 and 4; the other methods by hand', () => {
  const tree = hierarchyOf({ ids: ['tea', 'rice'], keys: ['item'], statics: new Map() }, [[]])
  const said = (method: ReconciliationMethod) => [
    ...reconcile(reconciliationOf(tree, method, { averages: Float64Array.of(3, 1), level: 'total' }), base, 1),
  ]
  const base = Float64Array.of(10, 4, 3)
  expect(said('ols')).toEqual([9, 5, 4].map((v) => expect.closeTo(v, 12)))
  expect(said('bottomUp')).toEqual([7, 4, 3])
  expect(said('topDown')).toEqual([10, 40 / 7, 30 / 7].map((v) => expect.closeTo(v, 12)))
  expect(said('topDownAverages')).toEqual([10, 7.5, 2.5])
  expect(said('middleOut')).toEqual(said('topDown'))
})

test('what cannot be reconciled is refused: other lengths, missing nodes, crossed levels, nothing to learn from', () => {
  const ids = ['a/x', 'a/y', 'b/x']
  const tree = hierarchyOf({ ids, keys: ['shop', 'item'], statics: new Map() }, [[], ['shop'], ['item']])
  const ols = reconciliationOf(tree, 'ols')
  expect(() => reconcile(ols, new Float64Array(7), 1)).toThrow(/hold 8 numbers, and holds 7/)
  expect(() => reconcile(ols, new Float64Array(8).fill(1).fill(Number.NaN, 2, 4), 1)).toThrow(/2 nodes, 'Σ\/shop=b'/)
  expect(() => reconcile(reconciliationOf(tree, 'topDown'), new Float64Array(8), 1)).toThrow(/'shop' to 'item'/)
  expect(() => reconciliationOf(tree, 'mint')).toThrow(/residuals/)
  expect(() => reconciliationOf(tree, 'middleOut', { level: 'brand' })).toThrow(/total, shop, item/)
})

test('with bottoms held at 0 the system is that of the others, by elimination as by iteration', () => {
  fc.assert(
    fc.property(fc.integer(), fc.boolean(), (seed, nested) => {
      const random = new Random(seed)
      const tree = randomHierarchy(random, nested)
      const variances = normals(random, tree.nodes).map((v) => 0.2 + Math.abs(v))
      const fixed = Uint8Array.from({ length: tree.bottoms }, () => random.integer(2))
      const b = normals(random, tree.uppers)
      const a = summingMatrix(tree).slice(0, tree.uppers)
      const left = a.map((row, u) =>
        a.map((other, v) =>
          row.reduce(
            (sum, x, i) => sum + (at(fixed, i) ? 0 : x * at(other, i) * at(variances, tree.uppers + i)),
            u === v ? at(variances, u) : 0,
          ),
        ),
      )
      const wanted = product(
        inverse(left),
        Array.from(b, (v) => [v]),
      ).flat()
      for (const iterate of [false, true]) close(maskedSolverOf(tree, variances, iterate)(fixed)(b), wanted, 7)
    }),
    { numRuns: 40 },
  )
})
