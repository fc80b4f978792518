import { expect, test } from 'vitest'
import type { Float } from '../graph/value.ts'
import { evaluated, numbers } from './evaluated.case.ts'
import { mixing, residualBlock } from './mixing.ts'

test('mixing drops while learning only', async () => {
  const said = async (training: boolean, dropout: number) => {
    const { found, parameters } = await evaluated(
      { x: [[2, 5, 3], numbers([2, 5, 3])] },
      (p, v) => ({
        mixed: mixing(p.in('mixing'), v.x as Float, { hidden: 4, dropout }),
        block: residualBlock(p.in('block'), v.x as Float, 6, { hidden: 4, dropout, norm: false }),
      }),
      { training },
    )
    return { mixed: [...found.mixed], block: [...found.block], noises: parameters.noises.size }
  }
  const [plain, forecast, learning] = [await said(true, 0), await said(false, 0.5), await said(true, 0.5)]
  expect(forecast).toEqual({ ...plain, noises: 0 })
  expect(learning.noises).toBe(4)
  expect(learning.mixed).not.toEqual(plain.mixed)
  expect(learning.block).not.toEqual(plain.block)
})
