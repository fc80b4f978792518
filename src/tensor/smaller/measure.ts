import { gzipSync } from 'node:zlib'
import type { Model, Tensor } from '../onnx/model.ts'
import { writeModel } from '../onnx/write.ts'
import { type SessionOptions, session } from '../runtime.ts'
import type { ModelFeeds } from './quantise.ts'

/** What a model weighs and takes, and what it says. */
export interface Measured {
  readonly bytes: number
  /** Bytes of the file after gzip. */
  readonly zipped: number
  /** Median milliseconds of a run. */
  readonly milliseconds: number
  /** Outputs of each run, by name. */
  readonly outputs: readonly Readonly<Record<string, Tensor>>[]
}

/** Times that all feeds are gone through for the time of a run. */
const ROUNDS = 5

/** Measures a model on some runs. */
export async function measured(
  model: Model,
  feeds: readonly ModelFeeds[],
  options: SessionOptions = {},
): Promise<Measured> {
  const bytes = writeModel(model)
  const loaded = await session(bytes, options)
  const outputs: Readonly<Record<string, Tensor>>[] = []
  const times: number[] = []
  try {
    for (const feed of feeds) outputs.push(await loaded.run(feed))
    for (let k = 0; k < ROUNDS; k++)
      for (const feed of feeds) {
        const begun = performance.now()
        await loaded.run(feed)
        times.push(performance.now() - begun)
      }
  } finally {
    await loaded.dispose()
  }
  times.sort((a, b) => a - b)
  return {
    bytes: bytes.length,
    zipped: gzipSync(bytes).length,
    milliseconds: times[times.length >> 1] ?? 0,
    outputs,
  }
}
