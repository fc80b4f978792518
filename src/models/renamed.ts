import type { Forecast } from '../core/forecast.ts'
import type { Fitted, Model } from './model.ts'

/** The same model under another name, by which it answers and refuses: two forms of one model can then be told apart. */
export function renamed(model: Model, name: string): Model {
  const own = (given: string) => (given === model.name ? name : given)
  const relabel = (forecast: Forecast): Forecast => ({
    ...forecast,
    answeredBy: forecast.answeredBy.map((by) => (by === undefined ? by : own(by))),
    refused: new Map(
      [...forecast.refused].map(([i, all]) => [i, all.map((r) => ({ ...r, model: own(r.model) }))] as const),
    ),
    provenance: { ...forecast.provenance, model: own(forecast.provenance.model) },
  })
  const adapt = (fitted: Fitted): Fitted => ({
    forecast: async (window, ask, run) => relabel(await fitted.forecast(window, ask, run)),
    save: (dir) => fitted.save(dir),
    ...(fitted.training && {
      training: fitted.training.map(({ name: given, rows }) => ({ name: given.replace(model.name, name), rows })),
    }),
  })
  return {
    name,
    needs: model.needs,
    fit: async (window, run) => adapt(await model.fit(window, run)),
    load: async (dir, run) => adapt(await model.load(dir, run)),
  }
}
