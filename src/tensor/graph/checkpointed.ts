import { after, reachable } from './segment.ts'
import type { Float, Operation, Value } from './value.ts'

/**
 * Values that `make` works out from inputs, none of what lies between being kept for gradients: those work the segment out anew (Chen et al., 2016).
 * Memory for time: half as much again of the forward pass, for intermediate values of one segment at a time.
 *
 * What `make` reads beside its inputs, such as parameters, has gradients as ever and is kept.
 *
 * @example
 * const x = tensorGraph().input('x', [2, 3])
 * checkpointed(([x]) => [mul(x, x)], [x])[0].shape // → [2, 3]
 */
export function checkpointed(
  make: (inputs: readonly Float[]) => readonly Float[],
  inputs: readonly Float[],
): readonly Float[] {
  // Begun only when all inputs are there: what needs just some of them would be worked out, and kept, for all segments at once.
  const made = make(inputs.length > 1 ? after(inputs, inputs) : inputs)
  const segment = reachable(made, inputs, inputs)
  const [last] = segment
  if (!last) return made
  const within = new Set<Operation>(segment)
  const given = new Set<Value>(inputs)
  const read = segment.flatMap((operation) => operation.inputs)
  const others = new Set(read.filter((v) => !given.has(v) && !within.has(v.from) && v.from.op !== 'constant'))
  const attributes = { outputs: made.length, inputs: given.size }
  return last.graph.apply('checkpoint', [...made, ...given, ...others], attributes) as readonly Float[]
}
