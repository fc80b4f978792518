import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Random } from '../../core/random.ts'
import { modelNamed } from '../../models/registry.ts'
import { promising } from './parzen.ts'
import { chosenBy, isActive, optionsOf, placeOf, valueAt } from './place.ts'
import { propose } from './propose.ts'
import { rungsOf, workOf } from './rungs.ts'
import { type Parameter, type ParameterValues, type SearchSpace, searchSpace } from './space.ts'
import { SEARCH_SPACES, searchSpaceOf } from './spaces.ts'

test.each<[string, SearchSpace, RegExp]>([
  ['nothing', {}, /there must be one/],
  [
    'bounds the wrong way round',
    { a: { kind: 'uniform', low: 2, high: 1 } },
    /'a' needs a low bound below the high one, not 2 and 1/,
  ],
  ['a logarithm of zero', { a: { kind: 'logUniform', low: 0, high: 1 } }, /above zero for logarithms/],
  ['half a number', { a: { kind: 'integer', low: 0.5, high: 3 } }, /whole bounds/],
  ['no choices', { a: { kind: 'choice', values: [] } }, /values to choose among/],
  ['a choice twice', { a: { kind: 'choice', values: [1, 1] } }, /each once/],
  ['a default outside', { a: { kind: 'uniform', low: 0, high: 1, default: 2 } }, /default outside/],
  [
    'a condition on what comes later',
    { a: { kind: 'uniform', low: 0, high: 1, when: { b: [1] } }, b: { kind: 'choice', values: [1, 2] } },
    /depends on 'b', which is not declared before/,
  ],
  [
    'a condition that cannot be',
    { b: { kind: 'choice', values: [1, 2] }, a: { kind: 'uniform', low: 0, high: 1, when: { b: [3] } } },
    /waits for a value that 'b' cannot take/,
  ],
])('a space of %s is refused', (_, space, message) => {
  expect(() => searchSpace(space)).toThrow(message)
})

const bounded = (low: number, high: number) =>
  fc
    .tuple(fc.double({ min: low, max: high, noNaN: true }), fc.double({ min: 0.01, max: 1000, noNaN: true }))
    .map(([a, d]) => ({ low: a, high: a + d }))
const parameter: fc.Arbitrary<Parameter> = fc.oneof(
  bounded(-1000, 1000).map((b) => ({ kind: 'uniform', ...b }) as const),
  bounded(1e-3, 1000).map((b) => ({ kind: 'logUniform', ...b }) as const),
  fc
    .tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 50 }), fc.boolean())
    .map(([low, more, log]) => ({ kind: 'integer', low, high: low + more, log }) as const),
  fc
    .uniqueArray(fc.oneof(fc.integer(), fc.string(), fc.boolean()), { minLength: 1, maxLength: 6 })
    .map((values) => ({ kind: 'choice', values }) as const),
)

test('every place has a value within bounds, and a value the place that it came from', () => {
  fc.assert(
    fc.property(parameter, fc.double({ min: 0, max: 1, noNaN: true }), (declared, place) => {
      const value = valueAt(declared, place)
      if (declared.kind === 'choice') {
        expect(declared.values).toContain(value)
        expect(declared.values[placeOf(declared, value)]).toBe(value)
        return
      }
      expect(value).toBeGreaterThanOrEqual(declared.low)
      expect(value).toBeLessThanOrEqual(declared.high)
      if (declared.kind === 'integer') {
        expect(Number.isInteger(value)).toBe(true)
        // The middle of its stretch of places gives it again.
        expect(valueAt(declared, placeOf(declared, value))).toBe(value)
      } else
        expect(Math.abs(placeOf(declared, value) - place)).toBeLessThan(
          0.002 * (1 + Math.abs(declared.low) / (declared.high - declared.low)),
        )
    }),
  )
})

test('evenly spread places give whole numbers alike, and by ratio where they are logarithmic', () => {
  const counts = (declared: Parameter) => {
    const found = new Map<unknown, number>()
    for (let k = 0; k < 10_000; k++) {
      const value = valueAt(declared, (k + 0.5) / 10_000)
      found.set(value, (found.get(value) ?? 0) + 1)
    }
    return found
  }
  const even = counts({ kind: 'integer', low: 3, high: 7 })
  for (let v = 3; v <= 7; v++) expect(even.get(v)).toBe(2000)
  const log = counts({ kind: 'integer', low: 1, high: 100, log: true })
  // ln 1.5 / 0.5 of ln 100.5 / 0.5
  expect((log.get(1) as number) / 10_000).toBeCloseTo(Math.log(3) / Math.log(201), 3)
})

const conditional = searchSpace({
  'objective.loss': { kind: 'choice', values: ['l2', 'tweedie'], default: 'l2' },
  'objective.power': { kind: 'uniform', low: 1.1, high: 1.9, default: 1.5, when: { 'objective.loss': ['tweedie'] } },
  leaves: { kind: 'integer', low: 4, high: 256, log: true, default: 31 },
})

test('a conditional parameter is there just when its condition holds, and options are nested', () => {
  const tried: { values: ParameterValues; cost: number }[] = []
  for (let k = 0; k < 40; k++) {
    const proposal = propose(conditional, tried, 10, 3)
    const values = proposal?.values ?? {}
    if (k > 0) {
      expect('objective.power' in values).toBe(values['objective.loss'] === 'tweedie')
      expect(isActive(conditional['objective.power'], values)).toBe(values['objective.loss'] === 'tweedie')
    }
    tried.push({
      values,
      cost: values['objective.loss'] === 'tweedie' ? Math.abs((values['objective.power'] as number) - 1.3) : 1,
    })
  }
  const late = tried.slice(20)
  expect(late.filter(({ values }) => values['objective.loss'] === 'tweedie').length).toBeGreaterThan(10)
  expect(Math.min(...tried.map(({ cost }) => cost))).toBeLessThan(0.02)
  expect(optionsOf({ 'objective.loss': 'tweedie', 'objective.power': 1.3, leaves: 9 })).toEqual({
    objective: { loss: 'tweedie', power: 1.3 },
    leaves: 9,
  })
})

test('points at the start leave no large hole', () => {
  const space: SearchSpace = { a: { kind: 'uniform', low: 0, high: 1 }, b: { kind: 'uniform', low: 0, high: 1 } }
  for (const seed of [1, 2, 3]) {
    const tried: { values: ParameterValues; cost: number }[] = []
    for (let k = 0; k <= 32; k++) tried.push({ values: propose(space, tried, 100, seed)?.values ?? {}, cost: 0 })
    const cells = new Set(
      tried
        .slice(1)
        .map(({ values }) => `${Math.floor(4 * (values.a as number))}${Math.floor(4 * (values.b as number))}`),
    )
    expect(cells.size).toBeGreaterThanOrEqual(15)
  }
})

test('what the model proposes lies near the good ones, together in all parameters', () => {
  const space: SearchSpace = { a: { kind: 'uniform', low: 0, high: 1 }, b: { kind: 'uniform', low: 0, high: 1 } }
  const random = Random.of(1, 'test')
  const points = Array.from({ length: 60 }, () => ({ a: random.uniform(), b: random.uniform() }))
  // Good where a + b is 1 and far from the middle: two clumps that no parameter tells by itself.
  const distance = ({ a, b }: { a: number; b: number }) =>
    Math.min(Math.hypot(a - 0.1, b - 0.9), Math.hypot(a - 0.9, b - 0.1))
  const sorted = [...points].sort((p, q) => distance(p) - distance(q))
  let near = 0
  for (let k = 0; k < 50; k++) {
    const [best] = promising(space, sorted.slice(0, 8), sorted.slice(8), Random.of(k, 'draw'))
    if (distance(best as { a: number; b: number }) < 0.3) near++
  }
  expect(near).toBeGreaterThan(35)
})

test('rungs rise in work to all windows and series, and fall in candidates', () => {
  fc.assert(
    fc.property(
      fc.record({
        trials: fc.integer({ min: 1, max: 300 }),
        windows: fc.integer({ min: 1, max: 12 }),
        series: fc.integer({ min: 1, max: 100_000 }),
        keepOneIn: fc.integer({ min: 2, max: 5 }),
        leastSeries: fc.integer({ min: 1, max: 50 }),
      }),
      (plan) => {
        const rungs = rungsOf(plan)
        expect(rungs.at(-1)).toMatchObject({ windows: plan.windows, series: plan.series })
        expect(rungs.reduce((sum, { fresh }) => sum + fresh, 0)).toBe(plan.trials)
        rungs.forEach((rung, r) => {
          expect(rung.series).toBeGreaterThanOrEqual(Math.min(plan.series, plan.leastSeries))
          const before = rungs[r - 1]
          if (!before) return
          expect(workOf(rung)).toBeGreaterThan(workOf(before))
          expect(rung.trials - rung.fresh).toBeLessThanOrEqual(Math.ceil((before.trials - 1) / plan.keepOneIn) + 1)
        })
      },
    ),
  )
})

test.each(Object.keys(SEARCH_SPACES))('every point of the space of %s is an option that the model takes', (name) => {
  const space = searchSpaceOf(name)
  const random = Random.of(0, name)
  for (let k = 0; k < 20; k++) {
    const values = chosenBy(space, (declared) => valueAt(declared, random.uniform()))
    expect(modelNamed(name, optionsOf(values)).name).toBe(name)
  }
})

test('a model without a space is refused with the names of those that have one', () => {
  expect(() => searchSpaceOf('naive')).toThrow(/'naive' has nothing to tune. These have: .*ses/)
  expect(() => searchSpaceOf('toString')).toThrow(/nothing to tune/)
})
