import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { ForetideError } from '../../core/errors.ts'
import { readTensors, type StoredTensor, writeTensors } from './safetensors.ts'
import type { Place } from './step.ts'

const FILE = 'checkpoint.safetensors'

/** Where a training stands, whole: it goes on from here as if it had never stopped. */
export interface Checkpoint {
  /** What must be the same for a training to go on from here. */
  readonly digest: string
  readonly places: readonly Place[]
  /** Rows of numbers by name, all parameters in each. */
  readonly rows: Readonly<Record<string, Float32Array>>
  readonly progress: Readonly<Record<string, unknown>>
}

/** Writes a checkpoint into a folder; a kill at any moment leaves the one before or this one. */
export async function saveCheckpoint(folder: string, { digest, places, rows, progress }: Checkpoint): Promise<void> {
  const tensors = new Map<string, StoredTensor>()
  for (const [row, numbers] of Object.entries(rows))
    for (const { name, shape, from, to } of places)
      tensors.set(`${row}/${name}`, { type: 'F32', shape, data: numbers.slice(from, to) })
  const metadata = { digest, places: JSON.stringify(places), progress: JSON.stringify(progress) }
  await mkdir(folder, { recursive: true })
  const draft = join(folder, `${FILE}.draft`)
  const file = await open(draft, 'w')
  try {
    await file.writeFile(writeTensors({ tensors, metadata }))
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, join(folder, FILE))
}

/** Reads the checkpoint of a folder, undefined where there is none; refuses that of another training. */
export async function loadCheckpoint(folder: string, digest: string): Promise<Checkpoint | undefined> {
  const path = join(folder, FILE)
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (!bytes) return undefined
  const { tensors, metadata } = readTensors(bytes, path)
  if (metadata.digest !== digest) throw new ForetideError('training.checkpoint', { path }, { fault: 'usage' })
  const places = JSON.parse(metadata.places ?? '[]') as Place[]
  const size = places.at(-1)?.to ?? 0
  const rows: Record<string, Float32Array> = {}
  for (const [full, { data }] of tensors) {
    const cut = full.indexOf('/')
    const place = places.find(({ name }) => name === full.slice(cut + 1))
    const row = full.slice(0, cut)
    rows[row] ??= new Float32Array(size)
    if (place) rows[row].set(data as Float32Array, place.from)
  }
  return { digest, places, rows, progress: JSON.parse(metadata.progress ?? '{}') as Record<string, unknown> }
}
