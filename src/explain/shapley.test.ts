import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shapleyOf } from './shapley.ts'

/** Every order of so many players. */
function orders(players: readonly number[]): number[][] {
  if (players.length === 0) return [[]]
  return players.flatMap((p) => orders(players.filter((q) => q !== p)).map((rest) => [p, ...rest]))
}

test('values are mean contributions over all orders, and add up', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.infiniteStream(fc.integer({ min: -9, max: 9 })),
      async (n, stream) => {
        const worths = Array.from({ length: 1 << n }, () => stream.next().value as number)
        const values = await shapleyOf(n, async (set) => Float64Array.of(worths[set] as number))
        const all = orders(Array.from({ length: n }, (_, p) => p))
        for (let p = 0; p < n; p++) {
          let sum = 0
          for (const order of all) {
            let before = 0
            for (const q of order) {
              if (q === p) break
              before |= 1 << q
            }
            sum += (worths[before | (1 << p)] as number) - (worths[before] as number)
          }
          expect(values[p]?.[0]).toBeCloseTo(sum / all.length, 9)
        }
        const total = values.reduce((sum, own) => sum + (own[0] as number), 0)
        expect(total).toBeCloseTo((worths.at(-1) as number) - (worths[0] as number), 9)
      },
    ),
    { numRuns: 30 },
  )
})
