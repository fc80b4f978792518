import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Ask, Forecast } from '../../core/forecast.ts'
import { at } from '../../core/panel.ts'
import type { Run } from '../../core/run.ts'
import type { Window } from '../../core/window.ts'
import { copySeries } from '../../models/chain.ts'
import { keptWindow } from '../../models/global/kept-window.ts'
import type { Fitted, Manifest, Model } from '../../models/model.ts'
import { coldStart } from './cold-start.ts'
import { periodsOf } from './options.ts'

/** Days of history under which products are forecast from their likes. */
const BELOW = 10
const COLD = 'cold-start'
const FILE = 'with-cold-start.json'

/**
 * The same model, but series with hardly any history are answered by {@link coldStart}, which looks at all others for them; where there are none, nothing is done and nothing costs.
 *
 * `answeredBy` names who gave each answer. What the model refuses is answered by the cold start where it can.
 *
 * @example
 * withColdStart(modelNamed('boosting')).name // → 'boosting'
 */
export function withColdStart<M extends Model>(model: M): M {
  const make = (fitted: Fitted, cold: Fitted | undefined): Fitted => ({
    ...fitted,
    forecast: (window, ask, run) => bothOf(fitted, cold, window, ask, run),
    async save(dir) {
      await mkdir(join(dir.path, 'model'), { recursive: true })
      const saved = await fitted.save({ path: join(dir.path, 'model') })
      const files = [FILE, 'model/manifest.json', ...saved.files.map((file) => `model/${file}`)]
      if (cold) {
        await mkdir(join(dir.path, COLD), { recursive: true })
        const own = await cold.save({ path: join(dir.path, COLD) })
        files.push(`${COLD}/manifest.json`, ...own.files.map((file) => `${COLD}/${file}`))
      }
      await writeFile(join(dir.path, FILE), JSON.stringify({ cold: cold !== undefined }))
      const manifest: Manifest = { ...saved, files }
      await writeFile(join(dir.path, 'manifest.json'), JSON.stringify(manifest, null, 2))
      return manifest
    },
  })
  return {
    ...model,
    needs: { ...model.needs, minHistory: 0 },
    async fit(asked, run) {
      const window = keptWindow(asked)
      const young = await anyYoung(window)
      return make(await model.fit(window, run), young ? await coldModel(window).fit(window, run) : undefined)
    },
    async load(dir, run) {
      const { cold } = JSON.parse(await readFile(join(dir.path, FILE), 'utf8')) as { cold: boolean }
      const fitted = await model.load({ path: join(dir.path, 'model') }, run)
      return make(fitted, cold ? await coldStart().load({ path: join(dir.path, COLD) }, run) : undefined)
    },
  }
}

const coldModel = ({ calendar }: Window) => coldStart({ below: periodsOf(BELOW, calendar), discontinued: 1 })

/** Whether any series has hardly been observed. */
async function anyYoung(window: Window): Promise<boolean> {
  const below = periodsOf(BELOW, window.calendar)
  for await (const { ids, offsets, target } of window.past())
    for (let i = 0; i < ids.length; i++) {
      let observed = 0
      for (let k = at(offsets, i + 1) - 1; k >= at(offsets, i) && observed < below; k--)
        if (!Number.isNaN(at(target, k))) observed++
      if (observed < below) return true
    }
  return false
}

async function bothOf(fitted: Fitted, cold: Fitted | undefined, window: Window, ask: Ask, run: Run): Promise<Forecast> {
  const forecast = await fitted.forecast(window, ask, run)
  if (!cold) return forecast
  const young = await cold.forecast(window, ask, run)
  const answeredBy = [...forecast.answeredBy]
  const refused = new Map(forecast.refused)
  for (let i = 0; i < answeredBy.length; i++) {
    if (young.answeredBy[i] === undefined) continue
    copySeries(young, i, forecast, i)
    answeredBy[i] = young.answeredBy[i]
    refused.delete(i)
  }
  return { ...forecast, answeredBy, refused }
}
