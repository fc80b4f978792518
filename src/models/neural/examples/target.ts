import { at, Mask, type Panel } from '../../../core/panel.ts'
import type { ExampleSettings } from './options.ts'

type Transform = ExampleSettings['transform']

/** Units as a network's scale starts from. */
export function transformed(transform: Transform, y: number): number {
  return transform === 'log1p' ? Math.sign(y) * Math.log1p(Math.abs(y)) : y
}

/** Units again. */
export function restored(transform: Transform, x: number): number {
  return transform === 'log1p' ? Math.sign(x) * Math.expm1(Math.abs(x)) : x
}

/** Units of a cell that a context may show; NaN where it may not. */
export function seenAt({ target, mask }: Panel, cell: number, { censored }: ExampleSettings): number {
  const hidden = censored === 'missing' ? Mask.closed | Mask.censored : Mask.closed
  return (at(mask, cell) & hidden) !== 0 ? Number.NaN : at(target, cell)
}

/** Units of a cell that may be learned; NaN where they may not. */
export function truthAt({ target, mask }: Panel, cell: number, { censored }: ExampleSettings): number {
  const hidden = censored === 'keep' ? Mask.closed : Mask.closed | Mask.censored
  return (at(mask, cell) & hidden) !== 0 ? Number.NaN : at(target, cell)
}

/**
 * Mean sizes of the observed values of the `context` cells up to each cell, 0 where there are none; `count` of them from `from` on are read.
 *
 * A sum that slides along keeps the rounding of what has left it: it begins anew whenever all in it is 0.
 */
export function trailingSizes(
  values: ArrayLike<number>,
  from: number,
  count: number,
  context: number,
  into: Float64Array,
): void {
  let sum = 0
  let seen = 0
  let demanded = 0
  for (let k = 0; k < count; k++) {
    const y = Math.abs(values[from + k] as number)
    if (!Number.isNaN(y)) {
      sum += y
      seen++
      if (y > 0) demanded++
    }
    const old = k >= context ? Math.abs(values[from + k - context] as number) : Number.NaN
    if (!Number.isNaN(old)) {
      sum -= old
      seen--
      if (old > 0) demanded--
    }
    if (demanded === 0) sum = 0
    into[k] = seen > 0 ? Math.max(0, sum / seen) : 0
  }
}
