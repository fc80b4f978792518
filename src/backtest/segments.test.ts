import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Calendar } from '../core/calendar.ts'
import { at, Mask, panelOf } from '../core/panel.ts'
import { addTraits, groupingsOf, labelsOf, newTraits, patternOf } from './segments.ts'

const calendar = new Calendar({ unit: 'day' })

test('kinds of demand follow Syntetos, Boylan and Croston', () => {
  expect(patternOf([5, 5, 6, 5, 4, 5])).toBe('smooth')
  expect(patternOf([1, 9, 1, 1, 12, 1])).toBe('erratic')
  expect(patternOf([0, 2, 0, 2, 0, 3])).toBe('intermittent')
  expect(patternOf([0, 1, 0, 19, 0, 1])).toBe('lumpy')
  expect(patternOf([0, Number.NaN, 0])).toBe('none')
  expect(patternOf([])).toBe('none')
  // The limit of the interval: 33 periods with 25 demands are 1.32 apart, 32 periods 1.28.
  const demands = new Array(25).fill(4)
  expect(patternOf([...demands, ...new Array(8).fill(0)])).toBe('intermittent')
  expect(patternOf([...demands, ...new Array(7).fill(0)])).toBe('smooth')
  // The limit of the sizes: 1 and a have a squared variation of ((a − 1) / (a + 1))², which is 0.49 at a = 17 / 3.
  expect(patternOf([3, 16.9])).toBe('smooth')
  expect(patternOf([3, 17.1])).toBe('erratic')
  expect(patternOf([2, Number.NaN, Number.NaN, 2])).toBe('smooth')
})

test('volume classes are of the past alone: deciles alike in size, A the fewest that make 80 %', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50), { minLength: 1, maxLength: 40 }), (volumes) => {
      const traits = newTraits([])
      addTraits(
        traits,
        panelOf(
          volumes.map((v, i) => ({ id: String(i), start: 0, values: [v, Number.NaN, 0] })),
          { calendar },
        ),
      )
      const [decile, abc] = groupingsOf(traits)
      const total = volumes.reduce((a, b) => a + b, 0)
      const inA = volumes.filter((_, i) => abc?.groupOf[i] === 0)
      const others = volumes.filter((_, i) => abc?.groupOf[i] !== 0)
      const volume = inA.reduce((a, b) => a + b, 0)
      if (total > 0) {
        expect(volume).toBeGreaterThanOrEqual(0.8 * total)
        expect(volume - Math.min(...inA)).toBeLessThan(0.8 * total)
        expect(Math.min(...inA)).toBeGreaterThanOrEqual(Math.max(0, ...others))
      }
      const sizes = new Array(10).fill(0)
      for (const d of decile?.groupOf ?? []) sizes[d]++
      const used = volumes.length >= 10 ? sizes : sizes.filter((s) => s > 0)
      expect(Math.max(...used) - Math.min(...used)).toBeLessThanOrEqual(1)
      volumes.forEach((v, i) => {
        volumes.forEach((w, j) => {
          if (v > w) expect(at(decile?.groupOf ?? [], i)).toBeGreaterThanOrEqual(at(decile?.groupOf ?? [], j))
        })
      })
    }),
  )
})

test('closed days are no days without demand', () => {
  const traits = newTraits([])
  const values = [4, 4, 4, 0, 4, 4, 0, 4]
  const mask = values.map((v) => (v === 0 ? Mask.closed : 0))
  addTraits(
    traits,
    panelOf(
      [
        { id: 'open', start: 0, values: [4, 0, 4, 0, 4, 4, 0, 4] },
        { id: 'closed', start: 0, values, mask },
      ],
      { calendar },
    ),
  )
  const pattern = groupingsOf(traits)[2]
  expect([...(pattern?.groupOf ?? [])].map((k) => pattern?.labels[k])).toEqual(['intermittent', 'smooth'])
})

test('labels come from static columns, categories or numbers, and from parts of the identity', () => {
  const panel = panelOf(
    [
      { id: 'north/a%2Fb', start: 0, values: [1] },
      { id: 'south/c', start: 0, values: [1] },
    ],
    {
      calendar,
      keys: ['store', 'item'],
      statics: { kind: [1, Number.NaN], size: [2.5, 3] },
      categories: { kind: ['food', 'drink'] },
    },
  )
  expect(labelsOf(panel, 'kind')).toEqual(['drink', ''])
  expect(labelsOf(panel, 'size')).toEqual(['2.5', '3'])
  expect(labelsOf(panel, 'item')).toEqual(['a/b', 'c'])
  expect(labelsOf(panel, 'series')).toEqual(['north/a%2Fb', 'south/c'])
})
