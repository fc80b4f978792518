import { sharedFloat32 } from '../../core/memory.ts'
import { hash32, Random } from '../../core/random.ts'
import { sizeOf } from '../graph/shapes.ts'
import type { Noise, Parameters } from '../layers/parameters.ts'
import type { Tensor } from '../onnx/model.ts'

/** Numbers drawn beforehand: what a pass is fed is a stretch of them, which costs a copy instead of a draw. */
const DRAWN = 2 ** 20

/** The noise of a network's passes: inputs to feed, and how they are filled for a step. */
export interface NoiseFeeds {
  readonly tensors: Readonly<Record<string, Tensor>>
  /** Fills all inputs with what belongs to a step, the same under a seed. */
  fill(step: number): void
}

/** Feeds for all noise that a network has asked for. */
export function noiseFeeds({ noises }: Parameters, seed: number): NoiseFeeds {
  const most = Math.max(0, ...[...noises.values()].map(({ value }) => sizeOf(value.shape)))
  const drawn = new Map<Noise['kind'], Float32Array>()
  const poolOf = (kind: Noise['kind']) => {
    const known = drawn.get(kind)
    if (known) return known
    const random = Random.of(seed, `noise ${kind}`)
    const draw = kind === 'uniform' ? () => random.uniform() : () => random.normal()
    // A double just below 1 would be rounded up to 1.
    const below = (x: number) => (kind === 'uniform' ? Math.min(x, 1 - 2 ** -24) : x)
    const made = Float32Array.from({ length: DRAWN + most }, () => below(draw()))
    drawn.set(kind, made)
    return made
  }
  const feeds = [...noises].map(([name, { kind, value }]) => ({
    name,
    pool: poolOf(kind),
    tensor: { type: 'float32', dims: value.shape, data: sharedFloat32(sizeOf(value.shape)) } as const,
  }))
  return {
    tensors: Object.fromEntries(feeds.map(({ name, tensor }) => [name, tensor])),
    fill(step) {
      for (const { name, pool, tensor } of feeds) {
        const from = hash32(`${seed}:${name}:${step}`) % DRAWN
        tensor.data.set(pool.subarray(from, from + tensor.data.length))
      }
    },
  }
}
