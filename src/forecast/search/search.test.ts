import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { folderKeep, type Keep } from '../../backtest/keep.ts'
import { average, last, tinyModel } from '../../backtest/tiny.case.ts'
import { Calendar } from '../../core/calendar.ts'
import { panelOf } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { type Run, runOf } from '../../core/run.ts'
import { modelNamed } from '../../models/registry.ts'
import { memorySource } from '../../store/source.ts'
import type { SearchOptions } from './options.ts'
import type { Search } from './result.ts'
import { type Searched, search } from './search.ts'
import { searchSpaceOf } from './spaces.ts'

const calendar = new Calendar({ unit: 'day' })
const run = (given: Parameters<typeof runOf>[0] = {}) => runOf({ threads: 1, ...given })

/** Random walks seen with little noise: the best weight of the newest value is far above the usual 0.1. */
function walks(series: number, days = 90, seed = 5) {
  const inputs = Array.from({ length: series }, (_, i) => {
    const random = Random.of(seed, `walk${i}`)
    let level = 200
    const values = Array.from({ length: days }, () => {
      level = Math.max(20, level + 12 * random.normal())
      return Math.max(0, level + 4 * random.normal())
    })
    return { id: `s${i}`, start: 0, values }
  })
  return memorySource(panelOf(inputs, { calendar }))
}

const ses: Searched = { space: searchSpaceOf('ses'), make: (options) => modelNamed('ses', options) }
const base: SearchOptions = { horizon: 3, windows: 4, trials: 18, metric: 'mae', leastSeries: 4 }

/** A result without the clock. */
const timeless = (found: Search) =>
  JSON.parse(JSON.stringify(found, (key, value) => (key === 'seconds' ? 0 : value))) as Search

/** A model whose error is how far `x` lies from 7, in a space of whole numbers. */
const seven = (onFit?: (x: number) => void): Searched => ({
  space: { x: { kind: 'integer', low: 0, high: 40 } },
  make: ({ x = 30 }) =>
    tinyModel({
      name: 'seven',
      say: (now) => (last(now) ?? 0) + Math.abs((x as number) - 7),
      onFit: () => onFit?.(x as number),
    }),
})
const flat = (series = 6, days = 40) =>
  memorySource(
    panelOf(
      Array.from({ length: series }, (_, i) => ({
        id: `f${i}`,
        start: 0,
        values: Array.from({ length: days }, () => 50 + i),
      })),
      { calendar },
    ),
  )

class MemoryKeep implements Keep {
  readonly held = new Map<string, Uint8Array>()
  async get(key: string) {
    return this.held.get(key)
  }
  async put(key: string, bytes: Uint8Array) {
    this.held.set(key, bytes)
  }
}

describe('what is found', () => {
  test('the planted optimum, where the default is clearly worse', async () => {
    const source = walks(30)
    const found = await search(source, ses, { ...base, windows: 6 }, run())
    expect(found.winner).toBeGreaterThan(0)
    // The steady state of a local level with q = 144 / 16 has α = (√(q² + 4q) − q) / 2 ≈ 0.9.
    expect(found.parameters.alpha).toBeGreaterThan(0.7)
    expect(found.gain.share).toBeGreaterThan(0.2)
    expect(found.gain).toMatchObject({ rung: found.rungs.length - 1, windows: 6 })
    expect(found.trials[0]).toMatchObject({ number: 0, parameters: {}, proposedBy: 'default', dropped: null })
    expect(found.trials.map(({ proposedBy }) => proposedBy)).toContain('model')
    expect(found.stopped).toBeNull()
  })

  test('candidates proposed by what was good crowd around it', async () => {
    const { trials, parameters } = await search(flat(), seven(), { ...base, trials: 30 }, run())
    expect(parameters.x).toBe(7)
    const off = (by: string) => {
      const xs = trials
        .filter(({ proposedBy }) => proposedBy === by)
        .map(({ parameters: { x } }) => Math.abs((x as number) - 7))
      return xs.reduce((a, b) => a + b, 0) / xs.length
    }
    expect(off('model')).toBeLessThan(0.6 * off('spread'))
    expect(new Set(trials.map(({ parameters: p }) => JSON.stringify(p))).size).toBe(trials.length)
  })

  test('fewer candidates see more windows and series, each rung the same for all, and the best go on', async () => {
    const seen = new Map<string, Set<string>>()
    const { space, make } = seven()
    const spied: Searched = {
      space,
      make: (options) => ({
        ...make(options),
        fit: async (window, inner) => {
          let ids = ''
          for await (const block of window.past()) ids += block.ids.join()
          const key = JSON.stringify(options)
          seen.set(key, (seen.get(key) ?? new Set()).add(`${window.cutoff}:${ids}`))
          return await make(options).fit(window, inner)
        },
      }),
    }
    const found = await search(flat(24), spied, { ...base, windows: 4, trials: 27 }, run())
    expect(found.rungs.map(({ cutoffs, series, tried }) => [cutoffs.length, series, tried])).toEqual([
      [2, 5, 22],
      [2, 16, 12],
      [4, 24, 6],
    ])
    // Four begin on the second rung and one on the last.
    expect(found.trials.map(({ rungs }) => rungs.findIndex((score) => score !== null)).filter(Boolean)).toEqual([
      1, 1, 1, 1, 2,
    ])
    for (const r of [1, 2]) {
      const before = found.trials.filter(({ rungs, number }) => rungs[r - 1] && number > 0)
      const scores = (on: boolean) =>
        before.filter(({ rungs }) => rungs.length > r === on).map(({ rungs }) => rungs[r - 1]?.score as number)
      expect(Math.max(...scores(true))).toBeLessThanOrEqual(Math.min(...scores(false)))
      for (const { dropped, rungs } of before) if (rungs.length === r) expect(dropped).toBe('worse')
    }
    const shown = (length: number) =>
      found.trials
        .filter(({ rungs }) => rungs[0] && rungs.length === length)
        .map(({ parameters }) => [...(seen.get(JSON.stringify(parameters)) ?? [])].sort().join('|'))
    for (const length of [1, 2, 3]) expect(new Set(shown(length)).size).toBe(1)
    // Nothing after the last cutoff's horizon exists to the search.
    expect(found.seen).toBe('1970-02-09')
  })

  test('where rungs differ in windows alone, no window is computed twice', async () => {
    let fits = 0
    const found = await search(
      flat(3),
      seven(() => fits++),
      { ...base, windows: 6, trials: 20 },
      run(),
    )
    expect(found.rungs.map(({ cutoffs, series }) => [cutoffs.length, series])).toEqual([
      [2, 3],
      [3, 3],
      [6, 3],
    ])
    const windows = found.trials.map(({ rungs }) => found.rungs[rungs.length - 1]?.cutoffs.length as number)
    expect(fits).toBe(windows.reduce((a, b) => a + b, 0))
  })

  test('periods held back are never looked at', async () => {
    const values = (after: number) => Array.from({ length: 60 }, (_, t) => (t < 50 ? 20 + (t % 5) : after))
    const of = (after: number) => memorySource(panelOf([{ id: 'a', start: 0, values: values(after) }], { calendar }))
    const found = async (after: number) =>
      timeless(await search(of(after), ses, { ...base, windows: 2, trials: 6, holdBack: 10 }, run()))
    const [one, two] = [await found(0), await found(999)]
    expect({ ...one, data: '' }).toEqual({ ...two, data: '' })
    expect(one.seen).toBe(calendar.format(49))
  })

  test('ties go to the default, and within one standard error too where that is asked for', async () => {
    const same: Searched = { space: seven().space, make: () => tinyModel({ name: 'same', say: average }) }
    expect((await search(flat(), same, base, run())).winner).toBe(0)
    // Two windows 10 above what the default says and two 9 below: half a unit more is better by the least of margins.
    const values = Array.from({ length: 60 }, (_, t) => (t % 6 < 3 ? 60 : 41))
    const source = memorySource(panelOf([{ id: 'a', start: 0, values }], { calendar }))
    const jitter: Searched = {
      space: { x: { kind: 'uniform', low: -1, high: 1 } },
      make: ({ x = 0 }) => tinyModel({ name: 'jitter', say: () => 50 + (x as number) }),
    }
    const options: SearchOptions = { ...base, metric: 'mse', trials: 5 }
    const best = await search(source, jitter, options, run())
    const careful = await search(source, jitter, { ...options, choose: 'oneStandardError' }, run())
    expect(best.winner).toBeGreaterThan(0)
    expect(careful.winner).toBe(0)
    expect((await search(walks(12), ses, { ...base, choose: 'oneStandardError' }, run())).winner).toBeGreaterThan(0)
  })
})

describe('the same seed', () => {
  test('gives the same search, whatever the threads; another seed another', async () => {
    const source = walks(9)
    const one = timeless(await search(source, ses, base, run()))
    expect(timeless(await search(source, ses, base, run({ threads: 2 })))).toEqual(one)
    const other = timeless(await search(source, ses, base, run({ seed: 1 })))
    expect(other.trials.map(({ parameters }) => parameters)).not.toEqual(one.trials.map(({ parameters }) => parameters))
  })
})

describe('interrupts', () => {
  test('anywhere leave the best so far; a rerun computes only the rest and ends equal', async () => {
    const fits: number[] = []
    const searched = seven((x) => fits.push(x))
    const options = { ...base, trials: 9, windows: 3 }
    const whole = timeless(await search(flat(), searched, options, run()))
    const all = fits.splice(0).length
    for (const after of [1, 4, 10, all - 1]) {
      const keep = new MemoryKeep()
      const stop = new AbortController()
      let count = 0
      const cut: Searched = seven((x) => {
        fits.push(x)
        if (++count === after) stop.abort()
      })
      const partial = await search(flat(), cut, { ...options, keep }, run({ signal: stop.signal })).catch(
        (error) => error,
      )
      if (after === 1) expect(partial).toMatchObject({ code: 'run.interrupted' })
      else {
        expect(partial).toMatchObject({ stopped: 'interrupted' })
        expect(partial.trials.length).toBeLessThanOrEqual(whole.trials.length)
      }
      expect(timeless(await search(flat(), searched, { ...options, keep }, run()))).toEqual(whole)
      // A fit is lost at the most: the one that was going on.
      expect(fits.splice(0).length - all).toBeLessThanOrEqual(1)
      expect(timeless(await search(flat(), searched, { ...options, keep }, run()))).toEqual(whole)
      expect(fits).toEqual([])
    }
  })

  test('files of a folder keep as well, seconds included', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'foretide-search-'))
    try {
      const options = { ...base, trials: 5, keep: folderKeep(folder) }
      const first = await search(flat(), seven(), options, run())
      expect((await readdir(folder)).length).toBeGreaterThan(5)
      const never = {
        ...seven(),
        make: (options: Record<string, unknown>) => ({
          ...seven().make(options),
          fit: () => Promise.reject(new Error('again')),
        }),
      }
      expect(await search(flat(), never, options, run())).toEqual(first)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})

describe('a budget of time', () => {
  /** A clock that a fit moves on by as many seconds as there are series. */
  function ticking(secondsPerSeries: number): { searched: Searched; run: Run; spent: () => number } {
    let now = 0
    const { space, make } = seven()
    return {
      searched: {
        space,
        make: (options) => ({
          ...make(options),
          fit: async (window, inner) => {
            for await (const block of window.past()) now += 1000 * secondsPerSeries * block.ids.length
            return await make(options).fit(window, inner)
          },
        }),
      },
      run: run({ now: () => new Date(now) }),
      spent: () => now / 1000,
    }
  }
  const options: SearchOptions = { ...base, trials: 27, windows: 4 }

  test('is kept, with fewer candidates on every rung', async () => {
    const free = ticking(1)
    const whole = await search(flat(24), free.searched, options, free.run)
    expect(whole.stopped).toBeNull()
    expect(whole.seconds).toBeCloseTo(free.spent(), 0)
    expect(free.spent()).toBe(22 * 10 + 12 * 32 + 6 * 96)
    for (const seconds of [400, 600, 900]) {
      const { searched, run: clocked, spent } = ticking(1)
      const found = await search(flat(24), searched, { ...options, seconds }, clocked)
      expect(found.stopped).toBe('time')
      expect(spent()).toBeLessThanOrEqual(seconds)
      expect(spent()).toBeGreaterThan(seconds / 2)
      expect(found.trials.length).toBeLessThan(27)
      expect(found.rungs.at(-1)?.tried).toBeGreaterThanOrEqual(2)
      expect(found.gain.rung).toBe(2)
    }
  })

  test('too small for more leaves what the first rung said, and too small for that the default', async () => {
    const few = ticking(1)
    const found = await search(flat(24), few.searched, { ...options, seconds: 50 }, few.run)
    expect(found).toMatchObject({ stopped: 'time', gain: { rung: 0 } })
    expect(found.trials.some(({ dropped }) => dropped === 'time')).toBe(true)
    const one = ticking(1)
    const none = await search(flat(24), one.searched, { ...options, seconds: 12 }, one.run)
    expect(none).toMatchObject({ stopped: 'time', winner: 0, parameters: {} })
    expect(none.trials).toHaveLength(1)
  })
})

describe('failures', () => {
  test('of a candidate are kept with their reason and told once each; the others go on', async () => {
    const notices: string[] = []
    const { space, make } = seven()
    const broken: Searched = {
      space,
      make: (options) => {
        if ((options.x as number) > 30) throw new Error('no such x')
        if ((options.x as number) > 20)
          return { ...make(options), fit: () => Promise.reject(new Error('will not fit')) }
        return make(options)
      },
    }
    const keep = new MemoryKeep()
    const noisy = run({ notice: ({ code, details }) => notices.push(`${code} ${details.error}`) })
    const found = await search(flat(), broken, { ...base, keep }, noisy)
    expect(notices.sort()).toEqual(['search.failed no such x', 'search.failed will not fit'])
    const failed = found.trials.filter((trial) => trial.failed)
    expect(failed.length).toBeGreaterThan(3)
    for (const { parameters, failed: reason, dropped, rungs } of failed) {
      expect(dropped).toBe('failed')
      expect(rungs.filter(Boolean)).toHaveLength(1)
      expect(reason?.en).toBe((parameters.x as number) > 30 ? 'no such x' : 'will not fit')
    }
    expect(found.trials).toHaveLength(18)
    expect(found.parameters.x).toBeLessThanOrEqual(20)
    expect(timeless(await search(flat(), broken, { ...base, keep }, run()))).toEqual(timeless(found))
  })

  test('of the default leave the others to win', async () => {
    const { space, make } = seven()
    const found = await search(
      flat(),
      {
        space,
        make: (options) =>
          options.x === undefined ? { ...make({}), fit: () => Promise.reject(new Error('no')) } : make(options),
      },
      base,
      run(),
    )
    expect(found.winner).toBeGreaterThan(0)
    expect(found.trials[0]).toMatchObject({ dropped: 'failed', failed: { en: 'no' } })
    expect(found.gain).toMatchObject({ byDefault: null, share: null })
  })

  test('of all are the failure of the search, in both languages', async () => {
    const broken: Searched = { ...seven(), make: () => tinyModel({ name: 'broken', say: () => Number.NaN }) }
    await expect(search(flat(), broken, base, run())).rejects.toThrow(
      /No setting of 'broken' could be scored by 'mae'.*finite/,
    )
  })
})

test('a space that is used up ends the search', async () => {
  const space = { x: { kind: 'choice', values: [1, 7, 30], default: 30 } } as const
  const found = await search(flat(), { space, make: seven().make }, base, run())
  expect(found.stopped).toBe('exhausted')
  expect(found.trials.map(({ parameters }) => parameters.x).sort()).toEqual([1, 7, undefined])
  expect(found.parameters).toEqual({ x: 7 })
})

test.each<[string, Partial<SearchOptions>, RegExp]>([
  ['too little data', { windows: 20 }, /spans 40 periods: too few to tune on 20 windows of 3/],
  ['a held-back past', { holdBack: 33 }, /leave the last 33 alone/],
  ['no trials', { trials: 0 }, /'trials' cannot be 0/],
  ['half a rung', { keepOneIn: 1 }, /'keepOneIn' cannot be 1/],
  ['no time', { seconds: 0 }, /'seconds' cannot be 0/],
  ['an unknown metric', { metric: 'luck' as 'mae' }, /'metric' cannot be luck/],
  ['no horizon', { horizon: 0 }, /'horizon' cannot be 0/],
])('refuses %s in plain words', async (_, options, message) => {
  await expect(search(flat(), seven(), { ...base, ...options }, run())).rejects.toThrow(message)
})

test('progress only rises and ends whole', async () => {
  const seen: [number, number][] = []
  await search(
    flat(),
    seven(),
    base,
    run({ progress: ({ stage, done, total }) => stage === 'tune' && seen.push([done, total]) }),
  )
  expect(seen.every(([done, total], k) => done <= total && (k === 0 || done >= (seen[k - 1]?.[0] as number)))).toBe(
    true,
  )
  expect(seen.at(-1)?.[0]).toBe(seen.at(-1)?.[1])
})
