import { expect, test } from 'vitest'
import type { Float } from '../graph/value.ts'
import { evaluated, numbers } from './evaluated.case.ts'
import { reversible } from './normalise.ts'
import { zeros } from './parameters.ts'

const TIME = 6
/** A forecast that repeats the normalised sequence, restored. */
async function there(x: readonly number[], observed?: readonly number[]) {
  const given = { x: [[1, TIME, 1], x] as const, ...(observed && { observed: [[1, TIME], observed] as const }) }
  const { found } = await evaluated(given, (p, v) => {
    const { normal, restored } = reversible(p, v.x as Float, v.observed ? { observed: v.observed } : {})
    return { normal, back: restored(normal) }
  })
  return { normal: [...found.normal], back: [...found.back] }
}
const x = numbers([TIME])
const near = (a: readonly number[], b: readonly number[], digits = 4) => {
  expect(a).toHaveLength(b.length)
  for (const [k, value] of a.entries()) expect(value).toBeCloseTo(b[k] as number, digits)
}

test('a sequence is seen the same at any level and spread, and comes back as it was', async () => {
  const large = x.map((value) => 1000 + 250 * value)
  const [small, big] = [await there(x), await there(large)]
  near(small.normal, big.normal, 3)
  near(small.back, x)
  near(
    big.back.map((value) => value / 1000),
    large.map((value) => value / 1000),
  )
})

test('what was not observed counts in neither level nor spread', async () => {
  const observed = [1, 0, 1, 1, 0, 1]
  const [one, other] = [
    await there(x, observed),
    await there(
      x.map((value, k) => (observed[k] ? value : 99)),
      observed,
    ),
  ]
  const seen = (values: readonly number[]) => values.filter((_, k) => observed[k])
  near(seen(one.normal), seen(other.normal), 6)
  const mean = seen(x).reduce((a, b) => a + b) / 4
  const deviation = Math.sqrt(seen(x).reduce((sum, value) => sum + (value - mean) ** 2, 0) / 4 + 1e-5)
  near(
    seen(one.normal),
    seen(x).map((value) => (value - mean) / deviation),
  )
})

test('a sequence of which nothing was observed, or that never changes, is finite', async () => {
  for (const { normal, back } of [await there(x, new Array(TIME).fill(0)), await there(new Array(TIME).fill(5))]) {
    expect(normal.every(Number.isFinite)).toBe(true)
    expect(back.every(Number.isFinite)).toBe(true)
  }
  near((await there(new Array(TIME).fill(5))).normal, new Array(TIME).fill(0))
})

test('a scale that was learned to be nothing divides by no zero', async () => {
  const { found } = await evaluated({ x: [[1, TIME, 1], x] }, (p, v) => {
    p.get('scale', [1], zeros)
    const { normal, restored } = reversible(p, v.x as Float)
    return { back: restored(normal) }
  })
  const mean = x.reduce((a, b) => a + b) / TIME
  near([...found.back], new Array(TIME).fill(mean))
})
