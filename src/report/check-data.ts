import { at, Mask, valuesOf } from '../core/panel.ts'
import { cleanedWindow } from '../store/clean/window.ts'
import type { ImportFacts } from '../store/facts.ts'
import type { PanelSource } from '../store/source.ts'
import { latestWindow } from '../store/window.ts'
import type { Both, ReportData } from './data.ts'
import { qualityOf } from './findings.ts'

/** A series that shows something worth looking at. */
interface CheckSeries {
  readonly id: string
  readonly why: Both
  readonly periods: readonly string[]
  readonly values: readonly (number | null)[]
  readonly censored: readonly number[]
  readonly closed: readonly number[]
  readonly outliers: readonly number[]
}

/** What `check` prints and draws. */
export interface CheckData {
  readonly files: readonly string[]
  readonly span: string
  readonly unit: string
  readonly series: number
  readonly quality: ReportData['quality']
  /** For each period, how many series have a value, and how many are flagged. */
  readonly coverage: {
    readonly periods: readonly string[]
    readonly observed: readonly number[]
    readonly missing: readonly number[]
    readonly censored: readonly number[]
    readonly closed: readonly number[]
  }
  readonly examples: readonly CheckSeries[]
}

const WORTH: readonly { readonly why: Both; readonly bit: number | undefined }[] = [
  { why: { en: 'most outliers', zh: '异常值最多' }, bit: Mask.outlier },
  { why: { en: 'most often out of stock', zh: '缺货最多' }, bit: Mask.censored },
  { why: { en: 'most missing values', zh: '缺失最多' }, bit: undefined },
]
const MOST_PERIODS = 1000

/** Gathers what is to be seen of the data's quality, in one pass over the panel and one for the examples. */
export async function checkData(facts: ImportFacts, source: PanelSource): Promise<CheckData> {
  const window = cleanedWindow(latestWindow(source, 1), {})
  const { calendar, first, lastObserved } = source
  const length = lastObserved - first + 1
  const counts = {
    observed: new Array<number>(length).fill(0),
    missing: new Array<number>(length).fill(0),
    censored: new Array<number>(length).fill(0),
    closed: new Array<number>(length).fill(0),
  }
  let outliers = 0
  let cells = 0
  const best = WORTH.map(() => ({ score: 0, place: -1 }))
  let before = 0
  for await (const past of window.past()) {
    for (let i = 0; i < past.ids.length; i++) {
      const from = at(past.offsets, i)
      const values = valuesOf(past, i)
      const seen = [0, 0, 0]
      for (let k = 0; k < values.length; k++) {
        const bits = at(past.mask, from + k)
        const period = at(past.start, i) + k - first
        const empty = Number.isNaN(at(values, k))
        const what =
          (bits & Mask.closed) !== 0
            ? 'closed'
            : (bits & Mask.censored) !== 0
              ? 'censored'
              : empty
                ? 'missing'
                : 'observed'
        counts[what][period] = at(counts[what], period) + 1
        if ((bits & Mask.outlier) !== 0) seen[0] = at(seen, 0) + 1
        if ((bits & Mask.censored) !== 0) seen[1] = at(seen, 1) + 1
        if (what === 'missing') seen[2] = at(seen, 2) + 1
      }
      cells += values.length
      outliers += at(seen, 0)
      best.forEach((b, w) => {
        if (at(seen, w) > b.score) best[w] = { score: at(seen, w), place: before + i }
      })
    }
    before += past.ids.length
  }
  const quality = qualityOf(facts)
  const shown = Math.max(0, length - MOST_PERIODS)
  const coverage = {
    periods: Array.from({ length: length - shown }, (_, k) => calendar.format(first + shown + k)),
    observed: counts.observed.slice(shown),
    missing: counts.missing.slice(shown),
    censored: counts.censored.slice(shown),
    closed: counts.closed.slice(shown),
  }
  const examples: CheckSeries[] = []
  before = 0
  for await (const past of window.past()) {
    for (const [w, { place }] of best.entries()) {
      const i = place - before
      if (i < 0 || i >= past.ids.length) continue
      const values = valuesOf(past, i).slice(-MOST_PERIODS)
      const offset = at(past.offsets, i + 1) - values.length
      const flagged = (bit: number) =>
        Array.from(values, (_, k) => k).filter((k) => (at(past.mask, offset + k) & bit) !== 0)
      examples.push({
        id: past.ids[i] as string,
        why: (WORTH[w] as (typeof WORTH)[number]).why,
        periods: Array.from(values, (_, k) => calendar.format(lastObserved - values.length + 1 + k)),
        values: Array.from(values, (v) => (Number.isNaN(v) ? null : v)),
        censored: flagged(Mask.censored),
        closed: flagged(Mask.closed),
        outliers: flagged(Mask.outlier),
      })
    }
    before += past.ids.length
  }
  return {
    files: facts.tables.flatMap((t) => t.files),
    span: `${facts.from} – ${facts.to}`,
    unit: facts.calendar.unit,
    series: facts.series,
    quality: { ...quality, shares: { ...quality.shares, outliers: cells > 0 ? outliers / cells : 0 } },
    coverage,
    examples,
  }
}
