import fc from 'fast-check'
import { expect, test } from 'vitest'
import { adFactor, adstock } from './ads.ts'
import { drawItem } from './item.ts'
import { settingsOf } from './options.ts'

const settings = settingsOf({ preset: 'tiny', adShare: 1 })
const item = drawItem(settings, 0, 400)
const adsOf = (spend: Float64Array) => ({ spend, impressions: spend, clicks: spend })

test('a day of advertising is carried over geometrically', () => {
  const spend = new Float64Array(10)
  spend[2] = 100
  const stock = adstock(spend, 0.6)
  for (let t = 0; t < 10; t++) expect(stock[t]).toBeCloseTo(t < 2 ? 0 : 100 * 0.6 ** (t - 2), 9)
})

test('a steady spend of adHalf reaches half of the highest lift, and endless spend all of it', () => {
  const steady = (spend: number) => adFactor(item, adsOf(new Float64Array(300).fill(spend)), 300)[299] as number
  expect(steady(item.adHalf)).toBeCloseTo(1 + item.adLift / 2, 6)
  expect(steady(item.adHalf * 1e6)).toBeCloseTo(1 + item.adLift, 4)
  expect(steady(0)).toBe(1)
})

test('more advertising never sells less', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e5, noNaN: true }), fc.double({ min: 0, max: 1e5, noNaN: true }), (a, b) => {
      const lift = (spend: number) => adFactor(item, adsOf(new Float64Array(20).fill(spend)), 20)[19] as number
      expect(lift(Math.max(a, b))).toBeGreaterThanOrEqual(lift(Math.min(a, b)))
    }),
  )
})
