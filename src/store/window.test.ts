import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Calendar } from '../core/calendar.ts'
import { at, Mask, panelOf } from '../core/panel.ts'
import { memorySource } from './source.ts'
import { latestWindow, windowAt } from './window.ts'

const calendar = new Calendar({ unit: 'day' })
const panel = (
  target: readonly number[],
  price: readonly number[],
  clicks: readonly number[],
  closed: readonly number[],
  mask: readonly number[],
) =>
  panelOf([{ id: 'tea', start: 0, values: target, mask, columns: { price, clicks, closed } }], {
    calendar,
    knownAhead: ['price', 'closed'],
  })

const LENGTH = 20
const numbers = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: LENGTH, maxLength: LENGTH })
const bits = fc.array(fc.constantFrom(0, 1, 2, 4, 8), { minLength: LENGTH, maxLength: LENGTH })

test('nothing after the cutoff shows in a window but what is known ahead', async () => {
  await fc.assert(
    fc.asyncProperty(
      numbers,
      numbers,
      numbers,
      numbers,
      bits,
      bits,
      fc.integer({ min: 2, max: 15 }),
      fc.integer({ min: 1, max: 4 }),
      async (target, other, price, clicks, mask, otherMask, cutoff, horizon) => {
        const shut = new Array(LENGTH).fill(0).map((_, t) => (t % 7 === 6 ? 1 : 0))
        const mixed = <T>(a: readonly T[], b: readonly T[]) => a.map((v, t) => (t <= cutoff ? v : (b[t] as T)))
        const one = windowAt(memorySource(panel(target, price, clicks, shut, mask)), cutoff, horizon)
        const two = windowAt(
          memorySource(panel(mixed(target, other), price, mixed(clicks, other), shut, mixed(mask, otherMask))),
          cutoff,
          horizon,
        )
        const [pastOne] = await Array.fromAsync(one.past())
        const [pastTwo] = await Array.fromAsync(two.past())
        expect(pastTwo).toEqual(pastOne)
        const [knownOne] = await Array.fromAsync(one.known())
        const [knownTwo] = await Array.fromAsync(two.known())
        expect(knownTwo).toEqual(knownOne)
        expect(knownOne?.columns.has('clicks')).toBe(false)
        expect([...(knownOne?.columns.get('price')?.values ?? [])]).toEqual(
          price.slice(cutoff + 1, cutoff + 1 + horizon),
        )
        expect(knownOne?.target.every(Number.isNaN)).toBe(true)
        expect(knownOne?.mask.every((m, h) => m === ((cutoff + 1 + h) % 7 === 6 ? Mask.closed : 0))).toBe(true)
      },
    ),
    { numRuns: 60 },
  )
})

test('the latest window stops at the last observed value; its digest follows data, cutoff and horizon', async () => {
  const values = [1, 2, 3, Number.NaN, Number.NaN]
  const zeros = values.map(() => 0)
  const source = memorySource(panel(values, zeros, zeros, zeros, zeros))
  const window = latestWindow(source, 2)
  expect(window.cutoff).toBe(2)
  expect(source.first).toBe(0)
  expect(window.digest).toBe(latestWindow(memorySource(panel(values, zeros, zeros, zeros, zeros)), 2).digest)
  expect(window.digest).not.toBe(latestWindow(source, 3).digest)
  expect(window.digest).not.toBe(windowAt(source, 1, 2).digest)
  const changed = memorySource(panel([1, 2, 4, Number.NaN, Number.NaN], zeros, zeros, zeros, zeros))
  expect(window.digest).not.toBe(latestWindow(changed, 2).digest)
  const [known] = await Array.fromAsync(window.known())
  expect(at(known?.start ?? [], 0)).toBe(3)
})
