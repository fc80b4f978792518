import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Run } from '../../core/run.ts'
import { VERSION } from '../../core/version.ts'
import type { Dir, Manifest } from '../model.ts'
import type { FittedRegressor, Regressor } from '../regressor.ts'
import type { TableBlock } from '../table.ts'

/** Members of an average, each with its weight; equal ones unless given. */
export interface Member {
  readonly regressor: Regressor
  readonly weight?: number
}

/**
 * Several regressors that learn the same, answered by the weighted mean of their answers: losses and seeds of different kinds err
 * differently. All must give the same outputs.
 *
 * @example
 * averaged([{ regressor: boosting({ objective: { loss: 'l1' } }) }, { regressor: boosting({ objective: { loss: 'tweedie' } }) }]).name // → 'averaged'
 */
export function averaged(members: readonly Member[]): Regressor {
  const total = members.reduce((sum, { weight = 1 }) => sum + weight, 0)
  const shares = members.map(({ weight = 1 }) => weight / total)
  const make = (fitted: readonly FittedRegressor[]): FittedAverage => {
    const [first] = fitted as [FittedRegressor, ...FittedRegressor[]]
    return {
      members: fitted,
      features: first.features,
      outputs: first.outputs,
      ...(first.levels ? { levels: first.levels } : {}),
      predict: (block, run) => meanOf(fitted, shares, block, run),
      importance: () => {
        const all = fitted.map((member) => member.importance())
        return new Float64Array(first.features.length).map((_, f) =>
          all.reduce((sum, shared, m) => sum + (shares[m] as number) * (shared[f] as number), 0),
        )
      },
      save: (dir) => save(fitted, shares, dir),
    }
  }
  return {
    name: 'averaged',
    async fit(table, run, { valid, from } = {}) {
      const old = (from as Partial<FittedAverage> | undefined)?.members
      const fitted: FittedRegressor[] = []
      for (const [m, { regressor }] of members.entries())
        fitted.push(
          await regressor.fit(table, run, { ...(valid ? { valid } : {}), ...(old?.[m] ? { from: old[m] } : {}) }),
        )
      return make(fitted)
    },
    async load(dir, run) {
      const fitted: FittedRegressor[] = []
      for (const [m, { regressor }] of members.entries())
        fitted.push(await regressor.load({ path: join(dir.path, folderOf(m)) }, run))
      return make(fitted)
    },
  }
}

interface FittedAverage extends FittedRegressor {
  readonly members: readonly FittedRegressor[]
}

const folderOf = (member: number) => `member-${member}`

async function meanOf(
  fitted: readonly FittedRegressor[],
  shares: readonly number[],
  block: TableBlock,
  run: Run,
): Promise<Float64Array> {
  let sum = new Float64Array(0)
  for (const [m, member] of fitted.entries()) {
    const said = await member.predict(block, run)
    const share = shares[m] as number
    if (m === 0) sum = new Float64Array(said.length)
    for (let k = 0; k < said.length; k++) sum[k] = (sum[k] as number) + share * (said[k] as number)
  }
  return sum
}

async function save(fitted: readonly FittedRegressor[], shares: readonly number[], dir: Dir): Promise<Manifest> {
  const files: string[] = []
  for (const [m, member] of fitted.entries()) {
    const path = join(dir.path, folderOf(m))
    await mkdir(path, { recursive: true })
    files.push(...(await member.save({ path })).files.map((file) => `${folderOf(m)}/${file}`))
  }
  const manifest: Manifest = { model: 'averaged', version: VERSION, options: { shares }, window: '', files }
  await writeFile(join(dir.path, 'manifest.json'), JSON.stringify(manifest, null, 2))
  return manifest
}
