import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { runOf } from '../../../core/run.ts'
import type { TableBlock } from '../../table.ts'
import { rawScores } from '../ensemble.ts'
import { shapInteractions } from './interactions.ts'
import { rowOf } from './random-trees.case.ts'
import { interventionalShap, shapValues } from './shap.ts'
import { readTrees, type WrittenTrees } from './written.case.ts'

/** What `bench/peers/shap_fixtures.py` writes; null is NaN. */
interface Case {
  readonly name: string
  readonly trees: WrittenTrees
  readonly rows: readonly (readonly (number | null)[])[]
  /** `rows × outputs` */
  readonly raw: readonly (readonly number[])[]
  /** `rows × outputs × (features + 1)`, the base last. */
  readonly contrib: readonly (readonly (readonly number[])[])[]
  readonly background?: Case['rows']
  readonly interventional?: readonly (readonly number[])[]
  readonly expected?: number
  readonly interactions?: readonly (readonly (readonly number[])[])[]
}

const cases: readonly Case[] = JSON.parse(
  readFileSync(new URL('../../../../test/fixtures/trees/shap.json', import.meta.url), 'utf8'),
)

const run = runOf({ threads: 1 })

const blockOf = (rows: Case['rows'], features: number): TableBlock => ({
  rows: rows.length,
  columns: Array.from({ length: features }, (_, f) => Float32Array.from(rows, (row) => row[f] ?? Number.NaN)),
})

function expectClose(got: ArrayLike<number>, wanted: readonly number[], within = 1e-9) {
  expect(got.length).toBe(wanted.length)
  for (let i = 0; i < wanted.length; i++)
    expect(Math.abs((got[i] as number) - (wanted[i] as number))).toBeLessThan(within)
}

for (const { name, trees: written, rows, ...oracle } of cases) {
  const trees = readTrees(written)
  const { length: features } = trees.features
  const block = blockOf(rows, features)

  test(`LightGBM, ${name}: raw scores and pred_contrib`, async () => {
    const { values, base } = await shapValues(trees, block, run)
    for (let r = 0; r < block.rows; r++) {
      expectClose(rawScores(trees, rowOf(block, r)), oracle.raw[r] as readonly number[])
      const ours = [...base].flatMap((b, k) => {
        const from = (r * trees.outputs + k) * features
        return [...values.subarray(from, from + features), b]
      })
      expectClose(ours, (oracle.contrib[r] as Case['contrib'][number]).flat())
    }
  })

  const { background, interventional, expected, interactions } = oracle
  if (!background || !interventional || !interactions) continue
  test(`shap, ${name}: interventional and interaction values`, async () => {
    const { values, base } = await interventionalShap(trees, block, blockOf(background, features), run)
    // shap keeps the weights of its sets in single precision.
    expectClose(values, interventional.flat(), 1e-7)
    expectClose(base, [expected as number])
    expectClose(await shapInteractions(trees, block, run), interactions.flat(2))
  })
}
