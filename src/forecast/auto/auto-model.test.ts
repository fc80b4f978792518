import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Calendar } from '../../core/calendar.ts'
import { askOf } from '../../core/forecast.ts'
import { at, panelOf } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { runOf } from '../../core/run.ts'
import { modelContract } from '../../models/contract.case.ts'
import { modelNamed } from '../../models/registry.ts'
import { memorySource } from '../../store/source.ts'
import { latestWindow } from '../../store/window.ts'
import { autoModel } from './auto-model.ts'

const run = runOf({ seed: 1, threads: 1 })
const simple = () => ['seasonal-naive', 'profile-average', 'naive'].map((name) => modelNamed(name))

modelContract(() => autoModel('auto', { candidates: simple(), windows: 2 }), {
  notConstant: 'intervals that are corrected over all series together leave a constant one a little width',
})

/** Shops with busy weekends, of very different sizes. */
function shop(count: number, length = 70) {
  const series = Array.from({ length: count }, (_, i) => {
    const random = Random.of(i, 'auto shop')
    const level = 2 * 10 ** (i % 3)
    const values = Array.from({ length }, (_, t) => random.poisson(level * (t % 7 >= 5 ? 2 : 0.6)))
    return { id: `item ${i}`, start: 0, values }
  })
  return panelOf(series, { calendar: new Calendar({ unit: 'day' }) })
}

test('who forecasts the past best has the most say, who does not pay is dropped, and it is told', async () => {
  const window = latestWindow(memorySource(shop(40)), 7)
  const candidates4 = [...simple(), modelNamed('zero')]
  const fitted = await autoModel('auto', { candidates: candidates4, windows: 2 }).fit(window, run)
  const { candidates, together, cutoffs, early } = fitted.selection
  expect(cutoffs).toHaveLength(2)
  expect(early).toBe(false)
  const of = (name: string) => candidates.find(({ model }) => model === name)
  expect(of('zero')?.outcome).toBe('dropped')
  const weightOf = (name: string) => of(name)?.weight ?? Number.NaN
  expect(weightOf('naive')).toBeLessThan(0.1)
  expect(weightOf('profile-average') + weightOf('seasonal-naive')).toBeGreaterThan(0.9)
  expect(candidates.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9)
  expect(together as number).toBeLessThan(candidates[0]?.loss as number)
})

test('intervals hold what they say, and points follow the aim', async () => {
  const panel = shop(120, 77)
  const cut = (horizon: number) => latestWindow(memorySource(panelTo(panel, 70)), horizon)
  const model = (aim: 'wql' | 'wape') => autoModel('auto', { candidates: simple(), windows: 2, aim })
  const ask = askOf({ levels: [0.1, 0.5, 0.9] })
  const meant = await (await model('wql').fit(cut(7), run)).forecast(cut(7), ask, run)
  const middling = await (await model('wape').fit(cut(7), run)).forecast(cut(7), ask, run)
  let [inside, total, up, down] = [0, 0, 0, 0]
  for (let i = 0; i < 120; i++)
    for (let h = 0; h < 7; h++) {
      const y = at(panel.target, i * 77 + 70 + h)
      const k = (i * 7 + h) * 3
      inside += y >= at(meant.quantiles, k) && y <= at(meant.quantiles, k + 2) ? 1 : 0
      total++
      up += Math.abs(y - at(meant.mean, i * 7 + h))
      down += Math.abs(y - at(middling.mean, i * 7 + h))
    }
  expect(inside / total).toBeGreaterThan(0.74)
  expect(inside / total).toBeLessThan(0.9)
  expect(down).toBeLessThan(1.03 * up)
})

/** The first periods of every series. */
function panelTo(panel: ReturnType<typeof shop>, length: number) {
  const series = panel.ids.map((id, i) => ({
    ...{ id, start: 0 },
    values: panel.target.slice(at(panel.offsets, i), at(panel.offsets, i) + length),
  }))
  return panelOf(series, { calendar: panel.calendar })
}

test('histories too short to choose by are left to the pretrained model', async () => {
  const window = latestWindow(memorySource(shop(5, 9)), 7)
  const fitted = await autoModel('auto').fit(window, run)
  expect(fitted.selection.candidates.map(({ model, outcome }) => [model, outcome])).toEqual([['swell', 'chosen']])
  const { mean, answeredBy } = await fitted.forecast(window, askOf(), run)
  expect(answeredBy).toEqual(['auto', 'auto', 'auto', 'auto', 'auto'])
  expect(mean.every((x) => x >= 0)).toBe(true)
})

test('an interrupt gives the best so far, and so does the end of the budget', async () => {
  const window = latestWindow(memorySource(shop(20)), 7)
  const stop = new AbortController()
  const slow = modelNamed('naive')
  const stopping = {
    ...modelNamed('seasonal-naive'),
    name: 'stopping',
    fit: async (w: typeof window, r: typeof run) => {
      stop.abort()
      return await slow.fit(w, r)
    },
  }
  const candidates = [modelNamed('profile-average'), stopping, modelNamed('empirical')]
  const notices: string[] = []
  const interrupted = { ...run, signal: stop.signal, notice: ({ code }: { code: string }) => notices.push(code) }
  const fitted = await autoModel('auto', { candidates, windows: 1 }).fit(window, interrupted)
  expect(notices).toEqual(['auto.early'])
  expect(fitted.selection.early).toBe(true)
  expect(fitted.selection.candidates.find(({ model }) => model === 'empirical')?.outcome).toBe('late')
  // The forecast is asked for under the same run, which stays interrupted.
  const said = await fitted.forecast(window, askOf(), { ...run, signal: stop.signal })
  expect(said.mean.every(Number.isFinite)).toBe(true)
  const broke = await autoModel('auto', { preset: 'fast', budget: 0 }).fit(window, run)
  expect(broke.selection.candidates.filter(({ outcome }) => outcome === 'late').length).toBeGreaterThan(2)
  expect((await broke.forecast(window, askOf(), run)).mean.every(Number.isFinite)).toBe(true)
})

test('candidates that suit the data compete by themselves, and what they learned is read back to the last bit', async () => {
  const window = latestWindow(memorySource(shop(30)), 7)
  const model = autoModel('auto', { preset: 'fast', windows: 1 })
  const fitted = await model.fit(window, run)
  expect(fitted.selection.candidates.map(({ model }) => model).sort()).toEqual(
    ['boosting-fast', 'empirical', 'profile-average', 'raw-ensemble', 'swell'].sort(),
  )
  const folder = mkdtempSync(join(tmpdir(), 'foretide-auto-'))
  try {
    await fitted.save({ path: folder })
    const back = await model.load({ path: folder }, run)
    const [one, two] = [
      await fitted.forecast(window, askOf({ paths: 3 }), run),
      await back.forecast(window, askOf({ paths: 3 }), run),
    ]
    expect(two.mean).toEqual(one.mean)
    expect(two.quantiles).toEqual(one.quantiles)
    expect(two.paths?.values).toEqual(one.paths?.values)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('small counts have whole quantiles where that does better, large ones and amounts do not', async () => {
  const window = latestWindow(memorySource(shop(60)), 7)
  const fitted = await autoModel('auto', { candidates: simple(), windows: 2 }).fit(window, run)
  const { quantiles, levels } = await fitted.forecast(window, askOf({ levels: [0.1, 0.25, 0.5, 0.75, 0.9] }), run)
  const wholeOf = (i: number) =>
    quantiles.subarray(i * 7 * levels.length, (i + 1) * 7 * levels.length).every((q) => Number.isInteger(q))
  expect(wholeOf(0)).toBe(true)
  expect(wholeOf(3)).toBe(true)
  expect(wholeOf(2)).toBe(false)
  const halves = shop(60)
  halves.target.forEach((y, k) => {
    halves.target[k] = y / 2
  })
  const amounts = latestWindow(memorySource(halves), 7)
  const other = await autoModel('auto', { candidates: simple(), windows: 2 }).fit(amounts, run)
  const said = await other.forecast(amounts, askOf({ levels: [0.1, 0.5, 0.9] }), run)
  expect(said.quantiles.subarray(0, 21).every((q) => Number.isInteger(q))).toBe(false)
})
