import { z } from 'zod'
import {
  add,
  concat,
  full,
  matmul,
  mean,
  mul,
  reshape,
  slice,
  softmax,
  split,
  transpose,
} from '../../../tensor/graph/operators.ts'
import type { Float, Int } from '../../../tensor/graph/value.ts'
import { causalMask, missingMask } from '../../../tensor/layers/attention.ts'
import { dense, embedding } from '../../../tensor/layers/dense.ts'
import { gatedLinearUnit, gatedResidual, selectedVariables } from '../../../tensor/layers/gated.ts'
import { layerNormalised } from '../../../tensor/layers/normalise.ts'
import type { Parameters } from '../../../tensor/layers/parameters.ts'
import { lstm, stepsOf } from '../../../tensor/layers/recurrent.ts'
import type { Architecture, Frame, View } from '../architecture.ts'
import { levelSkip } from './blocks.ts'
import { optionsOf, share, skip, units } from './options.ts'

const schema = z
  .strictObject({
    /** Numbers of each variable and each step inside. */
    width: units.default(32),
    /** Parts that attend each for themselves, with the same values. */
    heads: z.int().min(1).default(4),
    dropout: share.default(0.1),
    skip,
  })
  .refine(({ width, heads }) => width % heads === 0, { path: ['heads'], error: 'must divide the width' })

/** Each column of the last axis as so many numbers: [..., columns] to `columns` of [..., width]. */
function columnsOf(parameters: Parameters, x: Float, width: number): readonly Float[] {
  const count = x.shape.at(-1) as number
  return split(x, new Array<number>(count).fill(1)).map((column, k) =>
    dense(parameters.in(`column${k}`), column, width),
  )
}

/** Everything of a series as a whole, a variable each, [batch, width]. */
function wholesOf(parameters: Parameters, view: View, frame: Frame, width: number): readonly Float[] {
  const { statics, categories } = view
  return [
    ...(statics ? columnsOf(parameters.in('static'), statics, width) : []),
    ...frame.categories.map((count, k) => {
      const codes = reshape(slice(categories as Int, 1, k, k + 1), [frame.batch]) as Int
      return embedding(parameters.in(`category${k}`), codes, count, width)
    }),
  ]
}

/**
 * The temporal fusion transformer (Lim, Arık, Loeff and Pfister, 2021): networks that select variables, static contexts, a long short-term memory over past and horizon, and
 * attention of which the weights can be read.
 *
 * Shows `pastSelection` [batch, context, variables] (target, observed, past-only columns, known columns), `futureSelection` [batch, horizon, known], `staticSelection`
 * [batch, statics and categories], and `attention` [batch, horizon, context + horizon], each 1 in all: what explains a forecast.
 *
 * @example
 * tft({ width: 16 }).options.heads // → 4
 */
export function tft(options: object = {}): Architecture {
  const chosen = optionsOf('tft', schema, options)
  const { width, heads, dropout } = chosen
  return {
    name: 'tft',
    options: chosen,
    forward(parameters, view, frame, answers) {
      const { batch, context, horizon } = frame
      const { known } = view
      const wholes = wholesOf(parameters.in('whole'), view, frame, width)
      const selected =
        wholes.length > 0 ? selectedVariables(parameters.in('wholeSelection'), wholes, width, { dropout }) : undefined
      const static_ = selected?.values ?? full(parameters.graph, [batch, width], 0)
      const contextOf = (name: string) => gatedResidual(parameters.in(name), static_, width, { dropout })
      const selecting = { context: contextOf('contextOfSelection'), dropout }
      const wide = (x: Float) => reshape(x, [batch, context, 1])
      const seen = columnsOf(
        parameters.in('past'),
        concat([wide(view.target), wide(view.observed), ...(view.past ? [view.past] : [])], 2),
        width,
      )
      const told = known ? columnsOf(parameters.in('known'), known, width) : []
      const past = selectedVariables(
        parameters.in('pastSelection'),
        [...seen, ...told.map((x) => slice(x, 1, 0, context))],
        width,
        selecting,
      )
      const future =
        told.length > 0
          ? selectedVariables(
              parameters.in('futureSelection'),
              told.map((x) => slice(x, 1, context)),
              width,
              selecting,
            )
          : undefined
      const coming = future?.values ?? full(parameters.graph, [batch, horizon, width], 0)
      const begin = [contextOf('contextOfState'), contextOf('contextOfCell')]
      const read = lstm(parameters.in('encoder'), stepsOf(past.values), width, begin)
      const gone = lstm(parameters.in('decoder'), stepsOf(coming), width, read.state)
      const states = concat(
        [...read.steps, ...gone.steps].map((x) => reshape(x, [batch, 1, width])),
        1,
      )
      const gated = (name: string, x: Float, around: Float) =>
        layerNormalised(
          parameters.in(`${name}.norm`),
          add(around, gatedLinearUnit(parameters.in(`${name}.gate`), x, width)),
        )
      const local = gated('local', states, concat([past.values, coming], 1))
      const enriched = gatedResidual(parameters.in('enrichment'), local, width, {
        context: contextOf('contextOfEnrichment'),
        dropout,
      })
      const { values, weights } = readable(parameters.in('attention'), enriched, view, frame, heads)
      const attended = gated('attended', values, slice(enriched, 1, context))
      const forward = gatedResidual(parameters.in('forward'), attended, width, { dropout })
      const raw = dense(parameters.in('out'), gated('final', forward, slice(local, 1, context)), answers)
      return {
        raw: chosen.skip ? add(raw, levelSkip(parameters.in('skip'), view, frame, answers)) : raw,
        shown: {
          pastSelection: past.weights,
          ...(future && { futureSelection: future.weights }),
          ...(selected && { staticSelection: selected.weights }),
          attention: weights,
        },
      }
    },
  }
}

/**
 * Interpretable multi-head attention of the steps of the horizon to everything up to each of them (Lim et al., 2021, equations 13 to 16): heads have queries and keys of their own, but
 * the same values, so that the mean of their weights says what was looked at.
 */
function readable(parameters: Parameters, x: Float, { observed }: View, frame: Frame, heads: number) {
  const { batch, context, horizon } = frame
  const time = context + horizon
  const width = x.shape[2] as number
  const part = width / heads
  const inHeads = (y: Float, length: number) => transpose(reshape(y, [batch, length, heads, part]), [0, 2, 1, 3])
  const queries = inHeads(dense(parameters.in('query'), slice(x, 1, context), width), horizon)
  const keys = inHeads(dense(parameters.in('key'), x, width), time)
  const values = dense(parameters.in('value'), x, part)
  const there = concat([observed, full(parameters.graph, [batch, horizon], 1)], 1)
  const mask = add(slice(causalMask(parameters, time), 0, context), missingMask(there))
  const scores = add(matmul(mul(queries, 1 / Math.sqrt(part)), keys, { transposeB: true }), mask)
  const weights = mean(softmax(scores), { axes: [1] })
  return { values: dense(parameters.in('out'), matmul(weights, values), width), weights }
}
