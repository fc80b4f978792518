import { at } from '../../core/panel.ts'
import { checkInterrupt, type Run } from '../../core/run.ts'
import type { Window } from '../../core/window.ts'
import { predictorOf } from '../../tensor/train/predictor.ts'
import { batchOf } from './examples/batches.ts'
import { termCount } from './examples/calendar-terms.ts'
import { forecastExamples } from './examples/examples.ts'
import type { Preparation, PreparedColumn } from './examples/preparation.ts'
import { assembled, type Learned } from './learned.ts'

/** What a network looked at to forecast a series. */
export interface SeriesExplanation {
  readonly id: string
  /** How much of each column was taken in the past, in the horizon and of the series as a whole, 1 in all each; empty where the network does not show it. */
  readonly past: Readonly<Record<string, number>>
  readonly future: Readonly<Record<string, number>>
  readonly whole: Readonly<Record<string, number>>
  /** How much each step of the horizon looked at each period of the context, the oldest first, and then at the horizon itself; [horizon][context + horizon]. */
  readonly attention: readonly Float32Array[]
}

const BATCH = 256

/**
 * What the networks of a model that can be read (`tft`) looked at for each series of a window: shares of columns by name, and of periods; means over members.
 *
 * Shares of a column that is seen as several numbers (values, where it is missing, terms of the calendar) are added up.
 */
export async function explained(learned: Learned, window: Window, run: Run): Promise<readonly SeriesExplanation[]> {
  const { settings, preparation, members } = learned
  const examples = await forecastExamples(window, preparation)
  const { network } = assembled(settings, examples.frame)
  const { context, horizon } = preparation.settings
  const names = namesOf(preparation)
  const found = examples.ids.map((id) => ({
    id,
    past: {} as Record<string, number>,
    future: {} as Record<string, number>,
    whole: {} as Record<string, number>,
    attention: [] as Float32Array[],
  }))
  for (const { weights } of members) {
    const batch = Math.max(1, Math.min(BATCH, examples.count))
    const predictor = await predictorOf(network, weights, { batch, threads: run.threads })
    const room = { ...batchOf(examples.frame, batch), ...predictor.inputs }
    try {
      for (let from = 0; from < examples.count; from += batch) {
        checkInterrupt(run)
        const count = Math.min(batch, examples.count - from)
        examples.fill(
          Array.from({ length: count }, (_, r) => from + r),
          room,
        )
        await predictor.run()
        const { pastSelection, futureSelection, staticSelection, attention } = predictor.outputs
        for (let r = 0; r < count; r++) {
          const into = found[from + r] as (typeof found)[number]
          const share = 1 / members.length
          if (pastSelection) addShares(pastSelection, r, context, names.past, share, into.past)
          if (futureSelection) addShares(futureSelection, r, horizon, names.known, share, into.future)
          if (staticSelection) addShares(staticSelection, r, 1, names.whole, share, into.whole)
          if (attention) addAttention(attention, r, context, horizon, share, into.attention)
        }
      }
    } finally {
      await predictor.dispose()
    }
  }
  return found
}

/** Adds the means over periods of the shares of each variable to those of its column. */
function addShares(
  shown: Float32Array,
  row: number,
  periods: number,
  names: readonly string[],
  share: number,
  into: Record<string, number>,
): void {
  const width = names.length
  for (let t = 0; t < periods; t++)
    for (const [k, name] of names.entries())
      into[name] = (into[name] ?? 0) + (share * at(shown, (row * periods + t) * width + k)) / periods
}

function addAttention(
  shown: Float32Array,
  row: number,
  context: number,
  horizon: number,
  share: number,
  into: Float32Array[],
): void {
  const time = context + horizon
  for (let h = 0; h < horizon; h++) {
    into[h] ??= new Float32Array(time)
    const own = into[h] as Float32Array
    for (let t = 0; t < time; t++) own[t] = at(own, t) + share * at(shown, (row * horizon + h) * time + t)
  }
}

/** What each number that a network sees is of, in the order of `writeBlock`. */
function namesOf({ settings, past, units, known, statics, categories, censored, unit, cycles }: Preparation) {
  const of = (columns: readonly PreparedColumn[]) =>
    columns.flatMap(({ name, values, gaps }) =>
      new Array<string>((values ? values.length : 1) + (gaps ? 1 : 0)).fill(name),
    )
  const ahead = [...of(known), ...new Array<string>(settings.calendar ? termCount(unit, cycles) : 0).fill('calendar')]
  return {
    past: [
      ...['target', 'target'],
      ...of(past),
      ...(censored ? ['stock-out'] : []),
      ...settings.groups.map((names) => `group: ${names.join(', ')}`),
      ...units.filter(({ gaps }) => gaps).map(({ name }) => name),
      ...units.map(({ name }) => name),
      ...ahead,
    ],
    known: ahead,
    whole: [
      ...statics.map(({ name }) => name),
      ...(settings.age ? ['age'] : []),
      ...(settings.size ? ['size'] : []),
      ...categories.map(({ name }) => name),
    ],
  }
}
