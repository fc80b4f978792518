import { ForetideError } from '../../core/errors.ts'
import type { Random } from '../../core/random.ts'
import { sameShape, sizeOf } from '../graph/shapes.ts'
import type { Float, TensorGraph } from '../graph/value.ts'

/** What a parameter begins from. */
export type Initialiser = (shape: readonly number[], random: Random) => Float32Array

/** A tensor that is learned. */
interface Parameter {
  readonly value: Float
  readonly initialise: Initialiser
  /** Whether weight decay pulls on it; not on biases and scales. */
  readonly decays: boolean
}

/** Random numbers that are fed anew at every pass. */
export interface Noise {
  readonly value: Float
  readonly kind: 'uniform' | 'normal'
}

/** The parameters of a network, made where a layer first asks for them, and what kind of pass they are for. */
export interface Parameters {
  readonly graph: TensorGraph
  /** Whether the pass learns: dropout drops, recurrent layers are unrolled so that they have gradients. */
  readonly training: boolean
  /** All of them by full name, in the order in which they were made. */
  readonly all: ReadonlyMap<string, Parameter>
  /** The parameter of a name in this scope; asked for again, the same (shared weights). Refuses another shape. */
  get(name: string, shape: readonly number[], initialise: Initialiser): Float
  /** The same parameters, names beginning with `scope.` from here on. */
  in(scope: string): Parameters
  /** Numbers by chance in a shape, uniform on [0, 1) or standard normal, fed at every pass under names of their own. */
  noise(kind: Noise['kind'], shape: readonly number[]): Float
  /** All noise asked for, by the name of its input. */
  readonly noises: ReadonlyMap<string, Noise>
}

/** What a pass is for. */
export interface PassOptions {
  /** Whether it learns; true unless given. */
  readonly training?: boolean
}

/**
 * No parameters yet, of a graph.
 *
 * @example
 * const p = parametersOf(tensorGraph())
 * const weight = p.in('head').get('weight', [8, 1], zeros)
 */
export function parametersOf(graph: TensorGraph, { training = true }: PassOptions = {}): Parameters {
  const all = new Map<string, Parameter>()
  const noises = new Map<string, Noise>()
  const scoped = (prefix: string): Parameters => ({
    graph,
    training,
    all,
    noises,
    noise(kind, shape) {
      const name = `noise.${noises.size}`
      const value = graph.input(name, shape) as Float
      noises.set(name, { value, kind })
      return value
    },
    get(name, shape, initialise) {
      const full = prefix + name
      const known = all.get(full)
      if (known && !sameShape(known.value.shape, shape))
        throw new ForetideError('tensor.parameter', {
          name: full,
          known: known.value.shape.join(' × '),
          asked: shape.join(' × '),
        })
      if (known) return known.value
      const value = graph.input(full, shape) as Float
      all.set(full, { value, initialise, decays: shape.length > 1 })
      return value
    },
    in: (scope) => scoped(`${prefix}${scope}.`),
  })
  return scoped('')
}

/** How many numbers a network learns. */
export const parameterCount = ({ all }: Parameters): number =>
  [...all.values()].reduce((sum, { value }) => sum + sizeOf(value.shape), 0)

/** All of one number. */
export const constantly =
  (x: number): Initialiser =>
  (shape) =>
    new Float32Array(sizeOf(shape)).fill(x)
export const zeros = constantly(0)

/** Uniform within ±1 / √n, as recurrent layers and linear ones of PyTorch begin. */
export const within =
  (n: number): Initialiser =>
  (shape, random) =>
    uniform(shape, 1 / Math.sqrt(n), random)

/** Normal with a standard deviation. */
export const normal =
  (deviation: number): Initialiser =>
  (shape, random) =>
    Float32Array.from({ length: sizeOf(shape) }, () => deviation * random.normal())

function uniform(shape: readonly number[], most: number, random: Random): Float32Array {
  return Float32Array.from({ length: sizeOf(shape) }, () => most * (2 * random.uniform() - 1))
}
