/**
 * Places within a query from the highest score to the lowest, equal ones in their order: a merge sort on plain arrays.
 *
 * `order` and `other` must hold `count` places; the answer is in `order`.
 */
export function orderByScore(
  score: Float64Array,
  first: number,
  count: number,
  order: Int32Array,
  other: Int32Array,
): void {
  for (let i = 0; i < count; i++) {
    const s = score[first + i] as number
    let place = i
    // Runs of eight by insertion.
    for (const end = i & ~7; place > end && (score[first + (order[place - 1] as number)] as number) < s; place--)
      order[place] = order[place - 1] as number
    order[place] = i
  }
  for (let width = 8; width < count; width *= 2) {
    for (let from = 0; from < count; from += 2 * width) merge(score, first, from, width, count, order, other)
    order.set(other.subarray(0, count))
  }
}

function merge(
  score: Float64Array,
  first: number,
  from: number,
  width: number,
  count: number,
  order: Int32Array,
  into: Int32Array,
): void {
  const middle = Math.min(count, from + width)
  const end = Math.min(count, middle + width)
  let a = from
  let b = middle
  for (let place = from; place < end; place++) {
    const left = order[a] as number
    const right = order[b] as number
    const takesLeft = a < middle && (b >= end || (score[first + left] as number) >= (score[first + right] as number))
    into[place] = takesLeft ? left : right
    if (takesLeft) a++
    else b++
  }
}
