import { expect, test } from 'vitest'
import fixture from '../../../../test/fixtures/trees/objectives.json' with { type: 'json' }
import type { ObjectiveOptions, ObjectiveRows } from './objective.ts'
import { objectiveOf } from './objectives.ts'

const rate = fixture.rate
const places = fixture.cases.map((c) => `${JSON.stringify(c.options)}${c.weighted ? ' weighted' : ''}`)

test.each(places)('leaf values and losses of the first trees are those of LightGBM: %s', (name) => {
  const given = fixture.cases[places.indexOf(name)] as (typeof fixture.cases)[number]
  const objective = objectiveOf(given.options as ObjectiveOptions)
  const n = given.target.length
  const score = new Float64Array(n * objective.outputs)
  const rows: ObjectiveRows = {
    rows: n,
    target: Float32Array.from(given.target),
    weight: given.weighted ? Float32Array.from(fixture.weight) : undefined,
    score,
    queries: given.group && Int32Array.from([0, ...given.group.map((_, q) => sum(given.group?.slice(0, q + 1) ?? []))]),
  }
  objective.check(rows)
  const start = objective.start(rows)
  for (let k = 0; k < objective.outputs; k++) score.fill(start[k] as number, k * n, (k + 1) * n)
  const gradient = new Float32Array(n)
  const hessian = new Float32Array(n)
  const rounds = given.values.length / objective.trees
  for (let round = 0; round < rounds; round++) {
    const before = { ...rows, score: score.slice() }
    for (let k = 0; k < objective.trees; k++) {
      const leaves = given.leaves[round * objective.trees + k] as number[]
      const wanted = given.values[round * objective.trees + k] as number[]
      objective.gradients(before, k, round, 0, n, gradient, hessian)
      wanted.forEach((value, leaf) => {
        const inLeaf = Int32Array.from(leaves.keys()).filter((row) => leaves[row] === leaf)
        const into = new Float64Array(1)
        if (objective.renews) objective.renew(before, inLeaf, into)
        else into[0] = -sum(inLeaf, gradient) / sum(inLeaf, hessian)
        // The first trees of LightGBM hold the starting score as well.
        const expected = (value - (round === 0 ? (start[k] as number) : 0)) / rate
        expect(Math.abs((into[0] as number) - expected)).toBeLessThan(tolerance(given.options.loss, expected))
        for (const row of inLeaf) score[k * n + row] = (score[k * n + row] as number) + rate * expected
      })
    }
    const loss = given.losses[round] as number
    expect(Math.abs(objective.loss(rows) - loss)).toBeLessThan(1e-5 * Math.max(1, loss))
  }
})

/** LightGBM looks sigmoids of rankings up in a table, and holds targets and gradients as Float32. */
const tolerance = (loss: string, value: number) => (loss === 'rank' ? 2e-4 : 3e-6) * Math.max(1, Math.abs(value))

function sum(places: ArrayLike<number>, of?: Float32Array): number {
  let total = 0
  for (let i = 0; i < places.length; i++) total += of ? (of[places[i] as number] as number) : (places[i] as number)
  return total
}
