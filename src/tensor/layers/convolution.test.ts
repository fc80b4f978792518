import { expect, test } from 'vitest'
import { at } from '../../core/panel.ts'
import type { Float } from '../graph/value.ts'
import { type ConvolutionOptions, convolution, pooling } from './convolution.ts'
import { evaluated, numbers } from './evaluated.case.ts'

const SHAPE = [1, 12, 2]
const x = numbers(SHAPE)

/** Steps whose outcome changes where the input of step 6 does. */
async function moved(options: ConvolutionOptions) {
  const said = async (input: readonly number[]) =>
    (await evaluated({ x: [SHAPE, input] }, (p, v) => ({ y: convolution(p, v.x as Float, 3, options) }))).found.y
  const [before, after] = [
    await said(x),
    await said(x.map((value, k) => (Math.floor(k / 2) === 6 ? value + 1 : value))),
  ]
  return [...Array(12).keys()].filter((t) => [0, 1, 2].some((u) => at(before, 3 * t + u) !== at(after, 3 * t + u)))
}

test.each<[ConvolutionOptions, number[]]>([
  [{ kernel: 3 }, [6, 7, 8]],
  [{ kernel: 3, dilation: 2 }, [6, 8, 10]],
  [{ kernel: 1, dilation: 4 }, [6]],
  // Further back than there are steps.
  [{ kernel: 3, dilation: 9 }, [6]],
  [{ kernel: 3, sight: 'same' }, [5, 6, 7]],
  [{ kernel: 3, dilation: 3, sight: 'same' }, [3, 6, 9]],
])('a convolution of %o is moved by a step where it should be', async (options, steps) => {
  expect(await moved(options)).toEqual(steps)
})

test('pooling takes each window, and what is left over at the beginning by itself', async () => {
  const series = [9, 1, 4, 2, 8, 3, 5].flatMap((value) => [value, -value])
  const pooled = async (window: number) => {
    const { found } = await evaluated({ x: [[1, 7, 2], series] }, (_, v) => ({
      max: pooling(v.x as Float, window, 'max'),
      mean: pooling(v.x as Float, window, 'mean'),
    }))
    return { max: [...found.max], mean: [...found.mean] }
  }
  expect(await pooled(3)).toEqual({
    max: [9, -9, 4, -1, 8, -3],
    mean: [9, -9, 7 / 3, -7 / 3, 16 / 3, -16 / 3].map(Math.fround),
  })
  expect((await pooled(7)).max).toEqual([9, -1])
  expect((await pooled(10)).max).toEqual([9, -1])
  expect((await pooled(1)).mean).toEqual(series)
})
