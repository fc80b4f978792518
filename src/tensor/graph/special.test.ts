import { expect, test } from 'vitest'
import { at } from '../../core/panel.ts'
import { evaluated } from '../layers/evaluated.case.ts'
import { gradients } from './gradients.ts'
import { sum } from './operators.ts'
import { logGamma } from './special.ts'
import type { Float } from './value.ts'

test('the logarithm of the gamma function and its slope, the digamma function, at known points', async () => {
  // Γ(1/2) = √π, Γ(n) = (n − 1)!; ψ(1) = −γ, ψ(1/2) = −γ − 2 log 2, ψ(x) ≈ log x − 1 / 2x.
  const points = [1e-3, 0.5, 1, 2, 3.5, 10, 1e4, 1e7]
  const { found } = await evaluated({ x: [[8], points] }, (_, { x }) => {
    const y = logGamma(x as Float)
    const [slope] = gradients(sum(y), [x as Float])
    return { y, slope: slope as Float }
  })
  const values = [
    6.907178885383853,
    0.5723649429247,
    0,
    0,
    1.2009736023470743,
    Math.log(362880),
    82099.71749644238,
    1.511809493694739e8,
  ]
  const slopes = [
    -1000.5755719318, -1.9635100260214, -0.5772156649015, 0.4227843350985, 1.1031566406452, 2.2517525890667,
    9.2102903711426, 16.1180956009583,
  ]
  for (const [k, y] of values.entries()) expect(Math.abs(at(found.y, k) - y)).toBeLessThan(2e-6 * (1 + Math.abs(y)))
  for (const [k, s] of slopes.entries()) expect(Math.abs(at(found.slope, k) - s)).toBeLessThan(3e-6 * (1 + Math.abs(s)))
})
