/** What least squares needs to know of centred columns x and a centred target y: weighted means of products, an entry a column. */
export interface NormalEquations {
  readonly size: number
  /** Means of x x', row-major, whole. */
  readonly gram: Float64Array
  /** Means of x y. */
  readonly cross: Float64Array
  /** Mean of y². */
  readonly power: number
}

/** Mean squared error of coefficients, by the normal equations alone. */
export function squaredError({ size, gram, cross, power }: NormalEquations, beta: ArrayLike<number>): number {
  let sum = power
  for (let i = 0; i < size; i++) {
    const b = beta[i] as number
    if (b === 0) continue
    let g = -2 * (cross[i] as number)
    for (let j = 0; j < size; j++) g += (gram[i * size + j] as number) * (beta[j] as number)
    sum += b * g
  }
  return Math.max(0, sum)
}

/** `count` penalties from `most` down to `most · ratio`, geometric. */
export function penaltyPath(most: number, count: number, ratio: number): Float64Array {
  return Float64Array.from({ length: count }, (_, k) => (count === 1 ? most : most * ratio ** (k / (count - 1))))
}
