import { Random } from '../../core/random.ts'
import { toOnnx } from '../graph/emit.ts'
import { tensorGraph } from '../graph/graph.ts'
import { sizeOf } from '../graph/shapes.ts'
import type { Float } from '../graph/value.ts'
import type { Tensor } from '../onnx/model.ts'
import { writeModel } from '../onnx/write.ts'
import { session } from '../runtime.ts'
import { noiseFeeds } from '../train/noise.ts'
import { type Parameters, parametersOf } from './parameters.ts'

/** Inputs by name: shape and numbers. */
type Given = Readonly<Record<string, readonly [shape: readonly number[], data: readonly number[]]>>

/** What layers give under first parameters of a seed, and the parameters. */
export async function evaluated<O extends string>(
  given: Given,
  build: (parameters: Parameters, inputs: Readonly<Record<string, Float>>) => Readonly<Record<O, Float>>,
  { training = false }: { readonly training?: boolean } = {},
): Promise<{ readonly found: Readonly<Record<O, Float32Array>>; readonly parameters: Parameters }> {
  const parameters = parametersOf(tensorGraph(), { training })
  const names = Object.entries(given)
  const inputs = Object.fromEntries(names.map(([name, [shape]]) => [name, parameters.graph.input(name, shape)]))
  const outputs = build(parameters, inputs)
  const random = Random.of(3, 'layers')
  const noise = noiseFeeds(parameters, 5)
  noise.fill(1)
  const feeds: Record<string, Tensor> = { ...noise.tensors }
  for (const [name, { value, initialise }] of parameters.all)
    feeds[name] = { type: 'float32', dims: value.shape, data: initialise(value.shape, random) }
  for (const [name, [shape, data]] of names)
    feeds[name] = { type: 'float32', dims: shape, data: Float32Array.from(data) }
  const model = await session(writeModel(toOnnx(outputs)), { threads: 1 })
  const out = await model.run(feeds)
  await model.dispose()
  const found = Object.fromEntries(Object.entries(out).map(([name, { data }]) => [name, data as Float32Array]))
  return { found: found as Record<O, Float32Array>, parameters }
}

/** Numbers by chance in a shape. */
export function numbers(shape: readonly number[], seed = 1): number[] {
  const random = Random.of(seed, 'numbers')
  return Array.from({ length: sizeOf(shape) }, () => random.normal())
}
