import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Run } from '../core/run.ts'
import { VERSION } from '../core/version.ts'
import { type Tally, tallyFromBytes, tallyToBytes } from './metrics/tally.ts'
import type { Settings } from './options.ts'

/** Where a backtest leaves what it has finished; any store of bytes by key will do. */
export interface Keep {
  get(key: string): Promise<Uint8Array | undefined>
  put(key: string, bytes: Uint8Array): Promise<void>
}

/** Keeps outcomes as files of a folder, made when first needed; a file is there whole or not at all. */
export function folderKeep(folder: string): Keep {
  const fileOf = (key: string) => join(folder, `${key}.outcome`)
  return {
    get: async (key) => {
      try {
        return await readFile(fileOf(key))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
        throw error
      }
    },
    put: async (key, bytes) => {
      await mkdir(folder, { recursive: true })
      const half = `${fileOf(key)}.${randomUUID()}.half`
      await writeFile(half, bytes)
      await rename(half, fileOf(key))
    },
  }
}

/** What one model did at one cutoff. */
export interface Outcome {
  readonly tally: Tally
  /** Wall-clock seconds; 0 where an earlier fit was used again. */
  readonly fitSeconds: number
  readonly forecastSeconds: number
  /** The highest resident memory seen meanwhile, in bytes. */
  readonly peak: number
  /** Series answered, by the name of who answered. */
  readonly answeredBy: Readonly<Record<string, number>>
  /** Series that the model itself left to others. */
  readonly refused: number
  /** Series that nobody answered. */
  readonly unanswered: number
  /** Weighted RMSSE: the whole, then each level, null where undefined; absent where no hierarchy was given. */
  readonly wrmsse?: readonly (number | null)[]
}

/** The key under which an outcome is kept: data, cutoff, model, seed and every option that changes a number. */
export function keyOf(window: string, fittedOn: string, model: string, settings: Settings, run: Run): string {
  const {
    keep: _,
    fallback,
    cutoffs: _c,
    windows: _w,
    step: _s,
    refit: _r,
    minHistory: _m,
    hierarchy,
    ...rest
  } = settings
  const weights = hierarchy?.weights instanceof Map ? [...hierarchy.weights] : hierarchy?.weights
  const what = {
    ...rest,
    fallback: fallback.map((m) => m.name),
    hierarchy: hierarchy && { ...hierarchy, weights },
    ...{ window, fittedOn, model, seed: run.seed, version: VERSION },
  }
  return createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 32)
}

/** An outcome as bytes: a JSON head, then its tally. */
export function outcomeToBytes({ tally, ...rest }: Outcome): Uint8Array {
  const head = new TextEncoder().encode(JSON.stringify(rest))
  const body = tallyToBytes(tally)
  const bytes = new Uint8Array(4 + head.length + body.length)
  new DataView(bytes.buffer).setUint32(0, head.length, true)
  bytes.set(head, 4)
  bytes.set(body, 4 + head.length)
  return bytes
}

/** Reads what {@link outcomeToBytes} wrote. */
export function outcomeFromBytes(bytes: Uint8Array): Outcome {
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true)
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length))) as Omit<Outcome, 'tally'>
  return { ...head, tally: tallyFromBytes(bytes.subarray(4 + length)) }
}
