import { scoresOf } from '../../models/global/grid.ts'

/** Levels at which members are asked and combined; what is asked for between them is joined on the scale of a normal distribution. */
export const LEVELS: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 0.95, 0.975, 0.99, 0.995,
]
/** Where they stand on the axis of a standard normal. */
export const SCORES = scoresOf(LEVELS)
/** The place of the median among {@link LEVELS}. */
export const MIDDLE = LEVELS.indexOf(0.5)
