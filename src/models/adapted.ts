import type { Window } from '../core/window.ts'
import type { Fitted, Model } from './model.ts'

/** The same model, which sees every window through a function: how cleaning comes before learning without the model knowing. */
export function throughWindow(model: Model, see: (window: Window) => Window): Model {
  const adapt = (fitted: Fitted): Fitted => ({
    ...fitted,
    forecast: async (window, ask, run) => await fitted.forecast(see(window), ask, run),
    save: (dir) => fitted.save(dir),
  })
  return {
    ...model,
    fit: async (window, run) => adapt(await model.fit(see(window), run)),
    load: async (dir, run) => adapt(await model.load(dir, run)),
  }
}
