import type { Random } from '../../core/random.ts'
import type { Float } from '../../tensor/graph/value.ts'

/**
 * How numbers that a network says become a distribution of demand, and how far that is from what came.
 *
 * A network's numbers and truths are in units of the example's scale: units = offset + level · number. Heads for counts look at units, and
 * refuse an offset by declaring `counts`.
 */
export interface Head {
  readonly name: string
  /** All options, defaults filled in. */
  readonly options: Readonly<Record<string, unknown>>
  /** Numbers that it asks of a network for each step. */
  readonly width: number
  /** Numbers that it gives for each step. */
  readonly outputs: number
  /** Whether it speaks of units from 0 on, so that examples may be divided by a level but not moved. */
  readonly counts: boolean
  /** Whether {@link mean} is the median, which goes through a transform of the target as it is. */
  readonly median?: boolean
  /** Whether what is said as the mean is the point of least relative errors, which is looked for in units. */
  readonly relative?: boolean
  /** Proper parameters (positive spreads, ascending quantiles) from raw numbers, [batch, horizon, width] to [batch, horizon, outputs]. */
  transform(raw: Float): Float
  /** The loss of each step, [batch, horizon], from outputs, truths [batch, horizon] and levels [batch, 1]. */
  loss(outputs: Float, truth: Float, level: Float): Float
  /** The mean in the network's units, from the outputs of one step that begin at `from`. */
  mean(outputs: ArrayLike<number>, from: number, level: number): number
  /** Writes quantiles at ascending levels, in the network's units. */
  quantiles(
    outputs: ArrayLike<number>,
    from: number,
    level: number,
    levels: readonly number[],
    into: Float64Array,
    at: number,
  ): void
  /** One draw, in the network's units. */
  sample(outputs: ArrayLike<number>, from: number, level: number, random: Random): number
}
