import { InferenceSession, Tensor as RuntimeTensor } from 'onnxruntime-node'
import { ForetideError } from '../core/errors.ts'
import type { Tensor } from './onnx/model.ts'
import { demandProviders, type Provider, providerNames, refusedProvider } from './providers.ts'

/** What a session is to be like. */
export interface SessionOptions {
  /** Threads of one operation; as many as ONNX Runtime finds cores unless given. */
  readonly threads?: number
  /** What it runs on, the first that can do an operation doing it; the processor alone unless given. */
  readonly providers?: readonly Provider[]
}

/** A model that is loaded and can be run until it is disposed of. */
export interface Session {
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /**
   * Runs the model: tensors by input name to tensors by output name, which are of the caller from then on.
   *
   * Refuses a missing input, and shapes or types that the model does not take.
   */
  run(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>
  /**
   * A way to run the model over and over on the same arrays: what `feeds` hold then is read, `outputs` are written in place, nothing is made
   * anew. Arrays may lie on shared memory.
   *
   * Refuses a missing input at once, and shapes or types that the model does not take when it runs.
   */
  prepare(feeds: Readonly<Record<string, Tensor>>, outputs: Readonly<Record<string, Tensor>>): () => Promise<void>
  /** Frees the memory of the model; running it afterwards is refused. */
  dispose(): Promise<void>
}

/**
 * Loads the bytes of an ONNX model into ONNX Runtime, on the processor unless other providers are given; or the file at a path, which may have its
 * data in further files beside it.
 *
 * Refuses a provider that this runtime does not have or cannot start, saying why and what to do, rather than leaving it out.
 *
 * @example
 * const model = await session(treesToOnnx(trees), { threads: 2 })
 * const { prediction } = await model.run({ features: { type: 'float32', dims: [rows, columns], data } })
 */
export async function session(model: Uint8Array | string, options: SessionOptions = {}): Promise<Session> {
  const { threads, providers } = options
  if (providers) demandProviders(providers)
  const settings = {
    logSeverityLevel: 3,
    ...(threads !== undefined && { intraOpNumThreads: threads }),
    ...(providers && { executionProviders: providerNames(providers) }),
  } as const
  // The engine takes either; its typings have an overload for each, and none for both.
  const loaded = await InferenceSession.create(model as Uint8Array, settings).catch(async (cause: Error) => {
    throw (
      (providers && (await refusedProvider(providers))) ??
      new ForetideError('runtime.load', { why: cause.message }, { cause })
    )
  })
  let disposed = false
  const given = (feeds: Readonly<Record<string, Tensor>>) => {
    if (disposed) throw new ForetideError('runtime.disposed')
    const missing = loaded.inputNames.find((name) => feeds[name] === undefined)
    if (missing !== undefined)
      throw new ForetideError('runtime.input', { name: missing, needs: loaded.inputNames.join(', ') })
    return Object.fromEntries(loaded.inputNames.map((name) => [name, toRuntime(feeds[name] as Tensor)]))
  }
  const run = async (feeds: Record<string, RuntimeTensor>, into?: Record<string, RuntimeTensor>) => {
    if (disposed) throw new ForetideError('runtime.disposed')
    try {
      return await (into ? loaded.run(feeds, into) : loaded.run(feeds))
    } catch (cause) {
      throw new ForetideError('runtime.run', { why: (cause as Error).message }, { cause })
    }
  }
  return {
    inputs: loaded.inputNames,
    outputs: loaded.outputNames,
    async run(feeds) {
      const results = await run(given(feeds))
      return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, fromRuntime(tensor)]))
    },
    prepare(feeds, outputs) {
      const from = given(feeds)
      const into = Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, toRuntime(tensor)]))
      return async () => {
        await run(from, into)
      }
    },
    async dispose() {
      if (disposed) return
      disposed = true
      await loaded.release()
    },
  }
}

function toRuntime({ type, data, dims }: Tensor): RuntimeTensor {
  // A tensor made as float16 gets the engine's array of float16 numbers, which the binding cannot read; it does read bits.
  if (type === 'float16') return Object.assign(new RuntimeTensor('uint16', data, dims), { type })
  // The runtime's typings list every pair of type and array one by one; the union of ours is the same pairs.
  return new RuntimeTensor(type as 'float32', data as Float32Array, dims)
}

function fromRuntime(tensor: RuntimeTensor): Tensor {
  const { type, dims } = tensor
  const data = tensor.data as Exclude<Tensor['data'], readonly string[]>
  // Newer engines have an array of float16 numbers; here a float16 is its bits.
  const held = type === 'float16' ? new Uint16Array(data.buffer, data.byteOffset, data.length) : data
  return { type, dims, data: held } as Tensor
}
