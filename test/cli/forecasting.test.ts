import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { foretide, inFolder } from './foretide.ts'

const PROMOTED = (t: number) => (t % 9 < 2 ? 1 : 0)
/** Sales of days up to one, with the promotions planned a week beyond it. */
function sales(days: number): string {
  const rows = ['item,date,units,promo']
  for (const [item, base] of [['tea', 20] as const, ['rice', 8] as const, ['milk', 40] as const])
    for (let t = 0; t < days + 7; t++) {
      const day = new Date(Date.UTC(2026, 0, 5 + t)).toISOString().slice(0, 10)
      const units = t < days ? base + (t % 7 > 4 ? base : 0) + PROMOTED(t) * base + ((t * 5) % 4) : ''
      rows.push(`${item},${day},${units},${PROMOTED(t)}`)
    }
  return `${rows.join('\n')}\n`
}

test('a forecast is taken apart in both languages, and what changed since is said', { timeout: 120_000 }, async () => {
  await inFolder({ 'one.csv': sales(91), 'two.csv': sales(94) }, async (folder) => {
    const ask = async (...args: string[]) => {
      const outcome = await foretide(folder, [...args, '--threads', '1'])
      expect([outcome.code, outcome.stderr]).toEqual([0, expect.any(String)])
      return outcome.stdout
    }
    const explain = ['explain', 'tea', '--horizon', '7', '--models', 'boosting-fast']
    await ask('import', 'one.csv', '--known', 'promo')
    const made = JSON.parse(await ask(...explain, '--json'))
    expect(made.changes).toEqual([])
    const [{ mean, parts, id }] = made.explained
    expect(id).toBe('tea')
    for (let h = 0; h < 7; h++)
      expect(
        Object.values(parts as Record<string, number[]>).reduce((sum, own) => sum + (own[h] as number), 0),
      ).toBeCloseTo(mean[h], 6)
    await ask('import', 'two.csv', '--known', 'promo')
    const said = await ask(...explain)
    expect(said).toMatch(/^tea: [\d,.]+ units expected from 2026-04-09 to 2026-04-15; /)
    expect(said).toMatch(/tea: the forecast from 2026-04-09 to 2026-04-12 went from/)
    expect(said).toMatch(/date +forecast +recent level/)
    expect(await ask(...explain, '--locale', 'zh')).toMatch(/^tea：2026-04-09 至 2026-04-15 预计 .*\n[\s\S]*近期水平/)
    const wrong = await foretide(folder, ['explain', 'coffee', '--models', 'naive'])
    expect(wrong.code).toBe(2)
    expect(wrong.stderr).toContain("no series 'coffee'")
    expect((await foretide(folder, ['explain'])).code).toBe(2)
  })
})

test('what was learned is used again for a day of new data, and said so', { timeout: 120_000 }, async () => {
  await inFolder({ 'one.csv': sales(91), 'two.csv': sales(94) }, async (folder) => {
    const ask = async (...args: string[]) => {
      const outcome = await foretide(folder, [...args, '--threads', '1'])
      expect([outcome.code, outcome.stderr]).toEqual([0, expect.any(String)])
      return outcome.stdout
    }
    const forecast = ['forecast', '--horizon', '7', '--models', 'auto-fast', '--update']
    await ask('import', 'one.csv', '--known', 'promo')
    expect(await ask(...forecast)).toMatch(/^learned for the first time\n/)
    await ask('import', 'two.csv', '--known', 'promo')
    const made = JSON.parse(await ask(...forecast, '--json'))
    expect(made.update).toMatchObject({ refitted: null, learnedTo: '2026-04-05', seenTo: '2026-04-08' })
    expect(made.update.loss).toBeLessThan(0.5)
    expect(made.dates[0]).toBe('2026-04-09')
    expect(await ask(...forecast, '--locale', 'zh')).toMatch(/^沿用截至 2026-04-05 的所学/)
  })
})

test('forecasts add up to the sums that are asked for, which are answered and written, too', {
  timeout: 120_000,
}, async () => {
  const rows = sales(91).split('\n')
  const files = {
    'one.csv': rows
      .map((row, k) => (row ? `${row},${k === 0 ? 'kind' : row.startsWith('tea') ? 'drink' : 'food'}` : row))
      .join('\n'),
  }
  await inFolder(files, async (folder) => {
    const ask = async (...args: string[]) => {
      const outcome = await foretide(folder, [...args, '--threads', '1'])
      expect([outcome.code, outcome.stderr]).toEqual([0, expect.any(String)])
      return outcome.stdout
    }
    await ask('import', 'one.csv', '--known', 'promo', '--static', 'kind')
    const forecast = ['forecast', '--horizon', '7', '--models', 'profile-average', '--coherent', 'total,kind']
    const { series } = JSON.parse(await ask(...forecast, '--out', 'sums.csv', '--json')) as {
      series: { id: string; mean: number[] }[]
    }
    expect(series).toHaveLength(6)
    const items = series.filter(({ id }) => ['tea', 'rice', 'milk'].includes(id))
    const sums = series.filter((one) => !items.includes(one))
    const total = items.reduce((sum, { mean }) => sum + (mean[0] as number), 0)
    const food = items.filter(({ id }) => id !== 'tea').reduce((sum, { mean }) => sum + (mean[0] as number), 0)
    for (const wanted of [total, food])
      expect(sums.some(({ mean }) => Math.abs((mean[0] as number) - wanted) < 1e-5)).toBe(true)
    expect(readFileSync(join(folder, 'sums.csv'), 'utf8').trim().split('\n')).toHaveLength(1 + 6 * 7)
  })
})
