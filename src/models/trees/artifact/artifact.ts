import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { ForetideError } from '../../../core/errors.ts'
import { VERSION } from '../../../core/version.ts'
import type { Dir, Manifest } from '../../model.ts'
import { LINKS, type TreeEnsemble } from '../ensemble.ts'

const FILE = 'trees.bin'
const HEAD = 'trees.json'

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
const NAMES = Object.keys(ARRAYS) as ArrayName[]

const head = z.object({
  format: z.literal('foretide-trees-1'),
  features: z.array(z.object({ name: z.string(), categorical: z.boolean() })),
  outputs: z.int().min(1),
  width: z.int().min(1),
  link: z.enum(LINKS),
  averaged: z.boolean(),
  levels: z.array(z.number()).optional(),
  lengths: z.record(z.string(), z.int().min(0)),
})

/**
 * Writes trees as a readable head (`trees.json`) and their arrays (`trees.bin`, little-endian), with a manifest beside them.
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
  const written = { format: 'foretide-trees-1', features, outputs, width, link, averaged, levels, lengths }
  await writeFile(join(dir.path, HEAD), JSON.stringify(written, null, 2))
  const bytes = NAMES.map((name) => {
    const { buffer, byteOffset, byteLength } = trees[name]
    return new Uint8Array(buffer, byteOffset, byteLength)
  })
  await writeFile(join(dir.path, FILE), Buffer.concat(bytes))
  const manifest: Manifest = {
    model: about.model,
    version: VERSION,
    options: about.options,
    window: about.window ?? '',
    files: [HEAD, FILE],
  }
  await writeFile(join(dir.path, 'manifest.json'), JSON.stringify(manifest, null, 2))
  return manifest
}

/** Reads trees back; refuses files that are damaged or of another format, naming them. */
export async function loadTrees(dir: Dir): Promise<TreeEnsemble> {
  const file = join(dir.path, HEAD)
  const refuse = (what: string, where = file): never => {
    throw new ForetideError('trees.artifact', { file: where, what }, { fault: 'badInput' })
  }
  let json: unknown
  try {
    json = JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    return refuse((error as Error).message)
  }
  const parsed = head.safeParse(json)
  if (!parsed.success) return refuse(parsed.error.issues[0]?.message ?? '')
  const { lengths, levels, format: _, ...frame } = parsed.data
  const binary = join(dir.path, FILE)
  const bytes = await readFile(binary).catch((error: Error) => refuse(error.message, binary))
  const expected = NAMES.reduce((sum, name) => sum + (lengths[name] ?? 0) * ARRAYS[name].BYTES_PER_ELEMENT, 0)
  if (bytes.length !== expected) refuse(`${bytes.length} ≠ ${expected} bytes`, binary)
  let at = bytes.byteOffset
  const arrays = Object.fromEntries(
    NAMES.map((name) => {
      const size = (lengths[name] ?? 0) * ARRAYS[name].BYTES_PER_ELEMENT
      const copy = bytes.buffer.slice(at, at + size)
      at += size
      return [name, new ARRAYS[name](copy)]
    }),
  ) as unknown as Pick<TreeEnsemble, ArrayName>
  const trees: TreeEnsemble = { ...frame, ...(levels ? { levels } : {}), ...arrays }
  const wrong = faultOf(trees)
  if (wrong) refuse(wrong, binary)
  return trees
}

/** What is wrong with the arrays of an ensemble, or undefined: whoever goes down such trees must get to a leaf. */
function faultOf(trees: TreeEnsemble): string | undefined {
  const { feature, left, right, roots, features, value, width, categoryFrom, categories, outputOf, outputs } = trees
  const nodes = feature.length
  const each = [left, right, trees.threshold, trees.rule, trees.cover, trees.gain]
  if (each.some((array) => array.length !== nodes) || value.length !== nodes * width) return 'lengths of nodes'
  if (roots[0] !== 0 || roots[roots.length - 1] !== nodes || outputOf.length !== roots.length - 1) return 'roots'
  if (categoryFrom.length !== nodes + 1 || categoryFrom[nodes] !== categories.length) return 'categories'
  if (outputOf.some((k) => k < 0 || k >= outputs)) return 'outputs'
  for (let t = 0; t + 1 < roots.length; t++) {
    const end = roots[t + 1] as number
    for (let node = roots[t] as number; node < end; node++) {
      const f = feature[node] as number
      if (f < -1 || f >= features.length) return `feature ${f}`
      if (f < 0) continue
      for (const child of [left[node] as number, right[node] as number])
        if (child <= node || child >= end) return `node ${node} → ${child}`
    }
  }
  return undefined
}
