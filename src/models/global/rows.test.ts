import { expect, test } from 'vitest'
import { Calendar } from '../../core/calendar.ts'
import { at, Mask, type Panel, panelOf } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { runOf } from '../../core/run.ts'
import { frameOf } from '../../features/plan.ts'
import { featureSpec } from '../../features/spec.ts'
import { memorySource } from '../../store/source.ts'
import { windowAt } from '../../store/window.ts'
import { derivedFeatures, gatherDerived, planDerived } from './derived-plan.ts'
import { type Ground, learnedOn } from './ground.ts'
import { layoutOf } from './layout.ts'
import { type GlobalInput, STRATEGIES, settingsOf } from './options.ts'
import { ridgeCase } from './ridge.case.ts'
import type { Selection } from './rows.ts'
import { rowsOf } from './table.ts'

const calendar = new Calendar({ unit: 'day' })
const HORIZON = 10
const CUTOFF = 69

function panel(change: (values: number[], views: number[]) => void = () => {}, mask?: number[]): Panel {
  const series = Array.from({ length: 4 }, (_, i) => {
    const random = Random.of(2, `rows ${i}`)
    const length = CUTOFF + 1 + HORIZON - 7 * i
    const values = Array.from({ length }, () => 10 + 5 * random.uniform())
    const views = Array.from({ length }, () => random.uniform())
    const promo = Array.from({ length }, () => random.uniform())
    change(values, views)
    return {
      id: `s${i}`,
      start: 7 * i,
      values,
      columns: { promo, views },
      ...(mask ? { mask: mask.slice(0, length) } : {}),
    }
  })
  return panelOf(series, {
    calendar,
    knownAhead: ['promo'],
    statics: { kind: [0, 1, 0, 1] },
    categories: { kind: ['a', 'b'] },
  })
}

const spec = featureSpec({
  families: [
    { family: 'lags', lags: [1, 2], seasons: [1, 2] },
    { family: 'rolling', windows: [7], stats: ['mean', 'activeShare'] },
    { family: 'seasonal', counts: [2] },
    { family: 'exponential', halfLives: [3] },
    { family: 'lags', of: 'views', lags: [1] },
    { family: 'targetEncoding' },
    { family: 'category' },
    { family: 'column' },
    { family: 'calendar', terms: ['dayOfWeek'] },
  ],
})

async function groundOf(of: Panel, input: GlobalInput = {}): Promise<Ground> {
  const settings = settingsOf({ name: 'g', point: { make: ridgeCase, options: {} }, ...input })
  const window = windowAt(memorySource(of), CUTOFF, HORIZON)
  const [past] = await Array.fromAsync(window.past())
  const [known] = await Array.fromAsync(window.known())
  const frame = frameOf(past as Panel, known as Panel)
  const plan = planDerived('rows', frame, settings, calendar, 30)
  const layout = layoutOf(spec, frame, settings, derivedFeatures(plan))
  const options = { window: 14, season: 7, trust: 0.5, hidden: Mask.closed }
  const run = runOf({ threads: 1 })
  return {
    window,
    settings,
    layout,
    past: options,
    segments: { edges: [] },
    learned: await learnedOn(window, layout),
    derived: await gatherDerived(window, plan),
    run,
  }
}

const all: Selection = {
  own: [0, CUTOFF],
  origin: Number.NEGATIVE_INFINITY,
  steps: [1, HORIZON],
  every: 1,
  cutoff: CUTOFF,
  share: 1,
  together: false,
}

/** Every row as `series:origin:own` with its columns. */
async function read(ground: Ground, selection = all): Promise<Map<string, Record<string, number>>> {
  const found = new Map<string, Record<string, number>>()
  for await (const { rows, columns } of (await rowsOf(ground, selection)).blocks())
    for (let r = 0; r < rows.count; r++) {
      const named = ground.layout.features.map(({ name }, f) => [name, at(columns[f] as Float32Array, r)])
      found.set(`${at(rows.series, r)}:${at(rows.origin, r)}:${at(rows.own, r)}`, {
        ...Object.fromEntries(named),
        actual: at(rows.actual, r),
        scale: at(rows.scale, r),
      })
    }
  return found
}

test('a row shows what was known at its origin, and the covariates of its own period', async () => {
  const of = panel()
  const y = of.target
  const promo = of.columns.get('promo')?.values as Float64Array
  const rows = await read(await groundOf(of, { target: { scale: 'none' } }))
  for (const [origin, own] of [
    [40, 41],
    [40, 45],
    [40, 47],
    [40, 48],
    [40, 50],
    [59, 69],
  ] as const) {
    const row = rows.get(`0:${origin}:${own}`) as Record<string, number>
    const week = 7 * Math.ceil((own - origin) / 7)
    expect(row.actual).toBe(at(y, own))
    expect(row.target_lag_1).toBeCloseTo(at(y, origin), 4)
    expect(row.target_lag_2).toBeCloseTo(at(y, origin - 1), 4)
    expect(row.target_lag_7).toBeCloseTo(at(y, own - week), 4)
    expect(row.target_lag_14).toBeCloseTo(at(y, own - week - 7), 4)
    expect(row.target_season_7_mean_2_lag_7).toBeCloseTo((at(y, own - week) + at(y, own - week - 7)) / 2, 4)
    expect(row.target_mean_7_lag_1).toBeCloseTo(y.slice(origin - 6, origin + 1).reduce((a, b) => a + b, 0) / 7, 4)
    expect(row.promo).toBeCloseTo(at(promo, own), 5)
    expect(row.horizon_step).toBe(own - origin)
    expect(row.kind_code).toBe(0)
    expect(row.dayOfWeek).toBe((own + 3) % 7)
  }
})

test('columns in units of the target are relative to the scale of the row, others are not', async () => {
  const plain = await read(await groundOf(panel(), { target: { scale: 'none' } }))
  const scaled = await read(await groundOf(panel()))
  const [a, b] = [plain.get('1:40:44'), scaled.get('1:40:44')] as [Record<string, number>, Record<string, number>]
  expect(b.scale).toBeGreaterThan(5)
  for (const name of Object.keys(a)) {
    if (name === 'scale') continue
    const unit = /^target_(lag|mean|season|ewm)|^kind_target|^simple_forecast|^similar/.test(name)
    expect((b[name] as number) * (unit ? (b.scale as number) : 1), name).toBeCloseTo(a[name] as number, 4)
  }
})

test.each(STRATEGIES)('%s: nothing after the origin is in a row but what is known ahead', async (strategy) => {
  const from = 50
  const settings = { strategy, target: { scale: 'level', anchor: 'profile' } } as const
  const steps =
    strategy === 'shift' ? ([HORIZON, HORIZON] as const) : strategy === 'recursive' ? ([1, 1] as const) : all.steps
  const clean = await read(await groundOf(panel(), settings), { ...all, steps })
  const poison = (values: number[], views: number[]) => {
    // Series begin a week apart: period `from` is cell `from − start`, and lengths tell the start.
    const start = CUTOFF + 1 + HORIZON - values.length
    values.fill(1e6, from - start)
    views.fill(-1e6, from - start)
  }
  const poisoned = await read(await groundOf(panel(poison), settings), { ...all, steps })
  let compared = 0
  for (const [key, row] of clean) {
    if (Number(key.split(':')[1]) >= from) continue
    expect({ ...poisoned.get(key), actual: 0 }, key).toEqual({ ...row, actual: 0 })
    compared++
  }
  expect(compared).toBeGreaterThan(50)
})

test('closed and, where asked, censored periods are no rows; raised ones expect at least the profile', async () => {
  const mask = Array.from({ length: 80 }, (_, t) => (t % 10 === 3 ? Mask.closed : t % 10 === 6 ? Mask.censored : 0))
  const low = (values: number[]) => {
    for (let t = 6; t < values.length; t += 10) values[t] = 0
  }
  const of = panel(low, mask)
  const own = (rows: Map<string, unknown>) =>
    new Set([...rows.keys()].filter((k) => k.startsWith('0:')).map((k) => Number(k.split(':')[2]) % 10))
  expect(own(await read(await groundOf(of)))).toEqual(new Set([0, 1, 2, 4, 5, 6, 7, 8, 9]))
  expect(own(await read(await groundOf(of, { censored: 'drop' })))).toEqual(new Set([0, 1, 2, 4, 5, 7, 8, 9]))
  const raised = await read(await groundOf(of, { censored: 'raise' }))
  expect(raised.get('0:45:46')?.actual).toBeGreaterThan(5)
  expect((await read(await groundOf(of))).get('0:45:46')?.actual).toBe(0)
})

test('a share of the rows is a share of the same rows, however they are read', async () => {
  const ground = await groundOf(panel())
  const whole = await rowsOf(ground, all)
  const part = await rowsOf(ground, all, whole.count / 3)
  expect(part.count / whole.count).toBeGreaterThan(0.25)
  expect(part.count / whole.count).toBeLessThan(0.4)
  let read = 0
  for await (const { rows } of part.blocks()) read += rows.count
  expect(read).toBe(part.count)
})
