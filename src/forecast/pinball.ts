/**
 * The quantile loss of one error, truth less forecast, at a level (Koenker and Bassett, 1978).
 *
 * @example
 * pinball(2, 0.9) // → 1.8
 */
export const pinball = (error: number, level: number): number => (error >= 0 ? level * error : (level - 1) * error)
