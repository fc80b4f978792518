import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Calendar } from '../../core/calendar.ts'
import type { Notice, Run } from '../../core/run.ts'
import type { Window } from '../../core/window.ts'
import type { Fitted, Manifest, Model } from '../../models/model.ts'
import type { Anomaly, AnomalyOptions, Findings } from './anomaly.ts'
import { findAnomalies } from './find.ts'
import { DEFAULT_MENDING, isMended, type MendingPolicy, mendedWindow } from './mend.ts'
import { short } from './short.ts'

/** What a model is to see mended, and how it is looked for. */
export interface MendedOptions {
  readonly find?: AnomalyOptions
  readonly mend?: Partial<MendingPolicy>
}

/**
 * The same model, which learns and forecasts from windows mended of unusual values: see {@link mendedWindow}. What was mended before a fit is
 * told by notices (`anomalies.values`, `anomalies.levels`). It keeps the model's name; a fit that is saved says so in its options.
 *
 * @example
 * const careful = mended(modelNamed('ensemble'), { mend: { values: 'bound' } })
 */
export function mended(model: Model, options: MendedOptions = {}): Model {
  const policy: MendingPolicy = { ...DEFAULT_MENDING, ...options.mend }
  const make = (inner: Fitted, seen?: { readonly digest: string; readonly window: Window }): Fitted => ({
    forecast: async (window, ask, run) => {
      const through = window.digest === seen?.digest ? seen.window : await mendedAt(window, run)
      return await inner.forecast(through, ask, run)
    },
    save: async (dir) => {
      const path = join(dir.path, INNER)
      await mkdir(path, { recursive: true })
      const held = await inner.save({ path })
      const manifest: Manifest = {
        ...held,
        options: { ...held.options, mended: { find: { ...options.find }, mend: { ...policy } } },
        files: held.files.map((file) => `${INNER}/${file}`),
      }
      await writeFile(join(dir.path, 'manifest.json'), JSON.stringify(manifest, null, 2))
      return manifest
    },
    ...(inner.training && { training: inner.training }),
  })
  const mendedAt = async (window: Window, run: Run) =>
    mendedWindow(window, await findAnomalies(window, options.find, run), policy)
  return {
    name: model.name,
    needs: model.needs,
    async fit(window, run) {
      const findings = await findAnomalies(window, options.find, run)
      for (const notice of mendingNotices(findings, policy, window.calendar)) run.notice(notice)
      const through = mendedWindow(window, findings, policy)
      return make(await model.fit(through, run), { digest: window.digest, window: through })
    },
    load: async (dir, run) => make(await model.load({ path: join(dir.path, INNER) }, run)),
  }
}

const INNER = 'model'

/** What is to be told of a mending: one notice for values and one for levels, each with its greatest case; none where nothing is mended. */
function mendingNotices(findings: Findings, policy: MendingPolicy, calendar: Calendar): Notice[] {
  const told: Notice[] = []
  for (const [code, isOf] of [
    ['anomalies.values', (a: Anomaly) => a.kind !== 'levelShift'],
    ['anomalies.levels', (a: Anomaly) => a.kind === 'levelShift'],
  ] as const) {
    let count = 0
    let series = 0
    let worst: { readonly id: string; readonly a: Anomaly } | undefined
    for (const { id, anomalies } of findings.series) {
      const mine = anomalies.filter((a) => isOf(a) && isMended(a, policy))
      if (mine.length > 0) series++
      for (const a of mine) {
        count += a.to - a.from + 1
        if (!worst || a.strength > worst.a.strength) worst = { id, a }
      }
    }
    if (!worst) continue
    const { id, a } = worst
    const expected = a.expected.reduce((sum, e) => sum + e, 0) / a.expected.length
    const period = calendar.format(a.from)
    told.push({
      code,
      details: { count, series, id, period, expected: short(expected), value: short(expected + a.size) },
    })
  }
  return told
}
