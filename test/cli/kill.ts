import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Random } from '../../src/core/random.ts'
import { runOf } from '../../src/core/run.ts'
import { simulate } from '../../src/simulate/simulate.ts'
import { Workspace } from '../../src/store/workspace.ts'
import { killLoop } from '../kill/kill-loop.ts'
import { CLI, foretide } from './foretide.ts'

/** What became of runs that were killed. */
export interface Killed {
  readonly kills: number
  /** How many kills came before any data was in the workspace, and how many after. */
  readonly before: number
  readonly after: number
  /** Seconds of a run that nobody kills. */
  readonly seconds: number
  /** Workspaces that did not open, or whose facts and panel did not agree. */
  readonly broken: readonly string[]
  /** Reruns that failed, left no whole report, or forecast anything else than the run that nobody killed. */
  readonly failed: readonly string[]
}

const TABLES = ['sales', 'items', 'prices', 'stock', 'promotions'].map((name) => join('shop', `${name}.csv`))

/**
 * Kills `foretide run` on a small simulated shop at moments spread evenly over the time that a whole run takes; after each
 * the workspace is opened and the same command is given again.
 */
export async function killRuns(times: number, folder: string, log: (line: string) => void = () => {}): Promise<Killed> {
  const shop = { preset: 'tiny', items: 3, stores: 1, days: 120, horizon: 14, customers: 20 } as const
  await simulate(shop, join(folder, 'shop'), runOf({ seed: 5 }))
  const args = ['run', ...TABLES.map((path) => join(folder, path)), '--horizon', '7', '--windows', '2']
  const command = [...args, '--models', 'seasonal-naive,auto-ets', '--threads', '2', '--workspace']
  const read = (workspace: string, name: string) => readFileSync(join(workspace, name), 'utf8')

  const calm = join(folder, 'calm')
  let seconds = Number.POSITIVE_INFINITY
  for (const workspace of [join(folder, 'warm'), calm]) {
    const begun = performance.now()
    const { code, stderr } = await foretide(folder, [...command, workspace])
    if (code !== 0) throw new Error(`the run that nobody kills ended with ${code}: ${stderr}`)
    seconds = Math.min(seconds, (performance.now() - begun) / 1000)
  }
  const wanted = read(calm, 'forecast.csv')

  const broken: string[] = []
  const failed: string[] = []
  const random = Random.of(17, 'kill')
  let kills = 0
  let after = 0
  for (let round = 0; kills < times && round < 2 * times; round++) {
    const path = join(folder, `killed-${round}`)
    const { killed } = await killLoop({
      times: 1,
      start: () => [CLI, ...command, path],
      longest: 1000 * seconds,
      random,
      check: async (_round, _stdout, ended) => {
        const fault = await faultOf(path).catch((error: unknown) => String(error))
        if (typeof fault === 'string') broken.push(fault)
        else if (fault && !ended) after++
        const again = await foretide(folder, [...command, path])
        const left = existsSync(path)
          ? readdirSync(path, { recursive: true }).filter((n) => /\.tmp$/.test(String(n)))
          : []
        if (again.code !== 0) failed.push(`exit ${again.code}: ${again.stderr}`)
        else if (!/^<!doctype html>[\s\S]*<\/html>\n$/.test(read(path, 'report.html'))) failed.push('half a report')
        else if (read(path, 'forecast.csv') !== wanted) failed.push('another forecast')
        else if (left.length > 0) failed.push(`drafts left: ${left.join(', ')}`)
        else rmSync(path, { recursive: true, force: true })
        return undefined
      },
    })
    kills += killed
    if (killed && kills % 20 === 0) log(`${kills} kills`)
  }
  return { kills, before: kills - after, after, seconds, broken, failed }
}

/** Opens what a kill left: a text names what is wrong with it, true says that it holds data, false that it holds none yet. */
async function faultOf(path: string): Promise<string | boolean> {
  const workspace = Workspace.open(path)
  if (workspace.current === undefined) return false
  const facts = workspace.facts()
  let cells = 0
  let series = 0
  for await (const block of workspace.source().blocks()) {
    cells += block.target.length
    series += block.ids.length
  }
  if (cells !== facts.cells || series !== facts.series)
    return `${path}: ${cells} cells of ${series} series, but the facts say ${facts.cells} of ${facts.series}`
  return true
}
