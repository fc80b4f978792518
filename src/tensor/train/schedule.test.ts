import { expect, test } from 'vitest'
import { fixture } from '../layers/torch.case.ts'
import { type PlateauState, plateaued, rateAt, type Schedule } from './schedule.ts'

/** Rates of PyTorch's schedules: `bench/peers/schedule_fixtures.py`. */
interface Schedules {
  readonly base: number
  readonly stepped: readonly {
    readonly schedule: Schedule
    readonly steps: number
    readonly rates: readonly number[]
  }[]
  readonly plateaus: readonly {
    readonly schedule: Extract<Schedule, { kind: 'plateau' }>
    readonly losses: readonly number[]
    readonly rates: readonly number[]
  }[]
}
const { base, stepped, plateaus } = fixture<Schedules>('schedules')

const named = <T extends { readonly schedule: Schedule }>(all: readonly T[]) =>
  all.map((one) => [JSON.stringify(one.schedule), one] as const)

test.each(named(stepped))('%s has the rates of PyTorch at every step', (_, { schedule, steps, rates }) => {
  expect(rates).toHaveLength(steps)
  for (const [step, rate] of rates.entries())
    expect(Math.abs(rateAt(schedule, step, steps, base) - rate)).toBeLessThan(1e-9 * base)
})

test.each(named(plateaus))('%s falls at the same looks as in PyTorch', (_, { schedule, losses, rates }) => {
  let state: PlateauState | null = null
  for (const [k, loss] of losses.entries()) {
    state = plateaued(schedule, state, loss)
    expect(Math.abs(state.factor / ((rates[k] as number) / base) - 1)).toBeLessThan(1e-9)
  }
})

test('some of the plateaus fall more than once, some not at all', () => {
  const falls = plateaus.map(({ rates }) => new Set(rates).size - 1)
  expect(Math.min(...falls)).toBe(0)
  expect(Math.max(...falls)).toBeGreaterThan(2)
})

test.each([1, 2, 3, 4, 5])('%i steps of one cycle have rates, and none above the highest', (steps) => {
  for (const warm of [0, 0.25, 0.5, 1])
    for (let step = 0; step < steps; step++) {
      const rate = rateAt({ kind: 'one-cycle', warm }, step, steps, base)
      expect(rate).toBeGreaterThan(0)
      expect(rate).toBeLessThanOrEqual(base * (1 + 1e-12))
    }
})
