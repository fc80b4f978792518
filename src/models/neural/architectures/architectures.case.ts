import { describe, expect, test } from 'vitest'
import { at } from '../../../core/panel.ts'
import { Random } from '../../../core/random.ts'
import type { Architecture, Frame } from '../architecture.ts'
import { asked, changed, viewByChance } from './running.case.ts'

const NOTHING: Frame = { batch: 2, context: 12, horizon: 3, past: 0, known: 0, statics: 0, categories: [] }
const FULL: Frame = { ...NOTHING, past: 2, known: 2, statics: 1, categories: [3, 5] }
const WIDTH = 3

/** Every way to leave optional parts out, and the sizes at the edge. */
const FRAMES: readonly (readonly [string, Frame, number])[] = [
  ...[...Array(16).keys()].map((k): [string, Frame, number] => {
    const frame: Frame = {
      ...NOTHING,
      past: k & 1 ? 2 : 0,
      known: k & 2 ? 2 : 0,
      statics: k & 4 ? 1 : 0,
      categories: k & 8 ? [3, 5] : [],
    }
    const parts = ['past', 'known', 'statics', 'categories'].filter((_, bit) => k & (1 << bit))
    return [parts.join(', ') || 'the target alone', frame, WIDTH]
  }),
  ['one step', { ...FULL, horizon: 1 }, WIDTH],
  ['one number a step', FULL, 1],
  ['many numbers a step', FULL, 40],
  ['a context of one period', { ...FULL, context: 1 }, WIDTH],
  ['a context that no window divides', { ...FULL, context: 7, horizon: 13 }, WIDTH],
  ['one example', { ...FULL, batch: 1 }, WIDTH],
  ['nothing but one period and one step', { ...NOTHING, batch: 1, context: 1, horizon: 1 }, 1],
]

/** Proves that an architecture takes whatever there is to see, that all it sees counts, and that what is missing does no harm. */
export function architectureContract(make: (options?: object) => Architecture, options: object = {}): void {
  const architecture = make(options)
  describe(`${architecture.name} ${JSON.stringify(options)} as an architecture`, () => {
    test.each(FRAMES)('says so many numbers a step, seen or not: %s', async (_, frame, width) => {
      const network = await asked(architecture, frame, width)
      const { dims, data } = await network.ask(viewByChance(frame, Random.of(1, 'view')))
      await network.close()
      expect(dims).toEqual([frame.batch, frame.horizon, width])
      expect(data.every(Number.isFinite)).toBe(true)
    })

    test('each example is answered by itself', async () => {
      const network = await asked(architecture, FULL, WIDTH)
      const view = viewByChance(FULL, Random.of(2, 'view'))
      const before = await network.ask(view)
      const after = await network.ask(changed(view, 'target', (k) => k >= FULL.context))
      await network.close()
      const each = FULL.horizon * WIDTH
      expect(after.data.slice(0, each)).toEqual(before.data.slice(0, each))
      expect(after.data.slice(each)).not.toEqual(before.data.slice(each))
    })

    test('what is known of a step counts at that step, whichever it is', async () => {
      const frame = { ...FULL, horizon: 5 }
      const network = await asked(architecture, frame, WIDTH)
      const view = viewByChance(frame, Random.of(3, 'view'))
      const before = await network.ask(view)
      const each = (frame.context + frame.horizon) * frame.known
      for (let h = 0; h < frame.horizon; h++)
        for (let column = 0; column < frame.known; column++) {
          const place = (frame.context + h) * frame.known + column
          const after = await network.ask(changed(view, 'known', (k) => k % each === place))
          for (let b = 0; b < frame.batch; b++) {
            const from = (b * frame.horizon + h) * WIDTH
            const moved = Math.max(
              ...[0, 1, 2].map((w) => Math.abs(at(after.data, from + w) - at(before.data, from + w))),
            )
            expect(moved, `step ${h}, column ${column}, example ${b}`).toBeGreaterThan(1e-4)
          }
        }
      await network.close()
    })

    test.each(['target', 'past', 'statics', 'categories'])('%s counts', async (field) => {
      const network = await asked(architecture, FULL, WIDTH)
      const view = viewByChance(FULL, Random.of(4, 'view'))
      const before = await network.ask(view)
      const after = await network.ask(changed(view, field, () => true))
      await network.close()
      const most = Math.max(...after.data.map((x, k) => Math.abs(x - at(before.data, k))))
      expect(most).toBeGreaterThan(1e-4)
    })

    test('a series of which nothing was observed gets numbers', async () => {
      const network = await asked(architecture, FULL, WIDTH)
      const view = viewByChance(FULL, Random.of(6, 'view'))
      const nothing = { type: 'float32', dims: [FULL.batch, FULL.context] } as const
      const length = FULL.batch * FULL.context
      const { data } = await network.ask({
        ...view,
        target: { ...nothing, data: new Float32Array(length) },
        observed: { ...nothing, data: new Float32Array(length) },
      })
      await network.close()
      expect(data).toHaveLength(FULL.batch * FULL.horizon * WIDTH)
      expect(data.every(Number.isFinite)).toBe(true)
    })
  })
}
