import { expect, test } from 'vitest'
import { at } from '../../core/panel.ts'
import type { Float } from '../graph/value.ts'
import { evaluated, numbers } from './evaluated.case.ts'
import { elu, gatedLinearUnit, selectedVariables } from './gated.ts'
import { constantly } from './parameters.ts'

test('an exponential linear unit is finite at both ends', async () => {
  const x = [-200, -1, -0.25, 0, 0.5, 200]
  const { found } = await evaluated({ x: [[6], x] }, (_, v) => ({ y: elu(v.x as Float) }))
  for (const [k, value] of x.entries()) expect(at(found.y, k)).toBeCloseTo(value > 0 ? value : Math.expm1(value), 6)
})

test('a gated linear unit is a sigmoid times a signal', async () => {
  const { found } = await evaluated(
    {
      x: [
        [3, 1],
        [-1, 0, 2],
      ],
    },
    (p, v) => {
      // Both gate and signal are x + 1.
      p.get('weight', [1, 2], constantly(1))
      p.get('bias', [2], constantly(1))
      return { y: gatedLinearUnit(p, v.x as Float, 1) }
    },
  )
  for (const [k, x] of [-1, 0, 2].entries()) expect(at(found.y, k)).toBeCloseTo((x + 1) / (1 + Math.exp(-x - 1)), 6)
})

test('variables are weighted to 1 in all, and a single one is taken whole', async () => {
  const variables = [4, 5].map((seed) => numbers([2, 3, 4], seed))
  const { found } = await evaluated(
    { a: [[2, 3, 4], variables[0] as number[]], b: [[2, 3, 4], variables[1] as number[]] },
    (p, v) => ({
      two: selectedVariables(p.in('two'), [v.a as Float, v.b as Float], 5).weights,
      one: selectedVariables(p.in('one'), [v.a as Float], 5).weights,
    }),
  )
  for (let k = 0; k < 6; k++) expect(at(found.two, 2 * k) + at(found.two, 2 * k + 1)).toBeCloseTo(1, 5)
  expect([...found.one]).toEqual(new Array(6).fill(1))
})
