import { globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Random } from '../../src/core/random.ts'
import { csv, foretide, inFolder, start } from './foretide.ts'
import { killRuns } from './kill.ts'

test('a run killed at any moment leaves a workspace that opens and a rerun that succeeds', {
  timeout: 120_000,
}, async () => {
  await inFolder({}, async (folder) => {
    const { kills, broken, failed } = await killRuns(5, folder)
    expect({ kills, broken, failed }).toEqual({ kills: 5, broken: [], failed: [] })
  })
})

/** Sales noisy enough to keep a search for an ARIMA order busy for a while. */
const random = Random.of(3, 'interrupt')
const SALES = csv(
  'item,date,units',
  Array.from({ length: 8 }, (_, i) => `item${i}`),
  200,
  (id, date, units) => {
    return `${id},${date},${Math.max(0, Math.round(units + 8 * random.normal()))}`
  },
)
const BACKTEST = ['backtest', '--horizon', '7', '--windows', '3', '--models', 'seasonal-naive,auto-arima', '--json']

test.each(['1', '2'])(
  'a backtest on %s threads that is interrupted says so, and goes on from there',
  { timeout: 120_000 },
  async (threads) => {
    await inFolder({ 'sales.csv': SALES }, async (folder) => {
      const kept = (workspace: string) => globSync(join(folder, workspace, 'kept', '*', '*')).sort()
      const into = (workspace: string) => ['--workspace', workspace, '--threads', threads]
      for (const workspace of ['cut', 'calm']) await foretide(folder, ['import', 'sales.csv', ...into(workspace)])

      const cut = start(folder, [...BACKTEST, ...into('cut')])
      while (kept('cut').length < 3) await setTimeout(5)
      await setTimeout(20)
      cut.stop('SIGINT')
      const stopped = await cut.outcome
      expect([stopped.code, stopped.signal, stopped.stdout]).toEqual([130, null, ''])
      expect(stopped.stderr).toContain('Interrupted. What was finished is kept')

      const finished = kept('cut')
      expect(finished.length).toBeGreaterThanOrEqual(3)
      expect(finished.length).toBeLessThan(6)
      const times = finished.map((file) => statSync(file).mtimeMs)
      const [again, calm] = [
        await foretide(folder, [...BACKTEST, ...into('cut')]),
        await foretide(folder, [...BACKTEST, ...into('calm')]),
      ]
      expect([again.code, calm.code]).toEqual([0, 0])
      // Nothing that was finished is fitted again, and the rest is added to it.
      expect(kept('cut')).toHaveLength(6)
      expect(finished.map((file) => statSync(file).mtimeMs)).toEqual(times)
      expect(timeless(JSON.parse(again.stdout))).toEqual(timeless(JSON.parse(calm.stdout)))
    })
  },
)

/** A document without what depends on the clock and the machine. */
function timeless(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(timeless)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).filter(([name]) => !/seconds|memory|peak|rate/i.test(name))
  return Object.fromEntries(entries.map(([name, inner]) => [name, timeless(inner)]))
}
