import { z } from 'zod'
import type { Panel } from '../core/panel.ts'
import { at } from '../core/panel.ts'
import {
  columnKnownAhead,
  type Feature,
  type FeatureFamily,
  knownFeature,
  type Learner,
  legalLag,
  type PlanContext,
  pastFeature,
  requireStatic,
  type SeriesTask,
} from './family.ts'
import { rollingExtreme } from './kernels/extreme.ts'
import type { Observed, Target } from './kernels/observed.ts'
import { rollingSum } from './kernels/sum.ts'
import { type Statistic, statisticsTask } from './write.ts'

const schema = z.strictObject({
  of: z.string().default('price'),
  /** Windows of the usual price, in periods. */
  windows: z.array(z.int().min(2)).default([28]),
  /** The static column whose equals compete, for the rank of the price among them. */
  category: z.string().optional(),
})
type Options = z.infer<typeof schema>

/**
 * A price beside its own past and its competitors: relative to its rolling mean, discount below its rolling maximum (both of the
 * window that ends at the period itself), relative change since the period before, and its rank in its category (0 cheapest, 1 dearest).
 *
 * Of the row's own period where the price is known ahead, otherwise lagged.
 */
export const price: FeatureFamily<Options> = {
  name: 'price',
  knownAhead: ({ of }, context) => columnKnownAhead(context, 'price', of),
  schema,
  plan(options, context) {
    const { of, windows, category } = options
    const statistics: Statistic[] = windows.flatMap((window) => [
      {
        name: `${of}_to_mean_${window}`,
        kernel: (o, target) => relative(o, target, (t) => rollingSum(o, window, 'mean', t)),
      },
      {
        name: `${of}_discount_${window}`,
        kernel: (o, target) => {
          relative(o, target, (t) => rollingExtreme(o, window, 1, t))
          for (let k = target.shift; k < target.shift + o.length; k++) target.out[k] = 1 - at(target.out, k)
        },
      },
    ])
    statistics.push({ name: `${of}_change`, kernel: change })
    const tasks = [statisticsTask(context, { family: 'price', of }, statistics)]
    return category === undefined ? tasks : [...tasks, rankTask(of, category, context)]
  },
  learner: (options, context) => rankLearner(options, context),
}

/** Value over a statistic of the window that ends with it. */
function relative(o: Observed, target: Target, statistic: (target: Target) => void): void {
  statistic(target)
  const { out, shift } = target
  for (let k = 0; k < o.length; k++) {
    const usual = out[k + shift] as number
    out[k + shift] = usual > 0 ? (o.values[k] as number) / usual : Number.NaN
  }
}

function change(o: Observed, { out, shift }: Target): void {
  for (let k = 0; k < o.length; k++) {
    const before = k > 0 ? (o.values[k - 1] as number) : Number.NaN
    out[k + shift] = before > 0 ? (o.values[k] as number) / before - 1 : Number.NaN
  }
}

/** Prices of each category in each period, sorted: those of period `first + p` of category c lie at `offsets[c][p]` …. */
interface Shelf {
  readonly first: number
  readonly offsets: Int32Array
  readonly prices: Float64Array
}

function rankTask(of: string, category: string, context: PlanContext): SeriesTask {
  requireStatic(context, 'price', category)
  const ahead = columnKnownAhead(context, 'price', of)
  const lag = ahead ? 0 : legalLag(context)
  const feature: Feature = ahead
    ? knownFeature('price', `${of}_rank_in_${category}`)
    : pastFeature('price', `${of}_rank_in_${category}`, lag)
  const shelves = context.learned as Readonly<Record<string, Shelf>> | undefined
  return {
    kind: 'series',
    features: [feature],
    write(view, lines) {
      const line = lines[0] as Float32Array
      const { values, length } = ahead ? view.wholeObserved(of) : view.past(of)
      const shelf = shelves?.[String(view.fixed(category))]
      const total = view.length + view.horizon
      line.fill(Number.NaN, 0, total)
      if (!shelf) return
      for (let k = 0; k < length && k + lag < total; k++) {
        const x = values[k] as number
        const p = view.start + k - shelf.first
        if (Number.isNaN(x) || p < 0 || p + 1 >= shelf.offsets.length) continue
        const from = at(shelf.offsets, p)
        const count = at(shelf.offsets, p + 1) - from
        const below = countBelow(shelf.prices, from, count, x, false)
        const upTo = countBelow(shelf.prices, from, count, x, true)
        // Ties share the middle of their ranks.
        line[k + lag] = count > 1 ? (below + (upTo - below - 1) / 2) / (count - 1) : 0.5
      }
    },
  }
}

function countBelow(sorted: Float64Array, from: number, count: number, x: number, orEqual: boolean): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >> 1
    const y = sorted[from + middle] as number
    if (y < x || (orEqual && y === x)) low = middle + 1
    else high = middle
  }
  return low
}

function rankLearner({ of, category }: Options, context: PlanContext): Learner {
  const lists = new Map<string, Map<number, number[]>>()
  const note = (panel: Panel, group: string, i: number, values: Float64Array) => {
    let periods: Map<number, number[]> | undefined = lists.get(group)
    if (!periods) {
      periods = new Map()
      lists.set(group, periods)
    }
    for (let k = at(panel.offsets, i); k < at(panel.offsets, i + 1); k++) {
      const x = at(values, k)
      if (Number.isNaN(x)) continue
      const period = at(panel.start, i) + k - at(panel.offsets, i)
      const list = periods.get(period)
      if (list) list.push(x)
      else periods.set(period, [x])
    }
  }
  const ahead = category !== undefined && columnKnownAhead(context, 'price', of)
  return {
    add(past, known) {
      if (category === undefined) return
      const groups = past.statics.get(category)?.values
      const values = past.columns.get(of)?.values
      const future = ahead ? known.columns.get(of)?.values : undefined
      for (let i = 0; groups && values && i < past.ids.length; i++) {
        note(past, String(at(groups, i)), i, values)
        if (future) note(known, String(at(groups, i)), i, future)
      }
    },
    done() {
      const shelves: Record<string, Shelf> = {}
      for (const [group, periods] of lists) shelves[group] = shelfOf(periods)
      return shelves
    },
  }
}

function shelfOf(periods: ReadonlyMap<number, readonly number[]>): Shelf {
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  let cells = 0
  for (const [period, list] of periods) {
    first = Math.min(first, period)
    last = Math.max(last, period)
    cells += list.length
  }
  const count = Math.max(0, last - first + 1)
  const offsets = new Int32Array(count + 1)
  const prices = new Float64Array(cells)
  for (let p = 0; p < count; p++) {
    const list = periods.get(first + p) ?? []
    prices.set(Float64Array.from(list).sort(), at(offsets, p))
    offsets[p + 1] = at(offsets, p) + list.length
  }
  return { first, offsets, prices }
}
