import { globSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { Random } from '../../src/core/random.ts'
import { SEARCH_SPACES } from '../../src/forecast/search/spaces.ts'
import { csv, foretide, inFolder, start } from './foretide.ts'

/** Levels that wander: the usual weight of simple smoothing, 0.1, lags behind them. */
const levels = new Map<string, number>()
const random = Random.of(2, 'tune')
const SALES = csv(
  'item,date,units',
  Array.from({ length: 6 }, (_, i) => `item${i}`),
  120,
  (id, date) => {
    const level = Math.max(20, (levels.get(id) ?? 100) + 8 * random.normal())
    levels.set(id, level)
    return `${id},${date},${random.poisson(level)}`
  },
)
const THREADS = ['--threads', '1']
const TUNE = ['tune', '--model', 'ses', '--horizon', '7', '--trials', '12', ...THREADS]

test('what tune finds is written down, holds on later windows, and is used by its name or by --tuned', {
  timeout: 120_000,
}, async () => {
  await inFolder({ 'sales.csv': SALES }, async (folder) => {
    const ask = async (...args: string[]) => {
      const outcome = await foretide(folder, args)
      expect([outcome.code, outcome.stderr.replace(/.*\d %.*\n/g, '')]).toEqual([0, expect.any(String)])
      return outcome
    }
    await ask('import', 'sales.csv')
    const found = JSON.parse((await ask(...TUNE, '--json')).stdout)
    expect(found).toMatchObject({ model: 'ses', horizon: 7, holdBack: 21, stopped: null, metric: 'wql' })
    expect(found.parameters.alpha).toBeGreaterThan(0.2)
    const file = join(folder, '.foretide', 'tuned', 'ses.json')
    expect(found.file).toBe(file)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ model: 'ses', parameters: found.parameters })

    const both = await ask('backtest', '--models', 'ses,ses@tuned', '--horizon', '7', '--json', ...THREADS)
    expect(both.stderr).not.toContain('flatter')
    const { leaderboard, answeredBy } = JSON.parse(both.stdout)
    expect(leaderboard.map((row: { model: string }) => row.model)).toEqual(['ses@tuned', 'ses'])
    expect(answeredBy).toEqual({ ses: { ses: 18 }, 'ses@tuned': { 'ses@tuned': 18 } })
    const named = JSON.parse((await ask('forecast', '--models', 'ses', '--tuned', '--horizon', '7', '--json')).stdout)
    expect(named).toMatchObject({ chosen: 'ses@tuned', provenance: { model: 'ses@tuned' } })
    expect(named.series[0].answeredBy).toBe('ses@tuned')

    // Other parameters are another model: nothing kept of the first is taken for it.
    const again = [...TUNE.slice(0, -4), '--trials', '3', '--metric', 'bias', ...THREADS]
    await ask(...again)
    const later = await ask(
      'backtest',
      '--models',
      'ses@tuned',
      '--horizon',
      '7',
      '--windows',
      '4',
      '--json',
      ...THREADS,
    )
    expect(later.stderr).toContain("The parameters of 'ses' were chosen on data up to")
    const [row] = JSON.parse(later.stdout).leaderboard
    expect(row.wql).not.toBe(leaderboard[0].wql)

    const none = await foretide(folder, ['forecast', '--models', 'naive', '--tuned', '--horizon', '3', ...THREADS])
    expect(none.stderr).toContain('No model that competes has been tuned')
    writeFileSync(file, '{}')
    const broken = await foretide(folder, ['forecast', '--models', 'ses@tuned', ...THREADS])
    expect([broken.code, broken.stderr]).toEqual([3, expect.stringContaining('does not hold tuned parameters')])
  })
})

test('people are told what was tried, on what, what came of it and how to use it, in their language', {
  timeout: 120_000,
}, async () => {
  await inFolder({ 'sales.csv': SALES }, async (folder) => {
    await foretide(folder, ['import', 'sales.csv'])
    const { stdout } = await foretide(folder, TUNE)
    for (const said of [
      /→\s+\d+ .*alpha 0\.\d+/,
      /default .*–\n/,
      /WQL at horizon 7; round 1: \d+ settings on 2 windows of 6 series/,
      /The 21 days after 2025-06-07 were not looked at/,
      /Best: alpha 0\.\d+\. WQL 0\.\d+ against 0\.\d+ of the default, \d+\.\d % better; better in \d of 3 windows\./,
      /Check it: +foretide backtest --models ses,ses@tuned --horizon 7/,
    ])
      expect(stdout).toMatch(said)
    const chinese = await foretide(folder, [...TUNE, '--locale', 'zh'])
    expect(chinese.stdout).toMatch(/最佳：alpha 0\.\d+。WQL/)
    expect(chinese.stdout.replaceAll(/foretide .*|\/\S+/g, '')).not.toMatch(/settings|default|better/)
  })
})

test('an interrupted search says the best so far, writes nothing, and goes on when it is asked again', {
  timeout: 120_000,
}, async () => {
  await inFolder({ 'sales.csv': SALES }, async (folder) => {
    const args = [...TUNE.slice(0, -4), '--trials', '60', '--json', ...THREADS]
    const kept = () => globSync(join(folder, '.foretide', 'kept', '*', '*')).sort()
    await foretide(folder, ['import', 'sales.csv'])
    const cut = start(folder, args)
    while (kept().length < 3) await setTimeout(2)
    cut.stop('SIGINT')
    const stopped = await cut.outcome
    expect([stopped.code, stopped.stdout]).toEqual([130, ''])
    expect(stopped.stderr).toContain('Interrupted. What was finished is kept')
    expect(globSync(join(folder, '.foretide', 'tuned', '*'))).toEqual([])
    const finished = kept()
    const times = finished.map((file) => statSync(file).mtimeMs)
    const again = await foretide(folder, args)
    expect(again.code).toBe(0)
    expect(JSON.parse(again.stdout)).toMatchObject({ stopped: null, trials: { length: 60 } })
    expect(finished.map((file) => statSync(file).mtimeMs)).toEqual(times)
  })
})

test.each(['tuning.md', 'tuning.zh-CN.md'])('every model that can be tuned has its line in docs/%s', (page) => {
  const text = readFileSync(fileURLToPath(new URL(`../../docs/${page}`, import.meta.url)), 'utf8')
  const missing = Object.entries(SEARCH_SPACES).filter(
    ([model, space]) =>
      !text.includes(`\`${model}\``) || Object.keys(space).some((name) => !text.includes(`\`${name}\``)),
  )
  expect(missing.map(([model]) => model)).toEqual([])
})
