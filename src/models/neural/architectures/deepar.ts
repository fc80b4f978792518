import { z } from 'zod'
import { add, cast, concat, full, less, reshape, slice } from '../../../tensor/graph/operators.ts'
import type { Float } from '../../../tensor/graph/value.ts'
import { dense, dropout } from '../../../tensor/layers/dense.ts'
import type { Parameters } from '../../../tensor/layers/parameters.ts'
import { gru, lstm, stepsOf } from '../../../tensor/layers/recurrent.ts'
import type { Architecture, Frame, StepView, View } from '../architecture.ts'
import { embedded } from '../encoding.ts'
import { optionsOf, share, units } from './options.ts'

const CELLS = { lstm: { layer: lstm, states: 2 }, gru: { layer: gru, states: 1 } }

const schema = z.strictObject({
  cell: z.enum(['lstm', 'gru']).default('lstm'),
  /** Units of each layer. */
  units: units.default(64),
  layers: z.int().min(1).default(2),
  /** Numbers that what is fed to a step is brought to. */
  entry: units.default(32),
  dropout: share.default(0.1),
  /** Sample paths that a forecast is made of. */
  paths: z.int().min(2).default(100),
})

/**
 * DeepAR (Salinas, Flunkert, Gasthaus and Januschowski, 2020): recurrent layers over past and horizon, each step fed the number before it and what is known of it; learned with what
 * came, forecast with what is drawn, path by path. Its paths keep how days go together.
 *
 * Past-only columns are fed as long as there are any. What is known of a step counts at that step and later ones.
 *
 * @example
 * deepar({ cell: 'gru', paths: 200 }).stepwise?.paths // → 200
 */
export function deepar(options: object = {}): Architecture {
  const chosen = optionsOf('deepar', schema, options)
  const { layer, states } = CELLS[chosen.cell]

  /** What is fed to a step: the number before, what is known of the step, and the series as a whole. */
  const entered = (parameters: Parameters, view: StepView, frame: Frame): Float => {
    const whole = [...(view.statics ? [view.statics] : []), ...embedded(parameters, view, frame)]
    const fed = concat([view.previous, view.there, ...(view.known ? [view.known] : []), ...whole], 1)
    const own = dense(parameters.in('entry'), fed, chosen.entry)
    return view.past ? add(own, dense(parameters.in('past'), view.past, chosen.entry, { bias: false })) : own
  }

  /** The layers over some steps, from a state on. */
  const gone = (parameters: Parameters, inputs: readonly Float[], state?: readonly Float[]) => {
    let steps = inputs
    const after: Float[] = []
    for (let k = 0; k < chosen.layers; k++) {
      const calm = k === 0 ? steps : steps.map((x) => dropout(parameters, x, chosen.dropout))
      const read = layer(parameters.in(`layer${k}`), calm, chosen.units, state?.slice(k * states, (k + 1) * states))
      steps = read.steps
      after.push(...read.state)
    }
    return { steps, state: after }
  }

  /** Numbers of steps, from their states and the numbers before them. */
  const said = (parameters: Parameters, state: Float, previous: Float, width: number): Float =>
    add(
      dense(parameters.in('out'), dropout(parameters, state, chosen.dropout), width),
      dense(parameters.in('skip'), previous, width, { bias: false }),
    )

  const column = (x: Float, t: number) => slice(x, 1, t, t + 1)
  /** What a step of the past is fed, each the period before it; the last one is the first of the horizon. */
  const pastViews = (view: View, { context }: Frame): readonly StepView[] => {
    const known = view.known && stepsOf(view.known)
    const past = view.past && stepsOf(view.past)
    return Array.from({ length: context }, (_, t) => ({
      ...wholeOf(view),
      ...{ previous: column(view.target, t), there: column(view.observed, t) },
      ...(known && { known: known[t + 1] as Float }),
      ...(past && { past: past[t] as Float }),
    }))
  }

  return {
    name: 'deepar',
    options: chosen,
    forward(parameters, view, frame, width) {
      const { batch, context, horizon } = frame
      const known = view.known && stepsOf(view.known)
      const none = full(parameters.graph, [batch, 1], 0)
      const views = [...pastViews(view, frame)]
      for (let h = 1; h < horizon; h++)
        views.push({
          ...wholeOf(view),
          previous: view.truth ? column(view.truth, h - 1) : none,
          there: view.weight ? cast(less(0, column(view.weight, h - 1)), 'float32') : none,
          ...(known && { known: known[context + h] as Float }),
        })
      const { steps } = gone(
        parameters,
        views.map((step) => entered(parameters, step, frame)),
      )
      const raws = views.slice(context - 1).map(({ previous }, h) => {
        const raw = said(parameters, steps[context - 1 + h] as Float, previous, width)
        return reshape(raw, [batch, 1, width])
      })
      return { raw: concat(raws, 1) }
    },
    stepwise: {
      paths: chosen.paths,
      state: Array.from({ length: chosen.layers * states }, () => [chosen.units]),
      start(parameters, view, frame) {
        const fed = pastViews(view, frame).slice(0, -1)
        if (fed.length === 0)
          return Array.from({ length: chosen.layers * states }, () =>
            full(parameters.graph, [frame.batch, chosen.units], 0),
          )
        return gone(
          parameters,
          fed.map((step) => entered(parameters, step, frame)),
        ).state
      },
      next(parameters, state, view, frame, width) {
        const { steps, state: after } = gone(parameters, [entered(parameters, view, frame)], state)
        const raw = said(parameters, steps[0] as Float, view.previous, width)
        return { raw: reshape(raw, [frame.batch, 1, width]), state: after }
      },
    },
  }
}

const wholeOf = ({ statics, categories }: View) => ({ ...(statics && { statics }), ...(categories && { categories }) })
