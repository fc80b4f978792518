import { add, matmul, mul, reshape, slice, softmax, sub, sum, transpose } from '../../../tensor/graph/operators.ts'
import type { Float } from '../../../tensor/graph/value.ts'
import { missingMask } from '../../../tensor/layers/attention.ts'
import { dense } from '../../../tensor/layers/dense.ts'
import { type Parameters, within, zeros } from '../../../tensor/layers/parameters.ts'
import type { Frame, View } from '../architecture.ts'

/** Numbers that what is known of a period is compared in. */
const FEATURES = 8

/**
 * What came in alike periods, for every step of the horizon: means of the observed past, weighed by how near what was known of each period is to what is
 * known of the step, by how long ago it was, and by what else was seen of it; [batch, horizon, heads].
 *
 * Each head learns what is alike: regression by kernels (Nadaraya, 1964; Watson, 1964), the kernel a distance in learned features.
 */
export function recalled(
  parameters: Parameters,
  { target, observed, past, known }: View,
  frame: Frame,
  heads: number,
): Float {
  const { batch, context, horizon } = frame
  const recency = parameters.get('recency', [heads, 1, context], zeros)
  const open = add(recency, missingMask(observed))
  // Some days tell less than others: those on which the shelf was empty, say.
  const told = past && dense(parameters.in('told'), past, heads, { bias: false, initialise: zeros })
  const bias = told ? add(open, reshape(transpose(told, [0, 2, 1]), [batch, heads, 1, context])) : open
  const values = reshape(target, [batch, 1, context, 1])
  const turned = (x: Float) => reshape(transpose(x, [0, 2, 1, 3]), [batch, horizon, heads])
  if (!known) {
    const weights = softmax(add(parameters.get('step', [heads, horizon, context], zeros), bias))
    return turned(matmul(weights, values))
  }
  const all = matmul(
    known,
    parameters.get('metric', [known.shape[2] as number, heads * FEATURES], within(known.shape[2] as number)),
  )
  const apart = transpose(reshape(all, [batch, context + horizon, heads, FEATURES]), [0, 2, 1, 3])
  const before = slice(apart, 2, 0, context)
  const after = slice(apart, 2, context)
  // The square of a distance, but for what is the same for all periods of the past.
  const near = sub(
    mul(matmul(after, before, { transposeB: true }), 2),
    reshape(sum(mul(before, before), { axes: [3] }), [batch, heads, 1, context]),
  )
  return turned(matmul(softmax(add(near, bias)), values))
}
