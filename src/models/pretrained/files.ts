import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { ForetideError } from '../../core/errors.ts'
import { VERSION } from '../../core/version.ts'
import { writeModel } from '../../tensor/onnx/write.ts'
import { halfOf, halved, ofHalves } from '../../tensor/smaller/halve.ts'
import { LEAST } from '../../tensor/smaller/weights.ts'
import { networkModel } from '../../tensor/train/predictor.ts'
import { readTensors, type StoredTensor, writeTensors } from '../../tensor/train/safetensors.ts'
import { type Weights, weightsOf } from '../../tensor/train/weights.ts'
import { swellNetwork } from './network.ts'
import { AHEAD, CONTEXT, LEVELS } from './shape.ts'
import { type Pretrained, swellForecaster } from './swell.ts'

const MANIFEST = 'manifest.json'
const WEIGHTS = 'weights.safetensors'
const NETWORK = 'network.onnx'
/** Series that the shipped network takes at once. */
const SAVED_BATCH = 32

/** What is known of how a model was made, for its manifest. */
export interface Making {
  /** Real series that it has learned from: which, how much of each, and up to when. */
  readonly corpus: readonly {
    readonly set: string
    readonly share: number
    readonly lastSeen: string
    readonly series: number
  }[]
  readonly steps: number
  readonly batch: number
  readonly seconds: number
  /** What else is to be known. */
  readonly remarks?: string
}

const schema = z.object({
  kind: z.literal('swell'),
  name: z.string(),
  version: z.string(),
  licence: z.string(),
  network: z.record(z.string(), z.unknown()),
  context: z.number(),
  horizon: z.number(),
  levels: z.array(z.number()),
  batch: z.number(),
  parameters: z.number(),
  making: z.unknown().optional(),
  digests: z.record(z.string(), z.string()),
})

/** What is written beside a pretrained model. */
export type PretrainedManifest = z.infer<typeof schema>

const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const isSmall = (size: number) => size < LEAST

/** Weights as they are after they went through 16 bits; small parameters stay as they are. */
function rounded({ places, row }: Weights): Weights {
  const out = row.slice()
  for (const { from, to } of places)
    if (!isSmall(to - from)) out.set(ofHalves(Uint16Array.from(row.subarray(from, to), halfOf)), from)
  return { places, row: out }
}

/**
 * Writes a pretrained model into a folder: a manifest, its weights in 16 bits (`weights.safetensors`), and the whole network as an ONNX model for others to run
 * (`network.onnx`, 32 series at once).
 *
 * What comes back is what a reader of the folder gets, the weights rounded to 16 bits, and the manifest.
 */
export async function savePretrained(
  { name, options, weights }: Pretrained,
  folder: string,
  making?: Making,
): Promise<{ readonly kept: Pretrained; readonly manifest: PretrainedManifest }> {
  const kept = { name, options, weights: rounded(weights) }
  const tensors = new Map<string, StoredTensor>()
  for (const { name: parameter, shape, from, to } of kept.weights.places) {
    const data = kept.weights.row.slice(from, to)
    tensors.set(
      parameter,
      isSmall(to - from) ? { type: 'F32', shape, data } : { type: 'F16', shape, data: Uint16Array.from(data, halfOf) },
    )
  }
  const files = {
    [WEIGHTS]: writeTensors({ tensors, metadata: { model: name } }),
    [NETWORK]: writeModel(halved(networkModel(swellForecaster(options), kept.weights, SAVED_BATCH, { model: name }))),
  }
  const manifest: PretrainedManifest = {
    ...{ kind: 'swell', name, version: VERSION, licence: 'Apache-2.0' },
    network: { ...swellNetwork(options).options },
    ...{ context: CONTEXT, horizon: AHEAD, levels: [...LEVELS], batch: SAVED_BATCH },
    parameters: weights.row.length,
    ...(making && { making }),
    digests: Object.fromEntries(Object.entries(files).map(([file, bytes]) => [file, digestOf(bytes)])),
  }
  await mkdir(folder, { recursive: true })
  for (const [file, bytes] of Object.entries(files)) await writeFile(join(folder, file), bytes)
  await writeFile(join(folder, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`)
  return { kept, manifest }
}

/** Reads what {@link savePretrained} wrote; refuses a folder without a model, one of another kind, and files that are not those of the manifest. */
export async function loadPretrained(
  folder: string,
): Promise<{ readonly kept: Pretrained; readonly manifest: PretrainedManifest }> {
  const broken = (file: string, problem: string): never => {
    throw new ForetideError('pretrained.broken', { folder, file, problem }, { fault: 'usage' })
  }
  const bytesOf = async (file: string) =>
    await readFile(join(folder, file)).catch((error: NodeJS.ErrnoException) =>
      broken(file, error.code ?? error.message),
    )
  const text = (await bytesOf(MANIFEST)).toString('utf8')
  const manifest = manifestOf(text, broken)
  const bytes = await bytesOf(WEIGHTS)
  if (digestOf(bytes) !== manifest.digests[WEIGHTS]) broken(WEIGHTS, 'digest')
  const { tensors } = readTensors(bytes, join(folder, WEIGHTS))
  const single = new Map<string, StoredTensor>()
  for (const [name, tensor] of tensors)
    single.set(
      name,
      tensor.type === 'F16' ? { type: 'F32', shape: tensor.shape, data: ofHalves(tensor.data as Uint16Array) } : tensor,
    )
  return { kept: { name: manifest.name, options: manifest.network, weights: weightsOf(single) }, manifest }
}

function manifestOf(text: string, broken: (file: string, problem: string) => never): PretrainedManifest {
  let read: unknown
  try {
    read = JSON.parse(text)
  } catch {
    return broken(MANIFEST, 'JSON')
  }
  const { data, error } = schema.safeParse(read)
  if (error || data.context !== CONTEXT || data.horizon !== AHEAD || data.levels.join() !== LEVELS.join())
    return broken(MANIFEST, error?.issues[0]?.path.join('.') || 'levels, context or horizon')
  return data
}
