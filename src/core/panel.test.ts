import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Calendar } from './calendar.ts'
import { at, endOf, type Panel, panelOf, pickSeries, seriesId, seriesParts, slicePeriods, valuesOf } from './panel.ts'

const calendar = new Calendar({ unit: 'day' })
const anySeries = fc.array(
  fc.record({
    start: fc.integer({ min: -20, max: 20 }),
    values: fc.array(fc.option(fc.integer({ min: 0, max: 9 }), { nil: Number.NaN }), { maxLength: 12 }),
  }),
  { minLength: 1, maxLength: 6 },
)
const made = (series: readonly { start: number; values: number[] }[]) =>
  panelOf(
    series.map((s, i) => ({
      id: `s${i}`,
      ...s,
      columns: { double: s.values.map((v) => 2 * v) },
      mask: s.values.map((_, k) => k % 3),
    })),
    { calendar, statics: { index: series.map((_, i) => i) } },
  )
/** The cell of a series at a period, by brute force. */
const cell = (panel: Panel, i: number, period: number) =>
  period >= at(panel.start, i) && period < endOf(panel, i)
    ? at(panel.target, at(panel.offsets, i) + period - at(panel.start, i))
    : undefined

test('an identity can be taken apart again, whatever its parts hold', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 4 }), (parts) => {
      expect(seriesParts(seriesId(parts))).toEqual(parts)
    }),
  )
  expect(seriesId(['a/b', 'c'])).not.toBe(seriesId(['a', 'b/c']))
})

test('slicing keeps exactly the cells between two periods', () => {
  fc.assert(
    fc.property(
      anySeries,
      fc.integer({ min: -25, max: 35 }),
      fc.integer({ min: 0, max: 20 }),
      fc.boolean(),
      (series, from, length, pad) => {
        const panel = made(series)
        const to = from + length
        const part = slicePeriods(panel, from, to, pad, pad)
        for (let i = 0; i < series.length; i++) {
          for (let p = from; p < to; p++) {
            const was = cell(panel, i, p)
            const is = cell(part, i, p)
            if (was === undefined) expect(is === undefined || Number.isNaN(is)).toBe(true)
            else expect(is).toEqual(was)
          }
          if (pad) expect(endOf(part, i) - at(part.start, i)).toBe(length)
          else if (at(part.offsets, i + 1) > at(part.offsets, i))
            expect(at(part.start, i) >= from && endOf(part, i) <= to).toBe(true)
        }
        part.target.forEach((v, k) => {
          if (!Number.isNaN(v)) expect(part.columns.get('double')?.values[k]).toBe(2 * v)
        })
      },
    ),
  )
})

test('a padded past reaches the cutoff in every series that has begun', () => {
  const panel = made([
    { start: 0, values: [1, 2, 3] },
    { start: 9, values: [4] },
  ])
  const past = slicePeriods(panel, Number.NEGATIVE_INFINITY, 6, true)
  expect([...valuesOf(past, 0)]).toEqual([1, 2, 3, Number.NaN, Number.NaN, Number.NaN])
  expect(valuesOf(past, 1).length).toBe(0)
  expect(endOf(past, 1)).toBe(6)
})

test('picked series are the same series', () => {
  fc.assert(
    fc.property(anySeries, fc.array(fc.nat(), { maxLength: 5 }), (series, wanted) => {
      const panel = made(series)
      const indices = wanted.map((w) => w % series.length)
      const picked = pickSeries(panel, indices)
      indices.forEach((i, k) => {
        expect(valuesOf(picked, k)).toEqual(valuesOf(panel, i))
        expect(picked.ids[k]).toBe(panel.ids[i])
        expect(picked.statics.get('index')?.values[k]).toBe(i)
      })
    }),
  )
})

test('refuses columns, masks and statics that do not fit, naming them', () => {
  const one = { id: 'tea', start: 0, values: [1, 2] }
  expect(() => panelOf([{ ...one, columns: { price: [1] } }], { calendar })).toThrow(
    "'price' of series 'tea' has 1 values for 2 periods",
  )
  expect(() => panelOf([{ ...one, mask: [1, 2, 3] }], { calendar })).toThrow('mask')
  expect(() => panelOf([one], { calendar, statics: { brand: [1, 2] } })).toThrow('brand')
})
