import { reshape, slice } from '../../../tensor/graph/operators.ts'
import type { Float } from '../../../tensor/graph/value.ts'
import type { Head } from '../head.ts'

/** The numbers of the last axis one by one, [batch, horizon] each. */
export function partsOf(x: Float): readonly Float[] {
  const width = x.shape.at(-1) as number
  const [batch, horizon] = x.shape as readonly [number, number, number]
  return Array.from({ length: width }, (_, k) => reshape(slice(x, -1, k, k + 1), [batch, horizon]))
}

/** A head whose quantiles are worked out one by one. */
export interface OneByOne extends Omit<Head, 'quantiles'> {
  /** The quantile at one level, in the network's units. */
  quantile(outputs: ArrayLike<number>, from: number, level: number, at: number): number
}

/** Quantiles that do not descend, from a head that gives them one by one. */
export function inOrder({ quantile, ...head }: OneByOne): Head {
  return {
    ...head,
    quantiles(outputs, from, level, levels, into, at) {
      let least = Number.NEGATIVE_INFINITY
      for (const [k, asked] of levels.entries()) {
        least = Math.max(least, quantile(outputs, from, level, asked))
        into[at + k] = least
      }
    },
  }
}
