import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { tinyModel } from '../../backtest/tiny.case.ts'
import { Calendar } from '../../core/calendar.ts'
import { textOf } from '../../core/errors.ts'
import { askOf } from '../../core/forecast.ts'
import { at, Mask, type Panel, panelOf } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { type Notice, runOf } from '../../core/run.ts'
import type { Window } from '../../core/window.ts'
import { modelNamed } from '../../models/registry.ts'
import { memorySource } from '../../store/source.ts'
import { windowAt } from '../../store/window.ts'
import { findAnomalies } from './find.ts'
import { type MendingPolicy, mendedWindow } from './mend.ts'
import { mended } from './mended.ts'

const calendar = new Calendar({ unit: 'day' })
const run = runOf({ threads: 1 })
const DAYS = 90
const WILD = 60
const SHIFT = 40

/** Ten a day with a wild day, the same a promotion, and a shop that doubles. */
function panel(): Panel {
  const random = Random.of(2, 'mend')
  const plain = () => Array.from({ length: DAYS }, () => random.poisson(10))
  const wild = plain().map((y, t) => (t === WILD ? 80 : y))
  const promotion = plain().map((_, t) => (t === WILD ? 1 : 0))
  const none = promotion.map(() => 0)
  return panelOf(
    [
      { id: 'wild', start: 5, values: wild, columns: { promotion: none } },
      {
        id: 'doubled',
        start: 5,
        values: plain().map((y, t) => (t >= SHIFT ? 2 * y + 10 : y)),
        columns: { promotion: none },
      },
      { id: 'quiet', start: 5, values: plain(), columns: { promotion: none } },
    ],
    { calendar, knownAhead: ['promotion'] },
  )
}

const window = windowAt(memorySource(panel()), 5 + DAYS - 1, 7)

async function pastOf(w: Window): Promise<Panel> {
  for await (const block of w.past()) return block
  throw new Error('no block')
}

const mendedBy = async (policy: Partial<MendingPolicy>) =>
  await pastOf(mendedWindow(window, await findAnomalies(window, {}, run), policy))

test('only what was found is changed, and every change is marked', async () => {
  const before = await pastOf(window)
  const after = await mendedBy({})
  for (let k = 0; k < before.target.length; k++) {
    const changed = k === WILD
    expect(at(after.target, k) !== at(before.target, k), `cell ${k}`).toBe(changed)
    expect(at(after.mask, k)).toBe(changed ? Mask.outlier | Mask.imputed : 0)
  }
  expect(Math.abs(at(after.target, WILD) - 10)).toBeLessThanOrEqual(3)
  expect(Number.isInteger(at(after.target, WILD))).toBe(true)
  expect(at(before.target, WILD)).toBe(80)
})

test('an unusual value is brought to the end of its range, forgotten, or only marked, as is wished', async () => {
  const bound = at((await mendedBy({ values: 'bound' })).target, WILD)
  expect(bound).toBeGreaterThan(15)
  expect(bound).toBeLessThan(25)
  expect((await mendedBy({ values: 'missing' })).target[WILD]).toBeNaN()
  const marked = await mendedBy({ values: 'mark' })
  expect([at(marked.target, WILD), at(marked.mask, WILD)]).toEqual([80, Mask.outlier])
  const kept = await mendedBy({ values: 'keep' })
  expect([at(kept.target, WILD), at(kept.mask, WILD)]).toEqual([80, 0])
})

test('what came before a shift is brought to the new level in whole units, or forgotten', async () => {
  const { target, offsets } = await mendedBy({ shifts: 'rescale' })
  const values = [...target.subarray(at(offsets, 1), at(offsets, 2))]
  const mean = (part: number[]) => part.reduce((a, b) => a + b, 0) / part.length
  expect(mean(values.slice(0, SHIFT)) / mean(values.slice(SHIFT))).toBeCloseTo(1, 0.9)
  expect(values.every(Number.isInteger)).toBe(true)
  const forgotten = await mendedBy({ shifts: 'missing' })
  const left = forgotten.target.subarray(at(offsets, 1), at(offsets, 2))
  const first = left.findIndex((y) => !Number.isNaN(y))
  expect(Math.abs(first - SHIFT)).toBeLessThanOrEqual(2)
})

test('a level that can be negative is moved, not multiplied', async () => {
  const random = Random.of(4, 'signed')
  const values = Array.from({ length: DAYS }, (_, t) => random.normal() + (t < SHIFT ? -8 : 8))
  const signed = windowAt(memorySource(panelOf([{ id: 'a', start: 0, values }], { calendar })), DAYS - 1, 7)
  const { target } = await pastOf(mendedWindow(signed, await findAnomalies(signed, {}, run), { shifts: 'rescale' }))
  const mean = target.subarray(0, SHIFT - 2).reduce((a, b) => a + b, 0) / (SHIFT - 2)
  expect(mean).toBeGreaterThan(7)
  expect(mean).toBeLessThan(9)
})

test('what is explained is left alone unless it is wished otherwise', async () => {
  const odd = panel()
  odd.columns.get('promotion')?.values.fill(1, WILD, WILD + 1)
  // Other promotions tell what the usual effect is: half as much again.
  for (const t of [10, 20, 30, 45, 75]) {
    odd.columns.get('promotion')?.values.fill(1, t, t + 1)
    odd.target[t] = 16
  }
  const w = windowAt(memorySource(odd), 5 + DAYS - 1, 7)
  const findings = await findAnomalies(w, {}, run)
  expect(findings.series[0]?.anomalies).toMatchObject([{ from: 5 + WILD, explained: 'promotion' }])
  expect(at((await pastOf(mendedWindow(w, findings))).target, WILD)).toBe(80)
  expect(at((await pastOf(mendedWindow(w, findings, { explained: true }))).target, WILD)).toBeLessThan(20)
})

test('another policy, and other findings, make another digest; the same make the same', async () => {
  const findings = await findAnomalies(window, {}, run)
  const digest = (policy: Partial<MendingPolicy>) => mendedWindow(window, findings, policy).digest
  expect(digest({})).toBe(digest({ values: 'expected' }))
  expect(new Set([window.digest, digest({}), digest({ values: 'bound' }), digest({ shifts: 'rescale' })]).size).toBe(4)
  expect(mendedWindow(window, { ...findings, series: [] }).digest).not.toBe(digest({}))
})

test('findings that saw what follows the cutoff are refused', async () => {
  const findings = await findAnomalies(panel(), {}, run)
  const earlier = windowAt(memorySource(panel()), 60, 7)
  expect(() => mendedWindow(earlier, findings)).toThrow(expect.objectContaining({ code: 'anomalies.ahead' }))
})

const folder = mkdtempSync(join(tmpdir(), 'foretide-mended-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a mended model learns and forecasts from the mended past, and says what was mended', async () => {
  const told: Notice[] = []
  const telling = runOf({ threads: 1, notice: (notice) => told.push(notice) })
  const highest = tinyModel({ name: 'highest', say: (now, atFit) => Math.max(...now) + Math.max(...atFit) })
  const fitted = await mended(highest, { mend: { shifts: 'rescale' } }).fit(window, telling)
  const { mean } = await fitted.forecast(window, askOf(), run)
  const plain = await (await highest.fit(window, run)).forecast(window, askOf(), run)
  expect(at(plain.mean, 0)).toBe(160)
  expect(at(mean, 0)).toBeLessThan(50)
  expect(at(mean, 14)).toBe(at(plain.mean, 14))
  expect(told.map(({ code, details }) => [code, details.count, details.series, details.id])).toEqual([
    ['anomalies.values', 1, 1, 'wild'],
    ['anomalies.levels', 1, 1, 'doubled'],
  ])
  expect(textOf('anomalies.values', told[0]?.details ?? {}, 'en')).toMatch(
    /'wild' on 1970-03-07, 80 where \d+\.?\d* was expected/,
  )
})

test('a mended model is saved and loaded with its mending, and answers the same to the last bit', async () => {
  const model = mended(modelNamed('window-average'))
  const fitted = await model.fit(window, run)
  const manifest = await fitted.save({ path: folder })
  expect(manifest.options).toMatchObject({ mended: { mend: { values: 'expected', shifts: 'keep', explained: false } } })
  const loaded = await model.load({ path: folder }, run)
  const ask = askOf({ paths: 5 })
  expect(await loaded.forecast(window, ask, run)).toEqual(await fitted.forecast(window, ask, run))
})
