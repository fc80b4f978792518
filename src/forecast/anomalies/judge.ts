import type { Period } from '../../core/calendar.ts'
import { at, Mask } from '../../core/panel.ts'
import { normalQuantile } from '../../models/statistical/normal.ts'
import type { Anomaly, AnomalyKind, AnomalySettings } from './anomaly.ts'
import { type Change, changesOf } from './changes.ts'
import type { Priors } from './effects.ts'
import type { Event } from './events.ts'
import { type Fit, fitCourse } from './fit.ts'
import { unusualRuns } from './runs.ts'
import { scoreOf, valueAt } from './score.ts'

/** One series as it is judged. */
export interface Judged {
  readonly start: Period
  readonly values: Float64Array
  /** Bits of `Mask`. */
  readonly mask: Uint8Array
  readonly phases: number
  readonly events: readonly Event[]
  readonly priors: Priors
  readonly settings: AnomalySettings
}

const UNSEEN = Mask.censored | Mask.closed

/** The values of a series that say what demand was: those out of stock or closed are missing. */
function seenValues(values: Float64Array, mask: Uint8Array): Float64Array {
  const seen = Float64Array.from(values)
  for (let t = 0; t < seen.length; t++) if ((at(mask, t) & UNSEEN) !== 0) seen[t] = Number.NaN
  return seen
}

/** Takes one series apart, see {@link fitCourse}; undefined where too little was observed to judge by. */
export function courseFit(series: Judged, quick = false): Fit | undefined {
  const values = seenValues(series.values, series.mask)
  let count = 0
  let all = 0
  for (let t = 0; t < values.length; t++) {
    if (Number.isNaN(at(values, t))) continue
    count++
    all += Math.abs(at(values, t))
  }
  const { phases, events, priors, settings, start } = series
  if (count < settings.least || all === 0) return undefined
  const first = ((start % phases) + phases) % phases
  const { lasting, penalty } = settings
  return fitCourse({ values, first, phases, events, priors, lasting, penalty }, quick)
}

/** Everything unusual in the past of one series, by time. */
export function judgeSeries(series: Judged): Anomaly[] {
  const fit = courseFit(series)
  if (!fit) return []
  const judge = new Judge(series, fit)
  return [...judge.changes(), ...judge.unusual()].sort((a, b) => a.from - b.from || a.to - b.to)
}

class Judge {
  readonly #series: Judged
  readonly #fit: Fit
  /** Stretches away from a course that came back to it, by cells. */
  readonly #passing: { readonly from: number; readonly to: number; readonly strength: number }[] = []
  readonly #lasting: Change[] = []
  /** What was expected, passing stretches by the course before them. */
  readonly #expected: Float64Array

  constructor(series: Judged, fit: Fit) {
    this.#series = series
    this.#fit = fit
    this.#expected = fit.mean.slice()
    this.#sort(changesOf(fit))
  }

  /** Tells shifts that lasted from those that went back within twice the time that a shift must last. */
  #sort(changes: readonly Change[]): void {
    const most = 2 * this.#series.settings.lasting
    for (let k = 0; k < changes.length; k++) {
      const change = changes[k] as Change
      const back = changes[k + 1]
      if (back && back.cell - change.cell <= most && isReturn(change, back)) {
        this.#passing.push({ from: change.cell, to: back.cell - 1, strength: Math.min(change.strength, back.strength) })
        for (let t = change.cell; t < back.cell; t++) this.#expected[t] = this.#meanFor(t, change.old)
        k++
      } else this.#lasting.push(change)
    }
  }

  #meanFor(t: number, level: number): number {
    const { signed, factor } = this.#fit
    return signed ? level + at(factor, t) : Math.max(0, level) * at(factor, t)
  }

  changes(): Anomaly[] {
    const { start, settings } = this.#series
    return this.#lasting.map((change) => {
      const { cell, kind, old } = change
      const level = Math.max(old, 1e-9 * Math.abs(change.new))
      const explained = this.#changed(cell, settings.lasting)
      return {
        kind,
        from: start + cell,
        to: start + cell,
        size: kind === 'levelShift' ? change.new - old : change.bend,
        strength: change.strength,
        ratio: kind === 'levelShift' && !this.#fit.signed ? Math.max(0, change.new) / level : 1,
        ...this.#range(cell, cell, (t) => this.#meanFor(t, old)),
        ...(explained !== undefined && { explained }),
      }
    })
  }

  /** Outliers and runs; what lies in a passing stretch belongs to it. */
  unusual(): Anomaly[] {
    const { settings, values, mask } = this.#series
    const { spread, inflation } = this.#fit
    const scores = new Float64Array(values.length).fill(Number.NaN)
    for (let t = 0; t < values.length; t++) {
      const y = at(values, t)
      if (Number.isNaN(y) || (at(mask, t) & Mask.closed) !== 0) continue
      if (this.#passing.some((p) => t >= p.from && t <= p.to)) continue
      scores[t] = scoreOf(spread, y, at(this.#expected, t))
    }
    const runs = unusualRuns(scores, 2 * settings.lasting - 1, settings.threshold, inflation)
    return [
      ...this.#passing.map((p) => this.#stretch('pulseRun', p.from, p.to, p.strength)),
      ...runs.map((r) => this.#stretch(r.to > r.from ? 'pulseRun' : 'outlier', r.from, r.to, r.strength)),
    ]
  }

  #stretch(kind: AnomalyKind, from: number, to: number, strength: number): Anomaly {
    const { start, values } = this.#series
    let off = 0
    let count = 0
    for (let t = from; t <= to; t++) {
      if (Number.isNaN(at(values, t))) continue
      off += at(values, t) - at(this.#expected, t)
      count++
    }
    const size = off / Math.max(1, count)
    const explained = this.#cause(from, to, size)
    return {
      kind,
      from: start + from,
      to: start + to,
      size,
      strength,
      ratio: 1,
      ...this.#range(from, to, (t) => at(this.#expected, t)),
      ...(explained !== undefined && { explained }),
    }
  }

  #range(from: number, to: number, meanAt: (t: number) => number) {
    const reach = normalQuantile(0.5 + this.#series.settings.central / 2)
    const expected: number[] = []
    const low: number[] = []
    const high: number[] = []
    for (let t = from; t <= to; t++) {
      const mean = meanAt(t)
      expected.push(mean)
      low.push(valueAt(this.#fit.spread, -reach, mean))
      high.push(valueAt(this.#fit.spread, reach, mean))
    }
    return { expected, low, high }
  }

  /**
   * The column that was out of the ordinary at most of the periods, if it may well have done this; or a shelf that was empty where too little
   * was sold.
   */
  #cause(from: number, to: number, size: number): string | undefined {
    const { mask, events, values } = this.#series
    let empty = 0
    for (let t = from; t <= to; t++) if ((at(mask, t) & Mask.censored) !== 0) empty++
    if (size < 0 && 2 * empty > to - from) return STOCK_OUT
    let best: string | undefined
    let most = (to - from + 1) / 2 - 1e-9
    for (const event of events) {
      if (event.column === '' || event.active.length > COMMON * values.length) continue
      let count = 0
      for (let t = from; t <= to; t++)
        if (Math.abs(at(event.x, t)) >= LEAST_X && this.#mayCause(event, t, size)) count++
      if (count > most) {
        best = event.column
        most = count
      }
    }
    return best
  }

  /** Whether an event usually moves demand this way, or has happened too seldom for anyone to know. */
  #mayCause({ key, x }: Event, t: number, size: number): boolean {
    const known = this.#fit.measured.find((m) => m.key === key)
    if (!known || known.information < UNKNOWN) return true
    return known.effect * at(x, t) * Math.sign(size) * Math.sqrt(known.information) >= 1
  }

  /** The column whose usual value was another after a change than before. */
  #changed(cell: number, lasting: number): string | undefined {
    for (const { column, x } of this.#series.events) {
      if (column === '') continue
      let [before, after, most] = [0, 0, 0]
      for (let k = 0; k < lasting; k++) {
        before += x[cell - 1 - k] ?? 0
        after += x[cell + k] ?? 0
        most = Math.max(most, Math.abs(x[cell + k] ?? 0), Math.abs(x[cell - 1 - k] ?? 0))
      }
      if (most > 0 && Math.abs(after - before) >= (most * lasting) / 2) return column
    }
    return undefined
  }
}

/** What happens on a greater share of periods than this is nothing out of the ordinary. */
const COMMON = 0.3
/** A price that differs by less than this is the usual one. */
const LEAST_X = 0.04
/** Effects known with less information (1 / variance) may be anything. */
const UNKNOWN = 4
/** What explains too few sales from an empty shelf. */
const STOCK_OUT = 'stock-out'

function isReturn(change: Change, back: Change): boolean {
  const jump = change.new - change.old
  return jump * (back.new - back.old) < 0 && Math.abs(back.new - change.old) < Math.abs(jump) / 2
}
