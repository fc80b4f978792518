import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { type Details, ForetideError } from '../../../core/errors.ts'
import type { MessageCode } from '../../../core/messages/index.ts'
import { VERSION } from '../../../core/version.ts'
import type { Dir, Manifest } from '../../model.ts'
import { LINKS, type TreeEnsemble } from '../ensemble.ts'
import { treesToOnnx } from '../onnx/onnx.ts'
import { faultOf } from './fault.ts'

const FILE = 'trees.bin'
const HEAD = 'trees.json'
const ONNX = 'trees.onnx'
const FORMAT = 'foretide-trees-1'

/** The arrays of an ensemble in the order in which they are written. */
const ARRAYS = {
  base: Float64Array,
  threshold: Float64Array,
  value: Float64Array,
  cover: Float64Array,
  gain: Float64Array,
  roots: Int32Array,
  outputOf: Int32Array,
  feature: Int32Array,
  left: Int32Array,
  right: Int32Array,
  categoryFrom: Int32Array,
  categories: Uint32Array,
  rule: Uint8Array,
} as const
type ArrayName = keyof typeof ARRAYS
const NAMES = Object.keys(ARRAYS) as [ArrayName, ...ArrayName[]]

const head = z.object({
  format: z.literal(FORMAT),
  features: z.array(z.object({ name: z.string(), categorical: z.boolean() })),
  outputs: z.int().min(1),
  width: z.int().min(1),
  link: z.enum(LINKS),
  averaged: z.boolean(),
  levels: z.array(z.number()).optional(),
  lengths: z.record(z.enum(NAMES), z.int().min(0)),
})

/**
 * Writes trees as a readable head (`trees.json`) and their arrays (`trees.bin`, little-endian), and as an ONNX model for other
 * runtimes (`trees.onnx`), with a manifest beside them.
 *
 * Data, never code; {@link loadTrees} gives the same ensemble to the last bit.
 */
export async function saveTrees(
  trees: TreeEnsemble,
  dir: Dir,
  about: { readonly model: string; readonly options: Readonly<Record<string, unknown>>; readonly window?: string },
): Promise<Manifest> {
  await mkdir(dir.path, { recursive: true })
  const { features, outputs, width, link, averaged, levels } = trees
  const lengths = Object.fromEntries(NAMES.map((name) => [name, trees[name].length]))
  const written = { format: FORMAT, features, outputs, width, link, averaged, levels, lengths }
  await writeFile(join(dir.path, HEAD), JSON.stringify(written, null, 2))
  const bytes = NAMES.map((name) => {
    const { buffer, byteOffset, byteLength } = trees[name]
    return new Uint8Array(buffer, byteOffset, byteLength)
  })
  await writeFile(join(dir.path, FILE), Buffer.concat(bytes))
  await writeFile(join(dir.path, ONNX), treesToOnnx(trees))
  const manifest: Manifest = {
    model: about.model,
    version: VERSION,
    options: about.options,
    window: about.window ?? '',
    files: [HEAD, FILE, ONNX],
  }
  await writeFile(join(dir.path, 'manifest.json'), JSON.stringify(manifest, null, 2))
  return manifest
}

/**
 * Reads trees back.
 *
 * Refuses files that are absent, cut, of another format, or hold nodes that are no trees, naming the file and the place.
 */
export async function loadTrees(dir: Dir): Promise<TreeEnsemble> {
  const { lengths, levels, format: _, ...frame } = await readHead(join(dir.path, HEAD))
  const file = join(dir.path, FILE)
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) =>
    refuse('trees.unreadable', { file, reason: error.code }),
  )
  const wanted = NAMES.reduce((sum, name) => sum + lengths[name] * ARRAYS[name].BYTES_PER_ELEMENT, 0)
  if (bytes.length !== wanted) refuse('trees.size', { file, found: bytes.length, wanted })
  let at = bytes.byteOffset
  const arrays = Object.fromEntries(
    NAMES.map((name) => {
      const size = lengths[name] * ARRAYS[name].BYTES_PER_ELEMENT
      const copy = bytes.buffer.slice(at, at + size)
      at += size
      return [name, new ARRAYS[name](copy)]
    }),
  ) as unknown as Pick<TreeEnsemble, ArrayName>
  const trees: TreeEnsemble = { ...frame, ...(levels ? { levels } : {}), ...arrays }
  const wrong = faultOf(trees)
  if (wrong) refuse('trees.damaged', { file, ...wrong })
  return trees
}

async function readHead(file: string): Promise<z.infer<typeof head>> {
  let json: unknown
  try {
    json = JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    return refuse('trees.unreadable', { file, reason: (error as NodeJS.ErrnoException).code ?? 'JSON' })
  }
  const found = (json as { readonly format?: unknown } | null)?.format
  if (found !== FORMAT) refuse('trees.format', { file, found: String(found), wanted: FORMAT })
  const parsed = head.safeParse(json)
  return parsed.success ? parsed.data : refuse('trees.unreadable', { file, reason: placeOf(parsed.error) })
}

/** Where the first fault of a head lies. */
const placeOf = (error: z.ZodError): string => error.issues[0]?.path.join('.') ?? ''

function refuse(code: MessageCode, details: Details): never {
  throw new ForetideError(code, details, { fault: 'badInput' })
}
