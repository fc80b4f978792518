import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Forecast } from '../../core/forecast.ts'
import { VERSION } from '../../core/version.ts'
import type { Window } from '../../core/window.ts'
import type { Dir, Fitted, Manifest, Model } from '../../models/model.ts'
import { type HiddenDemandOptions, hiddenDemandSettings } from './options.ts'
import { demandWindow } from './window.ts'

/** What the name of a model ends with that learns from demand in place of sales. */
const SUFFIX = '@demand'

const INNER = 'model'

/**
 * The same model, which learns from recovered demand in place of the sales that stock-outs cut short, and forecasts demand; it goes by
 * `NAME@demand`.
 *
 * Order and plan by what it says. What will be sold with the stock there is, is said by {@link expectedSales}; the sales of all days, those
 * without stock among them, are less than demand, and a score over them favours models that learned from sales. Refuses what
 * {@link recoverDemand} refuses.
 *
 * @example
 * uncensored(modelNamed('window-average')).name // → 'window-average@demand'
 */
export function uncensored(model: Model, options: HiddenDemandOptions = {}): Model {
  const settings = hiddenDemandSettings(options)
  const name = `${model.name}${SUFFIX}`
  // A window that is fitted on and then forecast is the same object as a rule: its demand is found once.
  const seen = new WeakMap<Window, Window>()
  const see = (window: Window): Window => {
    const made = seen.get(window) ?? demandWindow(window, options)
    seen.set(window, made)
    return made
  }
  const make = (inner: Fitted): Fitted => ({
    forecast: async (window, ask, run) =>
      relabelled(await inner.forecast(see(window), ask, run), model.name, name, window.digest),
    save: async (dir) => await save(name, settings, inner, dir),
    ...(inner.training && { training: inner.training }),
  })
  return {
    name,
    // What is usual for a series is found by what others do the same day.
    needs: { ...model.needs, crossSeries: true },
    fit: async (window, run) => make(await model.fit(see(window), run)),
    load: async (dir, run) => make(await model.load({ path: join(dir.path, INNER) }, run)),
  }
}

/** The forecast under the name of the model as wrapped, where it was the model's own, and of the window that was asked about. */
function relabelled(forecast: Forecast, from: string, to: string, digest: string): Forecast {
  const named = (model: string) => (model === from ? to : model)
  return {
    ...forecast,
    answeredBy: forecast.answeredBy.map((by) => by && named(by)),
    refused: new Map(
      [...forecast.refused].map(([i, all]) => [i, all.map((one) => ({ ...one, model: named(one.model) }))]),
    ),
    provenance: { ...forecast.provenance, model: named(forecast.provenance.model), window: digest },
  }
}

async function save(name: string, settings: object, inner: Fitted, dir: Dir): Promise<Manifest> {
  const path = join(dir.path, INNER)
  await mkdir(path, { recursive: true })
  const held = await inner.save({ path })
  const manifest: Manifest = {
    model: name,
    version: VERSION,
    options: { ...held.options, hiddenDemand: settings },
    window: held.window,
    files: held.files.map((file) => `${INNER}/${file}`),
  }
  await writeFile(join(dir.path, 'manifest.json'), JSON.stringify(manifest, null, 2))
  return manifest
}
