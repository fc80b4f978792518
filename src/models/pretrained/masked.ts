import { at } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import type { Arrays } from '../../tensor/train/arrays.ts'
import type { Network } from '../../tensor/train/network.ts'
import type { Source } from '../../tensor/train/train.ts'
import { batchOf, copyBatch } from '../neural/examples/batches.ts'
import { forecaster } from '../neural/forecaster.ts'
import { quantiles } from '../neural/heads/quantiles.ts'
import { writerOf } from './example.ts'
import { type Ground, toldOf } from './ground.ts'
import { recallingNetwork } from './network.ts'
import { CONTEXT, frameAt, LEVELS, PATCH } from './shape.ts'

/** Share of the patches of the past that are hidden. */
const HIDDEN = 0.3
/** Periods that are hidden together. */
const HIDDEN_AT_ONCE = 16
/** Tries to find a series of which there is something to hide. */
const TRIES = 50

/** The network asked for what was hidden of the past: inputs as ever, truths of the context. */
export function recaller(options: object, context = CONTEXT): Network {
  const head = quantiles({ levels: LEVELS })
  const { inputs, forward } = forecaster(recallingNetwork(options), head, frameAt(context, PATCH))
  const { labels, loss } = forecaster(recallingNetwork(options), head, { ...frameAt(context, context) })
  return { inputs, labels, forward, loss }
}

/**
 * Windows of a ground of which patches were hidden, to be told from what is left (masked patches as by Nie et al., 2023): no horizon is needed, so that all of what a
 * shop has can be learned from.
 *
 * What is hidden is hidden before anything is made of it: neither seasons nor levels give it away.
 */
export function maskedBatches(ground: Ground, size: number, seed: number, context = CONTEXT): Source {
  const frame = frameAt(context, PATCH)
  const room = {
    ...batchOf(frame, size),
    truth: new Float32Array(size * context),
    weight: new Float32Array(size * context),
  }
  const ahead = { ...room, truth: new Float32Array(size * PATCH), weight: new Float32Array(size * PATCH) }
  const writer = writerOf({ context, horizon: PATCH })
  const count = ground.offsets.length - 1
  return {
    put(step, into: Arrays) {
      const random = Random.of(seed, `masked ${step}`)
      room.weight.fill(0)
      for (let row = 0; row < size; row++) {
        for (let k = 0; k < TRIES; k++) {
          const series = random.integer(count)
          const length = at(ground.offsets, series + 1) - at(ground.offsets, series) - ground.horizon
          if (length < 2 * PATCH && k < TRIES - 1) continue
          const told = toldOf(
            ground,
            series,
            Math.max(0, length - 1 - (length > 3 * PATCH ? random.integer(PATCH) : 0)),
          )
          const values = Float64Array.from(told.values)
          const first = told.origin + 1 - context
          let hidden = 0
          for (let from = 0; from < context; from += HIDDEN_AT_ONCE) {
            if (random.uniform() >= HIDDEN) continue
            for (let t = Math.max(0, first + from); t < first + from + HIDDEN_AT_ONCE; t++) {
              if (Number.isNaN(values[t])) continue
              values[t] = Number.NaN
              hidden++
            }
          }
          if (hidden === 0 && k < TRIES - 1) continue
          writer.write({ ...told, values }, row, ahead)
          const level = at(ahead.level, row)
          for (let t = 0; t < context; t++) {
            const y = first + t < 0 ? Number.NaN : at(told.values, first + t)
            if (Number.isNaN(y) || !Number.isNaN(at(values, first + t))) continue
            room.truth[row * context + t] = Math.max(-MOST, Math.min(MOST, Math.asinh(y / level)))
            room.weight[row * context + t] = 1
          }
          break
        }
      }
      copyBatch(room, into)
    },
  }
}

/** Truths are learned up to this size. */
const MOST = Math.asinh(40)
