import { mean, mul } from '../../tensor/graph/operators.ts'
import type { Float } from '../../tensor/graph/value.ts'
import type { Fields, Network } from '../../tensor/train/network.ts'
import type { Architecture, Frame, View } from './architecture.ts'
import type { Head } from './head.ts'

/** What a forecasting network reads of an example. */
export function inputFields({ context, horizon, past, known, statics, categories }: Omit<Frame, 'batch'>): Fields {
  return {
    target: { shape: [context] },
    observed: { shape: [context] },
    ...(past > 0 && { past: { shape: [context, past] } }),
    ...(known > 0 && { known: { shape: [context + horizon, known] } }),
    ...(statics > 0 && { statics: { shape: [statics] } }),
    ...(categories.length > 0 && { categories: { shape: [categories.length], type: 'int64' } }),
  }
}

/** A network that forecasts: an architecture, and a head that makes a distribution of what it says. */
export function forecaster(architecture: Architecture, head: Head, frame: Omit<Frame, 'batch'>): Network {
  const came: Fields = { truth: { shape: [frame.horizon] }, weight: { shape: [frame.horizon] } }
  const fed = architecture.stepwise !== undefined
  return {
    inputs: { ...inputFields(frame), ...(fed && came) },
    labels: { ...(!fed && came), level: { shape: [1] } },
    forward(parameters, inputs) {
      const view = inputs as unknown as View
      const batch = view.target.shape[0] as number
      const { raw, shown } = architecture.forward(parameters, view, { batch, ...frame }, head.width)
      return { ...shown, outputs: head.transform(raw) }
    },
    loss({ outputs }, batch) {
      const { truth, weight, level } = batch as unknown as Record<'truth' | 'weight' | 'level', Float>
      return mean(mul(weight, head.loss(outputs as Float, truth, level)))
    },
  }
}
