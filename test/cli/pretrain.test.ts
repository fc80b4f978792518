import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { csv, foretide, inFolder, start } from './foretide.ts'

const SALES = csv('item,date,units', ['tea', 'rice', 'milk'], 120, (id, date, units) => `${id},${date},${units}`)
const THREADS = ['--threads', '1']
const SMALL = ['--width', '16', '--layers', '1', '--heads', '2', '--hidden', '32', '--batch', '16', ...THREADS]

test('what finetune learns is used by its name, gone on from, and said in both languages', {
  timeout: 120_000,
}, async () => {
  await inFolder({ 'sales.csv': SALES }, async (folder) => {
    const ask = async (...args: string[]) => {
      const outcome = await foretide(folder, args)
      expect([outcome.code, outcome.stderr]).toEqual([0, expect.any(String)])
      return outcome.stdout
    }
    await ask('import', 'sales.csv')
    const tune = ['finetune', '--horizon', '7', '--steps', '60', '--batch', '16', '--rate', '0.001', ...THREADS]
    const made = JSON.parse(await ask(...tune, '--json'))
    expect(made).toMatchObject({ name: 'swell@mine', horizon: 7 })
    expect(made.after).toBeLessThan(made.before)
    const manifest = JSON.parse(readFileSync(join(folder, '.foretide/pretrained/mine/manifest.json'), 'utf8'))
    expect(manifest.making.corpus).toEqual([{ set: 'workspace', share: 1, lastSeen: '2025-06-28', series: 3 }])

    const page = readFileSync(made.page, 'utf8')
    for (const said of ['samples', 'swell@mine', 'tea', '2025-06-28']) expect(page).toContain(said)

    const models = 'swell,swell@mine,seasonal-naive'
    const tested = JSON.parse(await ask('backtest', '--models', models, '--horizon', '7', '--json', ...THREADS))
    expect(tested.leaderboard.map((row: { model: string }) => row.model).sort()).toEqual(models.split(',').sort())
    const forecast = JSON.parse(await ask('forecast', '--models', 'swell@mine', '--horizon', '7', '--json'))
    expect(forecast.series[0].answeredBy).toBe('swell@mine')

    // From what was learned yesterday: its loss is what the last one ended with.
    const onwards = [...tune, '--from', 'mine', '--out', 'later', '--parts', 'heads']
    const further = JSON.parse(await ask(...onwards, '--json'))
    expect(further.before).toBeCloseTo(made.after, 3)
    expect(await ask(...onwards, '--steps', '5', '--rate', '100')).toMatch(
      /did not fall below .*: the model stays as it was/,
    )
    expect(await ask(...tune, '--locale', 'zh')).toMatch(
      /最新 7 期（留出）的损失：[\d.]+ → [\d.]+，降低 .*\n.*\n.*\n使用：foretide forecast --models swell@mine/,
    )
  })
})

test('an interrupted pretraining goes on to the same weights, from data or without', { timeout: 120_000 }, async () => {
  await inFolder({ 'sales.csv': SALES }, async (folder) => {
    const weights = (name: string) => readFileSync(join(folder, '.foretide/pretrained', name, 'weights.safetensors'))
    await foretide(folder, ['import', 'sales.csv'])
    const train = ['pretrain', '--steps', '1500', ...SMALL, '--out']
    const cut = start(folder, [...train, 'cut'])
    while (globSync(join(folder, '.foretide/pretrained/cut/checkpoint/*')).length === 0) await setTimeout(5)
    cut.stop('SIGINT')
    expect((await cut.outcome).code).toBe(130)
    expect(globSync(join(folder, '.foretide/pretrained/cut/*.safetensors'))).toEqual([])
    const again = await foretide(folder, [...train, 'cut'])
    expect([again.code, again.stdout]).toEqual([
      0,
      expect.stringContaining('50.0 % of the examples from the workspace'),
    ])
    expect((await foretide(folder, [...train, 'whole'])).code).toBe(0)
    const [a, b] = [weights('cut'), weights('whole')]
    // The names in the two headers differ; what was learned does not.
    expect(a.subarray(-20_000).equals(b.subarray(-20_000))).toBe(true)
    expect(globSync(join(folder, '.foretide/pretrained/*/checkpoint'))).toEqual([])

    const alone = await foretide(folder, ['pretrain', '--workspace', 'none', '--steps', '3', ...SMALL, '--json'])
    expect(JSON.parse(alone.stdout)).toMatchObject({ name: 'swell@own', share: 0 })
  })
})

test('names that will not do, and models that there are not, are refused with a remedy', async () => {
  await inFolder({ 'sales.csv': SALES }, async (folder) => {
    await foretide(folder, ['import', 'sales.csv'])
    const none = await foretide(folder, ['forecast', '--models', 'swell@none', '--horizon', '7'])
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('foretide finetune --out none')])
    const bad = await foretide(folder, ['finetune', '--out', '../evil', '--steps', '1'])
    expect([bad.code, bad.stderr]).toEqual([2, expect.stringContaining("'../evil' will not do")])
    const from = await foretide(folder, ['finetune', '--from', 'nowhere', '--steps', '1', '--locale', 'zh'])
    expect([from.code, from.stderr]).toEqual([2, expect.stringContaining('没有模型“nowhere”')])
  })
})
