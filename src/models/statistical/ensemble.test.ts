import { describe, expect, test } from 'vitest'
import { Calendar } from '../../core/calendar.ts'
import { CannotForecast } from '../../core/errors.ts'
import { askOf } from '../../core/forecast.ts'
import { at, panelOf } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { runOf } from '../../core/run.ts'
import { memorySource } from '../../store/source.ts'
import { latestWindow } from '../../store/window.ts'
import { modelContract } from '../contract.case.ts'
import type { LocalMethod } from '../local.ts'
import { localModel } from '../local-model.ts'
import { isIntermittent, medianEnsemble } from './ensemble.ts'
import { METHODS } from './methods.ts'

const home = { module: new URL('./methods.ts', import.meta.url).href, options: {} }
modelContract(() => localModel(METHODS['raw-ensemble'](), home))

/** Says `value` for every step, with quantiles `spread` apart; refuses where `refuses`. */
const says = (name: string, value: number, spread = 1, refuses = false): LocalMethod => ({
  name,
  needs: { minHistory: 1, knownAhead: 'ignored', crossSeries: false, missing: true },
  options: {},
  fit() {
    if (refuses) throw new CannotForecast('notPositive')
    return Float64Array.of(value)
  },
  forecast(_, parameters, answer) {
    answer.mean.fill(at(parameters, 0))
    for (let k = 0; k < answer.quantiles.length; k++)
      answer.quantiles[k] = at(parameters, 0) + ((k % answer.levels.length) - 1) * spread
    answer.sample.fill(at(parameters, 0))
  },
})
const answered = async (method: LocalMethod, values: readonly number[], paths = 0) => {
  const panel = panelOf([{ id: 'a', start: 0, values }], { calendar: new Calendar({ unit: 'day' }) })
  const window = latestWindow(memorySource(panel), 2)
  const run = runOf({ threads: 1 })
  return (await localModel(method).fit(window, run)).forecast(window, askOf({ levels: [0.1, 0.5, 0.9], paths }), run)
}
const steady = [5, 6, 7, 8]

describe('a median ensemble', () => {
  test('takes the median of means and of each quantile', async () => {
    const three = medianEnsemble({ members: [says('a', 4, 1), says('b', 10, 9), says('c', 6, 2)] })
    const forecast = await answered(three, steady)
    expect([...forecast.mean]).toEqual([6, 6])
    // Low ends 3, 1, 4; high ends 5, 19, 8.
    expect([...forecast.quantiles]).toEqual([3, 6, 8, 3, 6, 8])
    const two = medianEnsemble({ members: [says('a', 4), says('b', 10)] })
    expect([...(await answered(two, steady)).mean]).toEqual([7, 7])
  })

  test('leaves out who refuses, and refuses where all do, with the first reason', async () => {
    const some = medianEnsemble({ members: [says('a', 4), says('no', 99, 1, true), says('c', 6)] })
    expect([...(await answered(some, steady)).mean]).toEqual([5, 5])
    const none = await answered(medianEnsemble({ members: [says('no', 99, 1, true)] }), steady)
    expect(none.answeredBy).toEqual([undefined])
    expect(none.refused.get(0)?.[0]?.reason).toBe('notPositive')
  })

  test('asks other members of intermittent series', async () => {
    const both = medianEnsemble({ members: [says('smooth', 4)], intermittent: [says('sparse', 1)] })
    expect(at((await answered(both, steady)).mean, 0)).toBe(4)
    expect(at((await answered(both, [3, 0, 0, 1, 0, 2])).mean, 0)).toBe(1)
    expect(isIntermittent(Float64Array.of(1, 1, 1, 0))).toBe(true)
    expect(isIntermittent(Float64Array.of(1, 1, 1, 1, 0, Number.NaN))).toBe(false)
  })

  test('pools paths of all members in equal parts', async () => {
    const three = medianEnsemble({ members: [says('a', 4), says('b', 10), says('c', 6)] })
    const values = [...((await answered(three, steady, 7)).paths?.values ?? [])]
    expect(values.filter((_, k) => k % 2 === 0)).toEqual([4, 10, 6, 4, 10, 6, 4])
  })

  test('fills gaps for members that cannot take them, and for them alone', async () => {
    const seen: number[][] = []
    const watch = (missing: boolean): LocalMethod => ({
      ...says('w', 1),
      needs: { minHistory: 1, knownAhead: 'ignored', crossSeries: false, missing },
      fit(series) {
        seen.push([...series.values])
        return Float64Array.of(1)
      },
    })
    await answered(medianEnsemble({ members: [watch(true), watch(false)] }), [4, Number.NaN, 8])
    expect(seen).toEqual([
      [4, Number.NaN, 8],
      [4, 6, 8],
    ])
  })

  test('is as good as its middle member where one has gone mad', async () => {
    const random = Random.of(1, 'mad')
    const values = Array.from({ length: 30 }, () => 20 + random.normal())
    const forecast = await answered(
      medianEnsemble({ members: [says('a', 20), says('b', 21), says('mad', 1e9)] }),
      values,
    )
    expect(at(forecast.mean, 0)).toBe(21)
  })
})
