import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { at } from '../../core/panel.ts'
import { runOf } from '../../core/run.ts'
import { tableOf } from '../table.ts'
import { boosting } from './boosting.ts'
import type { ObjectiveOptions } from './objectives/objective.ts'
import type { BoostingOptions } from './options.ts'

type Column = readonly (number | null)[]

/** Made by `bench/peers/training_fixtures.py`. */
const { features, fresh, targets, freshTargets, cases } = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/trees/training.json', import.meta.url), 'utf8'),
) as {
  features: Column[]
  fresh: Column[]
  targets: Record<string, number[]>
  freshTargets: Record<string, number[]>
  cases: {
    name: string
    target: string
    objective: ObjectiveOptions
    options: BoostingOptions
    answers: Record<string, number[]>
  }[]
}
const columnsOf = (columns: readonly Column[]) => columns.map((c) => Float32Array.from(c, (v) => v ?? Number.NaN))
const FEATURES = ['a', 'b', 'c', { name: 'kind', categorical: true }]
const rows = features[0]?.length ?? 0
const block = { rows: fresh[0]?.length ?? 0, columns: columnsOf(fresh) }
const run = runOf({ threads: 1 })

const meanOf = (values: readonly number[], by: (v: number, i: number) => number) =>
  values.reduce((sum, v, i) => sum + by(v, i), 0) / values.length

test.each(cases)('learns what LightGBM learns: $name', async ({ target, objective, options, answers }) => {
  const table = tableOf(FEATURES, {
    rows,
    columns: columnsOf(features),
    target: Float64Array.from(targets[target] ?? []),
  })
  for (const [rounds, theirs] of Object.entries(answers)) {
    const common = { leaves: 12, minRows: 20, minCategoryRows: 30, bins: 254, rounds: Number(rounds) }
    const fitted = await boosting({ ...common, ...options, objective }).fit(table, run)
    const ours = await fitted.predict(block, run)
    const spread = Math.sqrt(meanOf(theirs, (v) => v * v) - meanOf(theirs, (v) => v) ** 2)
    const apart = Math.sqrt(meanOf(theirs, (v, i) => (v - at(ours, i)) ** 2))
    // One tree is the same but for ties, of which L1's signs have many, and for how the rows of a side are estimated from hessians, which
    // decides at the least number of rows. Many trees drift apart where two splits are worth nearly the same.
    const estimated = objective.loss === 'l1' || objective.loss === 'tweedie'
    expect(apart / spread).toBeLessThan(rounds === '1' ? (estimated ? 0.1 : 0.02) : 0.2)
    const actual = freshTargets[target] ?? []
    const loss = (of: ArrayLike<number>) => meanOf(actual, (y, i) => Math.abs(y - at(of, i)))
    expect(loss(ours) / loss(theirs)).toBeLessThan(1.02)
  }
})
