import {
  add,
  concat,
  div,
  exp,
  log,
  maximum,
  mean,
  mul,
  relu,
  reshape,
  slice,
  softplus,
  sub,
  sum,
} from '../../../tensor/graph/operators.ts'
import type { Float } from '../../../tensor/graph/value.ts'
import { dense } from '../../../tensor/layers/dense.ts'
import type { Parameters } from '../../../tensor/layers/parameters.ts'
import type { Fields, Network } from '../../../tensor/train/network.ts'
import type { Frame } from '../architecture.ts'
import type { AutoencoderSettings } from './options.ts'

type Sizes = Omit<Frame, 'batch'>

/** Least deviation of a period, in units of the level. */
const LEAST_DEVIATION = 0.02

/** Layers of rectified units, one after the other. */
const layers = (parameters: Parameters, x: Float, units: readonly number[]): Float =>
  units.reduce((y, width, k) => relu(dense(parameters.in(`hidden${k}`), y, width)), x)

/** What is known of each period of a window, in one row: terms of the calendar and known columns. */
function knownRow(known: Float, { context, known: width }: Sizes): Float {
  return reshape(slice(known, 1, 0, context), [known.shape[0] as number, context * width])
}

const encoded = (
  parameters: Parameters,
  target: Float,
  observed: Float,
  told: readonly Float[],
  settings: AutoencoderSettings,
) =>
  dense(
    parameters.in('latent'),
    layers(parameters, concat([target, observed, ...told], 1), settings.hidden),
    settings.latent * (settings.variational ? 2 : 1),
  )

/** Mean and deviation of each period, [batch, context] each, from numbers of the latent space. */
function decodedFrom(
  parameters: Parameters,
  latent: Float,
  told: readonly Float[],
  settings: AutoencoderSettings,
  { context }: Sizes,
) {
  const out = dense(
    parameters.in('out'),
    layers(parameters, concat([latent, ...told], 1), [...settings.hidden].reverse()),
    2 * context,
  )
  return {
    mean: slice(out, 1, 0, context),
    deviation: add(softplus(slice(out, 1, context)), LEAST_DEVIATION),
  }
}

const fieldsOf = ({ context, horizon, known }: Sizes): Fields => ({
  target: { shape: [context] },
  observed: { shape: [context] },
  ...(known > 0 && { known: { shape: [context + horizon, known] } }),
})

/**
 * A network that says windows again from a few numbers, with the deviation of each period; variational ones draw these numbers from a normal distribution that is kept
 * near the standard one (Kingma and Welling, 2014).
 *
 * Its loss is minus the mean log-likelihood of what was observed, and the divergence KL(N(μ, σ²) ‖ N(0, 1)) over the periods, times `beta` (Higgins et al., 2017).
 */
export function autoencoderNetwork(settings: AutoencoderSettings, frame: Sizes): Network {
  return {
    inputs: fieldsOf(frame),
    labels: {},
    forward(parameters, inputs) {
      const { target, observed, known } = inputs as unknown as Record<'target' | 'observed' | 'known', Float>
      const told = frame.known > 0 ? [knownRow(known, frame)] : []
      const code = encoded(parameters.in('encoder'), target, observed, told, settings)
      const { latent } = settings
      const middle = slice(code, 1, 0, latent)
      const spread = settings.variational ? slice(code, 1, latent) : undefined
      const noise = spread && parameters.training ? parameters.noise('normal', middle.shape) : undefined
      const drawn = spread && noise ? add(middle, mul(exp(mul(spread, 0.5)), noise)) : middle
      const said = decodedFrom(parameters.in('decoder'), drawn, told, settings, frame)
      return { latent: middle, ...(spread && { spread }), ...said }
    },
    loss(outputs, batch) {
      const { target, observed } = batch as unknown as Record<'target' | 'observed', Float>
      const { mean: middle, deviation, latent, spread } = outputs as unknown as Record<string, Float>
      const off = div(sub(target, middle as Float), deviation as Float)
      const each = mul(add(mul(mul(off, off), 0.5), log(deviation as Float)), observed)
      const lost = mean(div(sum(each, { axes: [1] }), maximum(sum(observed, { axes: [1] }), 1)))
      if (!spread) return lost
      return add(lost, mul(divergence(latent as Float, spread), settings.beta / frame.context))
    },
  }
}

/** The mean over examples of KL(N(μ, σ²) ‖ N(0, 1)), from means and logarithms of variances [batch, latent]. */
export const divergence = (middle: Float, spread: Float): Float =>
  mean(mul(sum(sub(sub(add(mul(middle, middle), exp(spread)), spread), 1), { axes: [1] }), 0.5))

/** The half that makes windows of numbers of the latent space. */
export function decoderNetwork(settings: AutoencoderSettings, frame: Sizes): Network {
  const { known, context } = frame
  return {
    inputs: {
      latent: { shape: [settings.latent] },
      ...(known > 0 && { known: { shape: [context + frame.horizon, known] } }),
    },
    labels: {},
    forward(parameters, inputs) {
      const { latent, known: columns } = inputs as unknown as Record<'latent' | 'known', Float>
      return decodedFrom(parameters.in('decoder'), latent, known > 0 ? [knownRow(columns, frame)] : [], settings, frame)
    },
    loss: ({ mean: middle }) => middle as Float,
  }
}
