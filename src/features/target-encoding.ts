import { z } from 'zod'
import { at } from '../core/panel.ts'
import {
  type FeatureFamily,
  type Learner,
  legalLag,
  type PlanContext,
  pastFeature,
  requireStatic,
  type SeriesTask,
} from './family.ts'

const schema = z.strictObject({
  /** Static columns; all of them unless given. */
  of: z.array(z.string()).optional(),
  /** How many values the mean of all series counts for: a small category leans on it. */
  prior: z.number().min(0).default(20),
  lag: z.int().min(1).default(1),
})
type Options = z.infer<typeof schema>

/**
 * The mean target of a category, as known at the time: of the periods up to the row's lag only, and of the other series only.
 *
 * Leaving the own series out (each is its own fold) keeps the code from giving away the answer, and leaving later periods out
 * keeps it from seeing the future (Micci-Barreca, 2001; ordered statistics as in Prokhorenkova et al., 2018).
 */
export const targetEncoding: FeatureFamily<Options> = {
  name: 'targetEncoding',
  knownAhead: false,
  schema,
  plan({ of, prior, lag: wished }, context) {
    const names = of ?? [...context.statics.keys()]
    for (const name of names) requireStatic(context, 'targetEncoding', name)
    const lag = legalLag(context, wished)
    const tables = context.learned as Readonly<Record<string, Running>> | undefined
    return names.map((name) => encodingTask(name, prior, lag, tables))
  },
  learner: (options, context) => learner(options, context),
}

/** Running sums over periods: `sums[p]` and `counts[p]` take in everything up to `first + p`. */
interface Running {
  readonly first: number
  readonly sums: Float64Array
  readonly counts: Float64Array
}

const ALL = 'all'

function encodingTask(
  name: string,
  prior: number,
  lag: number,
  tables: Readonly<Record<string, Running>> | undefined,
): SeriesTask {
  return {
    kind: 'series',
    features: [pastFeature('targetEncoding', `${name}_target`, lag)],
    write(view, lines) {
      const line = lines[0] as Float32Array
      const total = view.length + view.horizon
      line.fill(Number.NaN, 0, total)
      const all = tables?.[ALL]
      const own = tables?.[`${name}=${view.fixed(name)}`]
      if (!all) return
      const { values } = view.past('target')
      let ownSum = 0
      let ownCount = 0
      for (let k = 0; k < view.length && k + lag < total; k++) {
        const x = values[k] as number
        if (!Number.isNaN(x)) {
          ownSum += x
          ownCount++
        }
        const period = view.start + k
        const others = upTo(all.counts, all, period) - ownCount
        if (others <= 0) continue
        const mean = (upTo(all.sums, all, period) - ownSum) / others
        const count = own ? upTo(own.counts, own, period) - ownCount : 0
        const sum = own ? upTo(own.sums, own, period) - ownSum : 0
        line[k + lag] = count + prior > 0 ? (sum + prior * mean) / (count + prior) : mean
      }
    },
  }
}

function upTo(running: Float64Array, { first }: Running, period: number): number {
  const p = Math.min(period - first, running.length - 1)
  return p < 0 ? 0 : (running[p] as number)
}

function learner({ of }: Options, context: PlanContext): Learner {
  const names = of ?? [...context.statics.keys()]
  const found = new Map<string, Map<number, [sum: number, count: number]>>()
  const note = (group: string, period: number, value: number) => {
    let periods = found.get(group)
    if (!periods) {
      periods = new Map()
      found.set(group, periods)
    }
    const cell = periods.get(period)
    if (cell) {
      cell[0] += value
      cell[1]++
    } else periods.set(period, [value, 1])
  }
  return {
    add(past) {
      for (let i = 0; i < past.ids.length; i++) {
        const groups = names.map((name) => `${name}=${past.statics.get(name)?.values[i]}`)
        for (let k = at(past.offsets, i); k < at(past.offsets, i + 1); k++) {
          const y = at(past.target, k)
          if (Number.isNaN(y) || (at(past.mask, k) & context.hidden) !== 0) continue
          const period = at(past.start, i) + k - at(past.offsets, i)
          note(ALL, period, y)
          for (const group of groups) note(group, period, y)
        }
      }
    },
    done: () => Object.fromEntries([...found].map(([group, periods]) => [group, runningOf(periods)])),
  }
}

function runningOf(periods: ReadonlyMap<number, readonly [number, number]>): Running {
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for (const period of periods.keys()) {
    first = Math.min(first, period)
    last = Math.max(last, period)
  }
  const sums = new Float64Array(last - first + 1)
  const counts = new Float64Array(last - first + 1)
  for (let p = 0; p < sums.length; p++) {
    const [sum, count] = periods.get(first + p) ?? [0, 0]
    sums[p] = (sums[p - 1] ?? 0) + sum
    counts[p] = (counts[p - 1] ?? 0) + count
  }
  return { first, sums, counts }
}
