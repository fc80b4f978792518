import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Calendar } from '../core/calendar.ts'
import { CannotForecast, ForetideError } from '../core/errors.ts'
import { at, Mask, panelOf, pickSeries } from '../core/panel.ts'
import { runOf } from '../core/run.ts'
import type { Window } from '../core/window.ts'
import { memorySource, type PanelSource } from '../store/source.ts'
import { backtest } from './backtest.ts'
import { bestOf } from './best.ts'
import { folderKeep, type Keep } from './keep.ts'
import type { BacktestOptions } from './options.ts'
import type { Backtest } from './result.ts'
import { average, last, tinyModel } from './tiny.case.ts'

const calendar = new Calendar({ unit: 'day' })
const run = () => runOf({ threads: 1 })
/** Series whose value is the number of their day, on days 0 … 29. */
const counting = (ids: readonly string[] = ['a', 'b']) =>
  memorySource(
    panelOf(
      ids.map((id) => ({ id, start: 0, values: Array.from({ length: 30 }, (_, t) => t) })),
      { calendar },
    ),
  )
const naive = tinyModel({ name: 'naive', say: last })
const mean = tinyModel({ name: 'mean', say: average })

/** A result without what differs from one run to the next. */
const timeless = (result: Backtest) =>
  JSON.parse(JSON.stringify(result, (key, value) => (/Seconds|peak/.test(key) ? 0 : value)))

class MemoryKeep implements Keep {
  readonly held = new Map<string, Uint8Array>()
  async get(key: string) {
    return this.held.get(key)
  }
  async put(key: string, bytes: Uint8Array) {
    this.held.set(key, bytes)
  }
}

describe('windows', () => {
  test('end where the data ends, step apart, with the gap forecast but not scored', async () => {
    const result = await backtest(counting(), [naive], { horizon: 2, gap: 1, windows: 3, step: 4 }, run())
    expect(result.protocol.windows).toEqual([
      { cutoff: '1970-01-19', from: '1970-01-21', to: '1970-01-22' },
      { cutoff: '1970-01-23', from: '1970-01-25', to: '1970-01-26' },
      { cutoff: '1970-01-27', from: '1970-01-29', to: '1970-01-30' },
    ])
    // The naive is 2 and 3 days behind at the two scored steps.
    const [row] = result.leaderboard
    expect(row).toMatchObject({ n: 3 * 2 * 2, mae: 2.5, bias: -2.5 / 24.5, answered: 6, refused: 0, unanswered: 0 })
    expect(result.steps.map(({ step, mae }) => [step, mae])).toEqual([
      [2, 2],
      [3, 3],
    ])
    expect(result.windows.map(({ cutoff, n }) => [cutoff, n])).toEqual(
      ['1970-01-19', '1970-01-23', '1970-01-27'].map((cutoff) => [cutoff, 4]),
    )
  })

  test('are those asked for, each scored by what the naive misses', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 0, max: 3 }),
        fc.array(fc.integer({ min: 8, max: 21 }), { minLength: 1, maxLength: 4 }),
        async (horizon, gap, cutoffs) => {
          const result = await backtest(counting(), [naive], { horizon, gap, cutoffs }, run())
          const unique = [...new Set(cutoffs)].sort((a, b) => a - b)
          expect(result.protocol.windows.map((w) => w.cutoff)).toEqual(unique.map((c) => calendar.format(c)))
          expect(result.leaderboard[0]?.mae).toBeCloseTo(gap + (horizon + 1) / 2, 12)
        },
      ),
      { numRuns: 30 },
    )
  })

  test('show models the past alone, all of it or its last periods', async () => {
    const seen: number[][] = []
    const onFit = async (window: Window) => {
      for await (const block of window.past())
        seen.push([at(block.target, 0), at(block.target, block.target.length - 1)])
    }
    const spy = tinyModel({ name: 'spy', say: last, onFit })
    await backtest(counting(['a']), [spy], { horizon: 5, windows: 2 }, run())
    await backtest(counting(['a']), [spy], { horizon: 5, windows: 2, history: 6 }, run())
    expect(seen).toEqual([
      [0, 19],
      [0, 24],
      [14, 19],
      [19, 24],
    ])
  })

  test.each<[string, Partial<BacktestOptions>, RegExp]>([
    [
      'too little past',
      { horizon: 8, windows: 3, gap: 1 },
      /Window 1 of 3 would learn from 5 periods up to 1970-01-05; at least 9/,
    ],
    ['no past at all', { horizon: 5, cutoffs: [-3] }, /learn from 0 periods up to 1969-12-29/],
    [
      'too little truth',
      { horizon: 5, cutoffs: [10, 26] },
      /Window 2 of 2 .* up to 1970-02-01.* ends on 1970-01-30.* 1970-01-25/,
    ],
    ['a horizon of nothing', { horizon: 0 }, /'horizon' cannot be 0/],
    ['half a step', { horizon: 2, step: 0.5 }, /'step' cannot be 0.5/],
    ['a level outside', { horizon: 2, levels: [1.2] }, /between 0 and 1/],
    ['an unknown segment', { horizon: 2, by: ['colour'] }, /'colour' to segment by. Choose among item, series/],
    ['a built-in segment', { horizon: 2, by: ['abc'] }, /'abc' is taken/],
  ])('refuses %s in plain words', async (_, options, message) => {
    await expect(backtest(counting(), [naive], { horizon: 1, ...options }, run())).rejects.toThrow(message)
  })

  test('refuses no models, and two of one name', async () => {
    await expect(backtest(counting(), [], { horizon: 1 }, run())).rejects.toThrow(/at least one model/)
    await expect(backtest(counting(), [naive, naive], { horizon: 1 }, run())).rejects.toThrow(/Two models are named/)
  })
})

describe('refit', () => {
  const fitsOf = async (refit: number | 'never') => {
    const cutoffs: number[] = []
    const model = tinyModel({
      name: 'm',
      say: (now, atFit) => (last(now) ?? 0) - (last(atFit) ?? 0),
      onFit: (w) => void cutoffs.push(w.cutoff),
    })
    const result = await backtest(counting(['a']), [model], { horizon: 2, windows: 5, refit }, run())
    return { cutoffs, mae: result.windows.map((w) => w.mae) }
  }
  test('each window, every third, or never; later windows are seen by the earlier fit', async () => {
    expect((await fitsOf(1)).cutoffs).toEqual([19, 21, 23, 25, 27])
    expect((await fitsOf(3)).cutoffs).toEqual([19, 25])
    const never = await fitsOf('never')
    expect(never.cutoffs).toEqual([19])
    // The model says how far the window is from its fit, the truth is 1.5 past the cutoff.
    expect(never.mae).toEqual([20.5, 20.5, 20.5, 20.5, 20.5])
    expect((await fitsOf(1)).mae).toEqual([20.5, 22.5, 24.5, 26.5, 28.5])
  })
})

describe('refusals and failures', () => {
  const picky = tinyModel({ name: 'picky', say: (now) => (at(now, 0) === 0 ? undefined : last(now)) })
  const source = memorySource(
    panelOf(
      [
        { id: 'a', start: 0, values: Array.from({ length: 30 }, (_, t) => t) },
        { id: 'b', start: 0, values: Array.from({ length: 30 }, (_, t) => t + 1) },
      ],
      { calendar },
    ),
  )

  test('a refused series falls to the next candidate, and the leaderboard says who answered', async () => {
    const options = { horizon: 2, windows: 2, fallback: [mean, naive] }
    const result = await backtest(source, [picky, mean], options, run())
    expect(result.answeredBy).toEqual({ picky: { picky: 2, mean: 2 }, mean: { mean: 4 } })
    expect(result.leaderboard.find((r) => r.model === 'picky')).toMatchObject({
      answered: 2,
      refused: 2,
      unanswered: 0,
    })
  })

  test('without a fallback it stays unanswered, unscored, and cannot lead', async () => {
    const result = await backtest(source, [picky, mean], { horizon: 2, windows: 2 }, run())
    expect(result.leaderboard[0]).toMatchObject({ model: 'picky', n: 4, answered: 2, unanswered: 2 })
    expect(bestOf(result).model).toBe('mean')
  })

  test('a model that refuses the whole window leaves it to the next', async () => {
    const model = { ...naive, name: 'whole', fit: () => Promise.reject(new CannotForecast('noSeason')) }
    const result = await backtest(source, [model], { horizon: 2, fallback: [naive] }, run())
    expect(result.answeredBy).toEqual({ whole: { naive: 2 } })
    const alone = await backtest(source, [model], { horizon: 2 }, run())
    expect(alone.leaderboard[0]).toMatchObject({ n: 0, wape: null, failed: null, unanswered: 2 })
    expect(() => bestOf(alone)).toThrow(/No model has a score by 'wql'/)
  })

  test('a model that fails is reported with the reason, and the others go on', async () => {
    const notices: string[] = []
    let fits = 0
    const broken = tinyModel({
      name: 'broken',
      say: last,
      onFit: () => {
        if (++fits === 2) throw new Error('out of cheese')
      },
    })
    const wild = tinyModel({ name: 'wild', say: () => Number.POSITIVE_INFINITY })
    const quiet = runOf({ threads: 1, notice: (n) => notices.push(`${n.code} ${n.details.model}`) })
    const result = await backtest(source, [broken, wild, naive], { horizon: 2, windows: 3 }, quiet)
    expect(result.leaderboard.map((r) => r.model)).toEqual(['naive', 'broken', 'wild'])
    expect(result.leaderboard[1]).toMatchObject({
      failed: { cutoff: '1970-01-26', en: 'out of cheese' },
      mae: null,
      n: 0,
    })
    expect(result.leaderboard[2]?.failed?.zh).toMatch(/没有给出有限数值/)
    expect(notices.sort()).toEqual(['backtest.failed broken', 'backtest.failed wild'])
    expect(fits).toBe(2)
    expect(result.windows.every((w) => w.model === 'naive')).toBe(true)
    expect(bestOf(result, 'mae').model).toBe('naive')
  })
})

describe('interrupt and resume', () => {
  test('an interrupted backtest goes on where it stopped and ends equal', async () => {
    for (const refit of [1, 2, 'never'] as const) {
      const fits: string[] = []
      const make = (name: string, say = last) =>
        tinyModel({ name, say, spread: 3, onFit: (w) => void fits.push(`${name}@${w.cutoff}`) })
      const models = () => [make('x'), make('y', average)]
      const options = { horizon: 2, windows: 4, refit, hierarchy: { levels: [[], ['series']] } }
      const whole = await backtest(counting(), models(), options, run())
      const all = fits.splice(0)
      const keep = new MemoryKeep()
      const stop = new AbortController()
      const interrupted = runOf({
        threads: 1,
        signal: stop.signal,
        progress: ({ done }) => {
          if (done === 5) stop.abort()
        },
      })
      const failure = await backtest(counting(), models(), { ...options, keep }, interrupted).catch((e: unknown) => e)
      expect(failure).toBeInstanceOf(ForetideError)
      expect((failure as ForetideError).code).toBe('run.interrupted')
      expect(keep.held.size).toBe(5)
      const before = fits.splice(0)
      const resumed = await backtest(counting(), models(), { ...options, keep }, run())
      expect(timeless(resumed)).toEqual(timeless(whole))
      if (refit === 1) expect([...before, ...fits]).toEqual(all)
      expect(fits.length).toBe({ 1: 3, 2: 2, never: 2 }[refit])
      fits.length = 0
      expect(timeless(await backtest(counting(), models(), { ...options, keep }, run()))).toEqual(timeless(whole))
      expect(fits).toEqual([])
    }
  })

  test('files of a folder keep as well as memory', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'foretide-keep-'))
    try {
      const keep = folderKeep(join(folder, 'backtest'))
      const options = { horizon: 2, windows: 2, keep }
      const first = await backtest(counting(), [naive, mean], options, run())
      expect((await readdir(join(folder, 'backtest'))).length).toBe(4)
      const silent = [naive, mean].map((model) => ({ ...model, fit: () => Promise.reject(new Error('fitted again')) }))
      expect(await backtest(counting(), silent, options, run())).toEqual(first)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  test('what was kept is not taken for another option, seed or data', async () => {
    const keep = new MemoryKeep()
    const options = { horizon: 2, windows: 2, keep }
    await backtest(counting(), [naive], options, run())
    expect(keep.held.size).toBe(2)
    await backtest(counting(), [naive], { ...options, gap: 1 }, run())
    await backtest(counting(), [naive], { ...options, point: 'median' }, run())
    await backtest(counting(), [naive], options, runOf({ seed: 1, threads: 1 }))
    await backtest(counting(['a', 'c']), [naive], options, run())
    expect(keep.held.size).toBe(10)
  })
})

test('segments follow the past and the columns; in stock is told apart', async () => {
  const values = (level: number) =>
    Array.from({ length: 30 }, (_, t) => (level < 1 ? (t % 5 === 0 ? 1 : 0) : level + (t % 2)))
  const panel = panelOf(
    [
      { id: 'n/tea', start: 0, values: values(90) },
      { id: 'n/milk', start: 0, values: values(9), mask: values(9).map((_, t) => (t === 28 ? Mask.censored : 0)) },
      { id: 's/rice', start: 0, values: values(0) },
    ],
    { calendar, keys: ['store', 'item'], categories: { kind: ['drink', 'food'] }, statics: { kind: [0, 0, 1] } },
  )
  const result = await backtest(memorySource(panel), [naive], { horizon: 2, by: ['store', 'kind'] }, run())
  const labels = (family: string) => result.segments[family]?.map((s) => [s.segment, s.n])
  expect(labels('store')).toEqual([
    ['n', 4],
    ['s', 2],
  ])
  expect(labels('kind')).toEqual([
    ['drink', 4],
    ['food', 2],
  ])
  expect(labels('abc')).toEqual([
    ['A', 2],
    ['B', 2],
    ['C', 2],
  ])
  expect(labels('pattern')).toEqual([
    ['smooth', 4],
    ['intermittent', 2],
  ])
  const [row] = result.leaderboard
  expect(row?.n).toBe(6)
  expect(row?.inStock?.n).toBe(5)
  expect(result.segments.store?.map((s) => s.inStock?.n)).toEqual([3, undefined])
  expect(JSON.parse(JSON.stringify(result))).toEqual(result)
})

test('a source of many blocks gives what one block gives', async () => {
  const series = Array.from({ length: 7 }, (_, i) => ({
    id: `s${i}`,
    start: i,
    values: Array.from({ length: 30 - i }, (_v, t) => (t * (i + 3)) % 11),
  }))
  const panel = panelOf(series, { calendar, statics: { group: series.map((_, i) => i % 2) } })
  const whole = memorySource(panel)
  const parts = [[0, 1, 2], [3], [4, 5, 6]].map((indices) => pickSeries(panel, indices))
  const blocks: PanelSource = {
    ...whole,
    async *blocks() {
      yield* parts
    },
  }
  const options = { horizon: 3, windows: 2, by: ['group'], hierarchy: { levels: [[], ['group'], ['series']] } }
  const one = timeless(await backtest(whole, [naive, mean], options, run()))
  const three = timeless(await backtest(blocks, [naive, mean], options, run()))
  expect(three).toEqual(one)
})
