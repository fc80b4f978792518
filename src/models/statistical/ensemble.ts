import { CannotForecast } from '../../core/errors.ts'
import type { Answer, LocalMethod, Series } from '../local.ts'
import { interpolate } from '../local-worker.ts'

/** Who takes part in a median ensemble. */
export interface EnsembleMembers {
  /** Members for series with demand in most periods, and for all series where `intermittent` is left out. */
  readonly members: readonly LocalMethod[]
  /** Members for series whose demands lie 1.32 periods apart or more (the border of Syntetos, Boylan and Croston, 2005). */
  readonly intermittent?: readonly LocalMethod[]
  /** `median-ensemble` unless given. */
  readonly name?: string
}

/** The names of an ensemble's members, as its manifest keeps them. */
export interface EnsembleOptions {
  readonly members: readonly string[]
  readonly intermittent: readonly string[]
}

const INTERMITTENT_GAP = 1.32
/** In place of the number of parameters where a member refused the series. */
const REFUSED = -1

/**
 * Combines methods by the median of their means and, level by level, of their quantiles; paths are pooled.
 *
 * Members that refuse a series are left out for it; it is refused where all of them do. Medians of combinations are as good as
 * any weighting (Petropoulos and Svetunkov, 2020; Hyndman and Athanasopoulos, 2021, 13.4).
 *
 * @example
 * const method = medianEnsemble({ members: [autoEts(), autoTheta()], intermittent: [tsb(), fadingHurdle(), imapa()] })
 */
export function medianEnsemble(given: EnsembleMembers): LocalMethod<EnsembleOptions> {
  const { members, intermittent = members, name = 'median-ensemble' } = given
  const all = [...members, ...intermittent]
  const of = (series: Series) => (isIntermittent(series.values) ? intermittent : members)
  return {
    name,
    needs: {
      minHistory: Math.min(...all.map((m) => m.needs.minHistory)),
      knownAhead: all.every((m) => m.needs.knownAhead === 'ignored') ? 'ignored' : 'used',
      crossSeries: false,
      missing: true,
    },
    options: { members: members.map((m) => m.name), intermittent: intermittent.map((m) => m.name) },
    fit: (series) => fit(series, isIntermittent(series.values), of(series)),
    forecast: (series, parameters, answer) =>
      forecast(series, parameters, answer, parameters[0] === 1 ? intermittent : members),
  }
}

/** Whether the mean distance from one demand to the next is that of intermittent demand. */
export function isIntermittent(values: Float64Array): boolean {
  let observed = 0
  let demands = 0
  for (let t = 0; t < values.length; t++) {
    const y = values[t] as number
    if (Number.isNaN(y)) continue
    observed++
    if (y !== 0) demands++
  }
  return observed >= INTERMITTENT_GAP * demands
}

/** Parameters: whether intermittent, then for each member how many it has and these, one after the other. */
function fit(series: Series, sparse: boolean, members: readonly LocalMethod[]): Float64Array {
  const held: number[] = [sparse ? 1 : 0]
  let refusal: CannotForecast | undefined
  let answered = 0
  for (const member of members) {
    try {
      const own = member.fit(seenBy(member, series), member.options)
      held.push(own.length, ...own)
      answered++
    } catch (error) {
      if (!(error instanceof CannotForecast)) throw error
      refusal ??= error
      held.push(REFUSED)
    }
  }
  if (answered === 0) throw refusal ?? new CannotForecast('noValues')
  return Float64Array.from(held)
}

function forecast(series: Series, parameters: Float64Array, answer: Answer, members: readonly LocalMethod[]): void {
  const { horizon, levels, paths, random } = answer
  const each = Math.ceil(paths / members.length)
  const answers: Answer[] = []
  let refusal: CannotForecast | undefined
  let from = 1
  for (const member of members) {
    const count = parameters[from++] as number
    if (count === REFUSED) continue
    const own = parameters.subarray(from, from + count)
    from += count
    const theirs: Answer = {
      horizon,
      levels,
      paths: each,
      random,
      mean: new Float64Array(horizon),
      quantiles: new Float64Array(horizon * levels.length),
      sample: new Float64Array(horizon * each),
    }
    try {
      member.forecast(seenBy(member, series), own, theirs, member.options)
      if (theirs.mean.every(Number.isFinite) && theirs.quantiles.every(Number.isFinite)) {
        tidy(theirs, series.nonNegative)
        answers.push(theirs)
      }
    } catch (error) {
      if (!(error instanceof CannotForecast)) throw error
      refusal ??= error
    }
  }
  if (answers.length === 0) throw refusal ?? new CannotForecast('didNotConverge')
  const column = new Float64Array(answers.length)
  for (let h = 0; h < horizon; h++) answer.mean[h] = medianAt(answers, 'mean', h, column)
  for (let k = 0; k < answer.quantiles.length; k++) answer.quantiles[k] = medianAt(answers, 'quantiles', k, column)
  pool(answers, answer)
}

/** The series as a member may see it: refused where too short, gaps filled where it cannot take them. */
function seenBy(member: LocalMethod, series: Series): Series {
  let observed = 0
  for (let t = 0; t < series.values.length; t++) if (!Number.isNaN(series.values[t])) observed++
  if (observed < member.needs.minHistory)
    throw new CannotForecast('tooShort', { has: observed, needs: member.needs.minHistory })
  if (member.needs.missing || observed === series.values.length) return series
  const values = Float64Array.from(series.values)
  interpolate(values)
  return { ...series, values }
}

/** Puts quantiles into order and off the negative side, as each member's would be if it answered alone. */
function tidy({ mean, quantiles, sample, levels }: Answer, nonNegative: boolean): void {
  for (let k = 0; k < quantiles.length; k += levels.length) quantiles.subarray(k, k + levels.length).sort()
  if (!nonNegative) return
  for (const array of [mean, quantiles, sample])
    for (let k = 0; k < array.length; k++) if ((array[k] as number) < 0) array[k] = 0
}

function medianAt(answers: readonly Answer[], part: 'mean' | 'quantiles', k: number, column: Float64Array): number {
  for (let a = 0; a < answers.length; a++) column[a] = (answers[a] as Answer)[part][k] as number
  column.sort()
  const middle = column.length >> 1
  const upper = column[middle] as number
  return column.length % 2 === 1 ? upper : 0.5 * ((column[middle - 1] as number) + upper)
}

/** Paths of each member in turn. */
function pool(answers: readonly Answer[], { horizon, sample, paths }: Answer): void {
  for (let p = 0; p < paths; p++) {
    const { sample: theirs, paths: count } = answers[p % answers.length] as Answer
    const q = Math.floor(p / answers.length) % count
    sample.set(theirs.subarray(q * horizon, (q + 1) * horizon), p * horizon)
  }
}
