import { expect, test } from 'vitest'
import { parameterCount } from '../../../tensor/layers/parameters.ts'
import type { Frame } from '../architecture.ts'
import { widthOf } from '../encoding.ts'
import { ARCHITECTURES } from './architectures.ts'
import { built } from './running.case.ts'

const [L, H, W] = [10, 4, 3]
const [PAST, KNOWN, STATICS] = [2, 5, 3]
const COUNTS = [4, 9]
const FRAME: Frame = {
  batch: 2,
  context: L,
  horizon: H,
  past: PAST,
  known: KNOWN,
  statics: STATICS,
  categories: COUNTS,
}

/** Numbers of a dense layer. */
const dense = (from: number, to: number) => (from + 1) * to
/** All that is said of a period up to the origin: target, observed, columns. */
const C = 2 + PAST + KNOWN
/** All that is said of a series as a whole, and the tables in which categories are embedded. */
const S = STATICS + COUNTS.reduce((sum, n) => sum + widthOf(n), 0)
const TABLES = COUNTS.reduce((sum, n) => sum + n * widthOf(n), 0)
const SKIP = dense(L, H * W)
/** The state's own weights for each step, embeddings of steps, what is known, the answer. */
const decoder = (state: number, units: number) => state * H * units + H * units + dense(KNOWN, units) + dense(units, W)
const residual = (from: number, hidden: number, to: number) => dense(from, hidden) + dense(hidden, to) + dense(from, to)
const norm = (units: number) => 2 * units

const SIZES: Record<string, readonly [object, number]> = {
  cnnLstm: [
    { filters: [6, 7], kernel: 3, units: 5, decoder: 8 },
    dense(3 * C, 6) + dense(3 * 6, 7) + 4 * 5 * (7 + 5 + 1) + decoder(5 + S, 8) + SKIP,
  ],
  dlinear: [{}, 2 * dense(L, H * W) + dense(L * PAST, H * W) + dense(KNOWN, W) + dense(S, W)],
  mlp: [
    { hidden: [11, 11], decoder: 6, norm: true },
    dense(L * C + H * KNOWN + S, 11) + dense(11, 11) + 2 * norm(11) + decoder(11, 6) + SKIP,
  ],
  nhits: [
    {
      stacks: [
        { pool: 3, every: 3 },
        { pool: 1, every: 1, blocks: 2 },
      ],
      hidden: [7],
      known: 6,
    },
    (() => {
      const beside = L + L * PAST + (L + H) * KNOWN + S
      const block = (pooled: number, ahead: number) => dense(pooled + beside, 7) + dense(7, ahead * W)
      // The last of three blocks leaves nothing for others.
      const backs = dense(7, 4) + dense(7, L)
      return block(4, 2) + 2 * block(L, H) + backs + dense(W + KNOWN, 6) + dense(6, W) + SKIP
    })(),
  ],
  tcn: [
    // Two convolutions of 3 periods look at 7, three at 15: more than the context.
    { channels: 4, kernel: 3, state: 5, decoder: 6 },
    dense(C, 4) + 3 * (dense(3 * 4, 8) + S * 8 + 4 * 5) + 5 + 2 * dense(4, 4) + decoder(5, 6) + SKIP,
  ],
  tide: [
    { hidden: 9, encoder: 1, decoder: 2, projected: 2, projector: 6, step: 5, temporal: 7, norm: true },
    residual(KNOWN, 6, 2) +
      residual(PAST, 6, 2) +
      residual(2 * L + 2 * (L + H) + 2 * L + S, 9, 9) +
      residual(9, 9, 9) +
      residual(9, 9, H * 5) +
      residual(5 + 2, 7, W) +
      norm(2) * 2 +
      norm(9) * 2 +
      norm(H * 5) +
      SKIP,
  ],
  tsmixer: [
    { features: 6, hidden: 7, layers: 2 },
    (() => {
      const mixing = (from: number) => dense(from, 7) + S * 7 + dense(7, 6)
      const columns = (from: number) => mixing(from) + dense(from, 6)
      const first = norm(12) + dense(H, H) + norm(12) + columns(12)
      const second = norm(6) + dense(H, H) + norm(6) + mixing(6)
      return dense(L, H) + columns(C) + columns(KNOWN) + first + second + dense(6, W) + SKIP
    })(),
  ],
}

test.each(Object.entries(SIZES))('%s has as many parameters as its layers say', (name, [options, count]) => {
  const make = ARCHITECTURES[name as keyof typeof ARCHITECTURES]
  expect(parameterCount(built(make(options), FRAME, W).parameters)).toBe(count + TABLES)
})
