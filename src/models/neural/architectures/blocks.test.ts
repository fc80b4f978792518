import { expect, test } from 'vitest'
import { at } from '../../../core/panel.ts'
import { residual } from './blocks.ts'
import { worked } from './running.case.ts'

const X = { type: 'float32', dims: [1, 2], data: Float32Array.of(0.7, -1.3) } as const
const [HIDDEN, UNITS] = [3, 2]
const range = (n: number) => [...Array(n).keys()]

test.each([false, true])('a residual block is that of its equations, normalised: %s', async (norm) => {
  const { y, weight } = await worked(
    (p) => residual(p, p.graph.input('x', [1, 2]), UNITS, { hidden: HIDDEN, dropout: 0, norm }),
    { x: X },
  )
  const layer = (name: string, x: ArrayLike<number>, units: number) =>
    range(units).map((u) =>
      Array.from(x).reduce(
        (sum, v, k) => sum + v * at(weight(`${name}.weight`), k * units + u),
        at(weight(`${name}.bias`), u),
      ),
    )
  const hidden = layer('hidden', X.data, HIDDEN).map((v) => Math.max(v, 0))
  const around = layer('around', X.data, UNITS)
  const summed = layer('out', hidden, UNITS).map((v, u) => v + at(around, u))
  const middle = summed.reduce((a, b) => a + b) / UNITS
  const spread = Math.sqrt(summed.reduce((s, v) => s + (v - middle) ** 2, 0) / UNITS + 1e-5)
  for (const [u, v] of summed.entries()) {
    const normed =
      ((v - middle) / spread) * at(norm ? weight('norm.scale') : [], u) + at(norm ? weight('norm.shift') : [], u)
    expect(at(y, u)).toBeCloseTo(norm ? normed : v, 4)
  }
})
