import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ForetideError } from '../../core/errors.ts'
import { VERSION } from '../../core/version.ts'
import type { Dir, Manifest } from '../../models/model.ts'
import type { Learned } from './learned.ts'
import { placeTexts } from './text/text-space.ts'
import { rarityFromJson, rarityToJson } from './text/tfidf.ts'

const FILE = 'cold-start.json'
const FORMAT = 1

/** Writes what was learned as one JSON file beside a manifest; typed arrays become lists, what is not a number a word. */
export async function saveLearned(name: string, learned: Learned, dir: Dir): Promise<Manifest> {
  await mkdir(dir.path, { recursive: true })
  const { references, texts, ...rest } = learned
  const { texts: _, ...traits } = references.traits
  const kept = {
    ...rest,
    texts: { ...texts, rarity: rarityToJson(texts.rarity) },
    references: { ...references, traits },
  }
  await writeFile(join(dir.path, FILE), JSON.stringify({ format: FORMAT, learned: kept }, written))
  const manifest: Manifest = {
    model: name,
    version: VERSION,
    options: { ...learned.settings },
    window: learned.window,
    files: [FILE],
  }
  await writeFile(join(dir.path, 'manifest.json'), JSON.stringify(manifest, null, 2))
  return manifest
}

/** Reads back what {@link saveLearned} wrote; refuses another format with `coldStart.file`. */
export async function loadLearned(dir: Dir): Promise<Learned> {
  const file = join(dir.path, FILE)
  const { format, learned } = parsed(await readFile(file, 'utf8'), file)
  if (format !== FORMAT) throw new ForetideError('coldStart.file', { file, problem: `format ${format}` })
  const texts = { ...learned.texts, rarity: rarityFromJson(learned.texts.rarity) }
  const traits = { ...learned.references.traits, texts: placeTexts(learned.written, texts) }
  return { ...learned, texts, references: { ...learned.references, traits } }
}

interface Kept {
  readonly format: number
  readonly learned: Omit<Learned, 'texts'> & {
    readonly texts: Omit<Learned['texts'], 'rarity'> & { readonly rarity: ReturnType<typeof rarityToJson> }
  }
}

function parsed(text: string, file: string): Kept {
  try {
    return JSON.parse(text, read) as Kept
  } catch (cause) {
    throw new ForetideError('coldStart.file', { file, problem: 'no JSON' }, { cause })
  }
}

/** JSON knows no typed arrays, and neither NaN, the infinities nor undefined in lists. */
function written(_: string, value: unknown): unknown {
  if (value instanceof Float64Array) return { f64: Array.from(value, (x) => (Number.isFinite(x) ? x : String(x))) }
  return value
}

function read(_: string, value: unknown): unknown {
  if (value !== null && typeof value === 'object' && 'f64' in value && Array.isArray(value.f64))
    return Float64Array.from(value.f64, Number)
  return Array.isArray(value) && value.includes(null) ? value.map((v) => v ?? undefined) : value
}
