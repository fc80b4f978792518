/** Share of an interval that a golden section keeps. */
const GOLDEN = (Math.sqrt(5) - 1) / 2

/**
 * The place between `low` and `high` where a function with one valley is least, to within `width` (Kiefer, 1953); undefined where the function has
 * no finite value to begin with.
 *
 * @example
 * leastBetween(0, 4, 1e-9, (x) => (x - 1) ** 2)?.toFixed(6) // → '1.000000'
 */
export function leastBetween(
  low: number,
  high: number,
  width: number,
  loss: (x: number) => number,
): number | undefined {
  let a = low
  let b = high
  let left = b - GOLDEN * (b - a)
  let right = a + GOLDEN * (b - a)
  let atLeft = loss(left)
  let atRight = loss(right)
  if (!Number.isFinite(atLeft) || !Number.isFinite(atRight)) return undefined
  while (b - a > width) {
    if (atLeft < atRight) {
      b = right
      right = left
      atRight = atLeft
      left = b - GOLDEN * (b - a)
      atLeft = loss(left)
    } else {
      a = left
      left = right
      atLeft = atRight
      right = a + GOLDEN * (b - a)
      atRight = loss(right)
    }
  }
  return (a + b) / 2
}
