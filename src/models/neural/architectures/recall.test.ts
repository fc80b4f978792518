import { expect, test } from 'vitest'
import { at } from '../../../core/panel.ts'
import type { Float } from '../../../tensor/graph/value.ts'
import { evaluated, numbers } from '../../../tensor/layers/evaluated.case.ts'
import type { Frame } from '../architecture.ts'
import { architectureContract } from './architectures.case.ts'
import { mlp } from './mlp.ts'
import { recalled } from './recall.ts'

architectureContract(mlp, { hidden: [8], recall: 2, newest: 3 })

const FRAME: Frame = { batch: 2, context: 5, horizon: 3, past: 0, known: 2, statics: 0, categories: [] }
const HEADS = 3
const range = (n: number) => [...Array(n).keys()]

test('is the mean of the past, weighed by kernels of distances between what is known', async () => {
  const target = numbers([2, 5], 1)
  const observed = [1, 1, 0, 1, 1, 1, 0, 1, 1, 1]
  const known = numbers([2, 8, 2], 2)
  const { found } = await evaluated(
    { target: [[2, 5], target], observed: [[2, 5], observed], known: [[2, 8, 2], known] },
    (p, view) => {
      const recall = recalled(p, view as never, FRAME, HEADS)
      const learned = p.all.get('metric')?.value as Float
      return { recall, learned }
    },
  )
  const weight = (k: number, column: number) => at(found.learned, k * 8 * HEADS + column)
  /** What is known of a period in the features of a head. */
  const features = (b: number, t: number, head: number) =>
    range(8).map((f) => range(2).reduce((sum, k) => sum + at(known, (b * 8 + t) * 2 + k) * weight(k, 8 * head + f), 0))
  for (const b of range(2))
    for (const h of range(3))
      for (const head of range(HEADS)) {
        const asked = features(b, 5 + h, head)
        let [sum, all] = [0, 0]
        for (const t of range(5)) {
          if (at(observed, 5 * b + t) === 0) continue
          const apart = features(b, t, head).reduce((s, v, f) => s + (v - at(asked, f)) ** 2, 0)
          sum += Math.exp(-apart) * at(target, 5 * b + t)
          all += Math.exp(-apart)
        }
        expect(at(found.recall, (b * 3 + h) * HEADS + head)).toBeCloseTo(sum / all, 4)
      }
})

test('is the plain mean of what was observed before anything is learned where nothing is known ahead', async () => {
  const { found } = await evaluated(
    {
      target: [[2, 5], numbers([2, 5], 1)],
      observed: [
        [2, 5],
        [0, 1, 1, 0, 1, 1, 1, 1, 1, 1],
      ],
    },
    (p, view) => ({ recall: recalled(p, view as never, { ...FRAME, known: 0 }, 1) }),
  )
  const [, b, c, , e] = numbers([2, 5], 1) as [number, number, number, number, number]
  for (const h of range(3)) expect(at(found.recall, h)).toBeCloseTo((b + c + e) / 3, 5)
})
