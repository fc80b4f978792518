import type { Architecture } from '../src/models/neural/architecture.ts'
import { forecaster } from '../src/models/neural/forecaster.ts'
import type { Head } from '../src/models/neural/head.ts'
import { quantiles } from '../src/models/neural/heads/quantiles.ts'
import { embedded, saidBy, swellNetwork } from '../src/models/pretrained/network.ts'
import { AHEAD, CONTEXT, frameAt, LEVELS, PATCH } from '../src/models/pretrained/shape.ts'
import type { Pretrained } from '../src/models/pretrained/swell.ts'
import {
  abs,
  add,
  concat,
  div,
  exp,
  full,
  gelu,
  max,
  mul,
  neg,
  reshape,
  slice,
  sub,
  transpose,
} from '../src/tensor/graph/operators.ts'
import type { Float } from '../src/tensor/graph/value.ts'
import { dense } from '../src/tensor/layers/dense.ts'
import { layerNormalised } from '../src/tensor/layers/normalise.ts'
import type { Shares, Trial } from './pretrained-lab.ts'

const made = (architecture: Architecture, head: Head = quantiles({ levels: LEVELS })): Pretrained['network'] => {
  return (context, horizon) => forecaster(architecture, head, frameAt(context, horizon))
}

const sinh = (x: Float) => mul(sub(exp(x), exp(neg(x))), 0.5)
/** What is seen as multiples of the level instead of their inverse hyperbolic sines. */
function linearInputs(): Architecture {
  const whole = swellNetwork()
  return {
    ...whole,
    forward: (p, view, frame, n) => whole.forward(p, { ...view, target: sinh(view.target) }, frame, n),
  }
}

/** Losses of multiples of the level instead of their inverse hyperbolic sines. */
function unbent(): Head {
  const plain = quantiles({ levels: LEVELS })
  return { ...plain, loss: (outputs, truth, level) => plain.loss(sinh(outputs), sinh(truth), level) }
}

/** Losses of each example over the mean size of what came of it, as scores of the whole weigh. */
function relative(): Head {
  const plain = quantiles({ levels: LEVELS })
  return {
    ...plain,
    loss(outputs, truth, level) {
      const size = add(max(abs(truth), { axes: [1], keep: true }), 1)
      return div(plain.loss(outputs, truth, level), size)
    },
  }
}

/** Patches mixed by a perceptron over time in the place of attention (Chen et al., 2023); always as many as there can be. */
function mixer(width: number, layers: number, hidden: number): Architecture {
  return {
    name: 'swell-mixer',
    options: {},
    forward(parameters, { target, observed, past, known, statics }, { batch, context, horizon }, answers) {
      const [seen, ahead] = [context / PATCH, horizon / PATCH]
      // Its weights are for so many patches: what is not there is blank.
      const [lost, beyond] = [CONTEXT / PATCH - seen, AHEAD / PATCH - ahead]
      const wide = (x: Float) => reshape(x, [batch, context, 1])
      const told = concat([wide(target), wide(observed), past as Float, slice(known as Float, 1, 0, context)])
      const coming = slice(known as Float, 1, context)
      const behind = embedded(parameters.in('behind'), reshape(told, [batch, seen, -1]), width)
      const before = embedded(parameters.in('ahead'), reshape(coming, [batch, ahead, -1]), width)
      const whole = dense(parameters.in('whole'), statics as Float, width)
      const blanks = (n: number) => (n > 0 ? [full(parameters.graph, [batch, n, width], 0)] : [])
      let x = add(concat([...blanks(lost), behind, before, ...blanks(beyond)], 1), reshape(whole, [batch, 1, width]))
      const tokens = x.shape[1] as number
      for (let k = 0; k < layers; k++) {
        const own = parameters.in(`layer${k}`)
        const turned = transpose(layerNormalised(own.in('time.norm'), x), [0, 2, 1])
        const mixed = dense(own.in('time.out'), gelu(dense(own.in('time.hidden'), turned, 4 * tokens)), tokens)
        x = add(x, transpose(mixed, [0, 2, 1]))
        const inside = gelu(dense(own.in('hidden'), layerNormalised(own.in('norm'), x), hidden))
        x = add(x, dense(own.in('out'), inside, width))
      }
      const last = layerNormalised(parameters.in('norm'), slice(x, 1, lost + seen, lost + seen + ahead))
      return { raw: saidBy(parameters, last, coming, statics as Float, PATCH, answers) }
    },
  }
}

/** The network without what the family did, without what all series say of covariates, or without either and what the series' own past says. */
function without(columns: { readonly past?: readonly number[]; readonly known?: readonly number[] }): Architecture {
  const whole = swellNetwork()
  const kept = (x: Float, lost: readonly number[]) => {
    const width = x.shape[2] as number
    const share = Float32Array.from({ length: width }, (_, k) => (lost.includes(k) ? 0 : 1))
    return mul(x, x.from.graph.constant(share, [width]) as Float)
  }
  return {
    ...whole,
    forward: (p, view, frame, n) =>
      whole.forward(
        p,
        {
          ...view,
          past: kept(view.past as Float, columns.past ?? []),
          known: kept(view.known as Float, columns.known ?? []),
        },
        frame,
        n,
      ),
  }
}

const NOTHING_REAL: Shares = {}

/** The ways that are compared at equal time. */
export const ABLATIONS: readonly Trial[] = [
  { name: 'as it is: patches of 32, width 128, 4 layers' },
  { name: 'patches of 8', network: { patch: 8 } },
  { name: 'patches of 16', network: { patch: 16 } },
  { name: '2 layers', network: { layers: 2 } },
  { name: '8 layers', network: { layers: 8 } },
  { name: 'width 64, 6 layers', network: { width: 64, layers: 6, hidden: 192 } },
  { name: 'width 256, 2 layers', network: { width: 256, layers: 2, hidden: 768 } },
  { name: 'mixer in the place of attention', make: made(mixer(128, 4, 384)) },
  { name: 'loss in multiples of the level', make: made(swellNetwork(), unbent()) },
  { name: 'loss over the size of what came', make: made(swellNetwork(), relative()) },
  { name: 'linear inputs', make: made(linearInputs()) },
  { name: 'without the family', make: made(without({ past: [1, 2] })) },
  { name: 'without effects of covariates by all series', make: made(without({ known: [11] })) },
  { name: 'without effects of covariates by its own past', make: made(without({ known: [10] })) },
  { name: 'without seasons as inputs', make: made(without({ known: [4, 5, 6, 7, 8, 9] })) },
  { name: 'twice the rate', rate: 2e-3 },
  { name: 'batches of 128', batch: 128 },
  { name: 'synthetic series alone', shares: NOTHING_REAL },
  {
    name: 'real series alone',
    shares: { 'fresh-daily': 0.4, 'car-parts': 0.2, 'orange-juice': 0.2, 'online-retail': 0.2 },
  },
]
