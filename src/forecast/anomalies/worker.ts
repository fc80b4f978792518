import { Calendar, type CalendarOptions } from '../../core/calendar.ts'
import { at, type Column } from '../../core/panel.ts'
import type { Anomaly, AnomalySettings } from './anomaly.ts'
import type { Measured, Priors } from './effects.ts'
import { eventsOf, wavesOf } from './events.ts'
import { courseFit, type Judged, judgeSeries } from './judge.ts'
import { cyclesOf } from './season.ts'

/** What every job needs; arrays lie on shared memory. */
export interface SharedSeries {
  readonly calendar: CalendarOptions
  readonly start: Int32Array
  readonly offsets: Int32Array
  readonly target: Float64Array
  readonly mask: Uint8Array
  /** Columns whose usual effect is no anomaly. */
  readonly columns: readonly Column[]
  readonly settings: AnomalySettings
}

/** Neighbouring series to be judged; without priors, only what known columns do in them is measured. */
export interface JobOfSeries {
  readonly from: number
  readonly to: number
  readonly priors?: Priors
}

/** What came of a job: one list of anomalies a series, or everything measured. */
export interface JobFindings {
  readonly anomalies: readonly (readonly Anomaly[])[]
  readonly measured: readonly Measured[]
}

/** Prepares a thread: what it returns judges neighbouring series. */
export function findingJobs(shared: SharedSeries): (job: JobOfSeries) => JobFindings {
  const calendar = new Calendar(shared.calendar)
  return ({ from, to, priors }) => {
    const anomalies: Anomaly[][] = []
    const measured: Measured[] = []
    for (let i = from; i < to; i++) {
      const series = judgedOf(shared, calendar, i, priors ?? {})
      if (priors) anomalies.push(judgeSeries(series))
      else measured.push(...(courseFit(series, true)?.measured ?? []))
    }
    return { anomalies, measured: measured.filter(({ key }) => !key.startsWith('wave ')) }
  }
}

function judgedOf(shared: SharedSeries, calendar: Calendar, i: number, priors: Priors): Judged {
  const from = firstSeen(shared, i)
  const to = at(shared.offsets, i + 1)
  const start = at(shared.start, i) + from - at(shared.offsets, i)
  const { phases, wave } = cyclesOf(calendar, to - from)
  const columns = shared.columns.map((c) => ({ ...c, values: c.values.subarray(from, to) }))
  return {
    start,
    values: shared.target.subarray(from, to),
    mask: shared.mask.subarray(from, to),
    phases,
    events: [...eventsOf(columns), ...wavesOf(start, to - from, wave)],
    priors,
    settings: shared.settings,
  }
}

/** The first cell of a series that holds a value: what comes before it is no part of it. */
function firstSeen({ offsets, target }: SharedSeries, i: number): number {
  const to = at(offsets, i + 1)
  let from = at(offsets, i)
  while (from < to && Number.isNaN(at(target, from))) from++
  return from
}
