import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { Random } from '../../src/core/random.ts'
import { Workspace } from '../../src/store/workspace.ts'
import { DAYS, keptOf, SERIES } from './importer.ts'
import { killLoop } from './kill-loop.ts'

/** What every cell of the panel holds; undefined before the first import; throws where the workspace is not whole. */
async function valueIn(workspace: Workspace): Promise<number | undefined> {
  if (workspace.current === undefined) return undefined
  if (workspace.facts().cells !== SERIES * DAYS) throw new Error('the facts are of another panel')
  const values = new Set<number>()
  let cells = 0
  for await (const block of workspace.source().blocks()) {
    cells += block.target.length
    for (const v of block.target) values.add(v)
  }
  if (cells !== SERIES * DAYS || values.size !== 1) throw new Error(`${cells} cells of ${[...values].slice(0, 5)}`)
  return [...values][0]
}

test('a process killed at any moment leaves the workspace as it was before a change or after it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'foretide-kill-'))
  try {
    const importer = fileURLToPath(new URL('./importer.ts', import.meta.url))
    let last = 0
    let torn = 0
    const { killed, faults } = await killLoop({
      times: 15,
      start: () => [importer, folder, String(last + 1)],
      ready: 'begin',
      longest: 300,
      random: Random.of(11, 'kill'),
      check: async (_round, stdout) => {
        const [began = 0] = [...stdout.matchAll(/begin (\d+)\n/g)].map((m) => Number(m[1])).slice(-1)
        const [ended = last] = [...stdout.matchAll(/end (\d+)\n/g)].map((m) => Number(m[1])).slice(-1)
        const workspace = Workspace.open(join(folder, 'workspace'))
        const value = (await valueIn(workspace)) ?? 0
        if (value !== ended && value !== began) return `holds ${value}, but ${ended} was ended and ${began} begun`
        if (readdirSync(join(folder, 'workspace', 'generations')).length > 1) torn++
        for (let v = 1; v <= began; v++) {
          const kept = await workspace.keep.get(`result of ${v}`)
          if (kept === undefined ? v <= ended && v > last : Buffer.compare(kept, keptOf(v)) !== 0)
            return `the result kept of ${v} is torn or lost`
        }
        last = value
        return undefined
      },
    })
    expect(faults).toEqual([])
    expect(killed).toBe(15)
    // Some kills must have hit a generation in the making, or nothing was proved.
    expect(torn).toBeGreaterThan(3)
    const workspace = Workspace.open(join(folder, 'workspace'))
    await expect(workspace.replace(async () => Promise.reject(new Error('gives up')))).rejects.toThrow('gives up')
    expect(await valueIn(workspace)).toBe(last)
    await workspace.replace(async () => undefined)
    expect(readdirSync(join(folder, 'workspace', 'generations')).length).toBeLessThanOrEqual(2)
    expect(existsSync(join(folder, 'workspace', 'lock'))).toBe(false)
    const drafts = readdirSync(join(folder, 'workspace'), { recursive: true }).filter((name) =>
      /\.tmp$|lock-/.test(String(name)),
    )
    expect(drafts).toEqual([])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
