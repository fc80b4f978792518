import { at } from '../../../core/panel.ts'
import { Random } from '../../../core/random.ts'
import { toOnnx } from '../../../tensor/graph/emit.ts'
import { tensorGraph } from '../../../tensor/graph/graph.ts'
import { sizeOf } from '../../../tensor/graph/shapes.ts'
import type { Float } from '../../../tensor/graph/value.ts'
import { type Parameters, parametersOf } from '../../../tensor/layers/parameters.ts'
import type { Tensor } from '../../../tensor/onnx/model.ts'
import { writeModel } from '../../../tensor/onnx/write.ts'
import { session } from '../../../tensor/runtime.ts'
import { inputsOf } from '../../../tensor/train/network.ts'
import { initialRow, placesOf } from '../../../tensor/train/step.ts'
import type { Architecture, Frame, View } from '../architecture.ts'
import { inputFields } from '../forecaster.ts'

/** Numbers of a view by field, and what their fields are. */
export type Feeds = Readonly<Record<string, Tensor>>

/** A graph with the inputs of a frame, and what an architecture makes of them. */
export function built(architecture: Architecture, frame: Frame, width: number, training = false) {
  const parameters = parametersOf(tensorGraph(), { training })
  const view = inputsOf(parameters.graph, inputFields(frame), frame.batch) as unknown as View
  return { parameters, ...architecture.forward(parameters, view, frame, width) }
}

/** A view by chance, everything observed. */
export function viewByChance(frame: Frame, random: Random): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = {}
  for (const [name, { shape, type }] of Object.entries(inputFields(frame))) {
    const dims = [frame.batch, ...shape]
    feeds[name] =
      type === 'int64'
        ? {
            type,
            dims,
            data: BigInt64Array.from({ length: sizeOf(dims) }, (_, k) =>
              BigInt(k % at(frame.categories, k % frame.categories.length)),
            ),
          }
        : {
            type: 'float32',
            dims,
            data: Float32Array.from({ length: sizeOf(dims) }, () => (name === 'observed' ? 1 : random.normal())),
          }
  }
  return feeds
}

/** Parameters by name, cut from the row of all of them. */
export const cut = (parameters: Parameters, row: Float32Array): Record<string, Tensor> =>
  Object.fromEntries(
    placesOf(parameters).map(({ name, shape, from, to }) => [
      name,
      { type: 'float32', dims: shape, data: row.slice(from, to) },
    ]),
  )

/** First parameters with a little noise on all, so that none of those that begin as zeros hides what it would tell. */
const stirred = (parameters: Parameters, random: Random): Record<string, Tensor> =>
  cut(
    parameters,
    initialRow(parameters, random).map((x) => x + 0.1 * random.normal()),
  )

/** An architecture with parameters by chance that can be asked again and again, until it is closed. */
export async function asked(architecture: Architecture, frame: Frame, width: number) {
  const { parameters, raw } = built(architecture, frame, width)
  const model = await session(writeModel(toOnnx({ raw })), { threads: 1 })
  const weights = stirred(parameters, Random.of(5, architecture.name))
  return {
    /** The raw numbers for a view, and their shape. */
    async ask(feeds: Feeds) {
      const all: Record<string, Tensor> = { ...feeds, ...weights }
      const { raw } = await model.run(Object.fromEntries(model.inputs.map((name) => [name, all[name] as Tensor])))
      return { dims: raw?.dims as readonly number[], data: raw?.data as Float32Array }
    },
    close: () => model.dispose(),
  }
}

/** A copy of a view in which one field has been changed at some places. */
export function changed(feeds: Feeds, field: string, at: (k: number) => boolean): Feeds {
  const old = feeds[field] as Tensor
  const data =
    old.type === 'int64'
      ? (old.data as BigInt64Array).map((x, k) => (at(k) ? (x === 0n ? 1n : 0n) : x))
      : (old.data as Float32Array).map((x, k) => (at(k) ? x + 1 : x))
  return { ...feeds, [field]: { ...old, data } as Tensor }
}

/** What a few layers make of their inputs, and the parameters by name: for holding them against their equations. */
export async function worked(make: (parameters: Parameters) => Float, feeds: Feeds = {}, training = false) {
  const parameters = parametersOf(tensorGraph(), { training })
  const y = make(parameters)
  const model = await session(writeModel(toOnnx({ y })), { threads: 1 })
  const weights = stirred(parameters, Random.of(3, 'worked'))
  const all: Record<string, Tensor> = { ...feeds, ...weights }
  const out = await model.run(Object.fromEntries(model.inputs.map((name) => [name, all[name] as Tensor])))
  await model.dispose()
  const weight = (name: string) => weights[name]?.data as Float32Array
  return { y: out.y?.data as Float32Array, dims: out.y?.dims as readonly number[], weight }
}
