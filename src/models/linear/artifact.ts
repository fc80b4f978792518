import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ForetideError } from '../../core/errors.ts'
import { VERSION } from '../../core/version.ts'
import type { Dir, Manifest } from '../model.ts'
import type { LinearState } from './fitted.ts'

const DATA = 'linear.json'
const NUMBERS = 'linear.f64'

/** What stands in the data file: the state with the lengths of its arrays, whose numbers are in the binary file, one after another. */
interface Stored extends Omit<LinearState, 'coefficients' | 'fourier' | 'importance'> {
  readonly lengths: readonly number[]
  readonly outputs: number
  readonly fourier?: { readonly inputs: number; readonly features: number }
  readonly digest: string
}

/** Writes a manifest, the state as JSON and its arrays as 64-bit floats (little-endian). */
export async function saveLinear(state: LinearState, dir: Dir): Promise<Manifest> {
  const { coefficients, fourier, importance, ...rest } = state
  const arrays = [...coefficients, importance, ...(fourier ? [fourier.frequency, fourier.phase] : [])]
  const bytes = Buffer.concat(arrays.map((a) => Buffer.from(a.buffer, a.byteOffset, a.byteLength)))
  const stored: Stored = {
    ...rest,
    lengths: arrays.map((a) => a.length),
    outputs: coefficients.length,
    ...(fourier && { fourier: { inputs: fourier.inputs, features: fourier.features } }),
    digest: createHash('sha256').update(bytes).digest('hex'),
  }
  const manifest: Manifest = {
    model: state.model,
    version: VERSION,
    options: state.options,
    window: '',
    files: [DATA, NUMBERS],
  }
  await mkdir(dir.path, { recursive: true })
  await writeFile(join(dir.path, NUMBERS), bytes)
  await writeFile(join(dir.path, DATA), JSON.stringify(stored))
  await writeFile(join(dir.path, 'manifest.json'), JSON.stringify(manifest, null, 2))
  return manifest
}

/** Reads back what {@link saveLinear} wrote; refuses files of another model, or whose bytes changed. */
export async function loadLinear(dir: Dir, model: string): Promise<LinearState> {
  const file = join(dir.path, DATA)
  const text = await readFile(file, 'utf8')
  let stored: Stored
  try {
    stored = JSON.parse(text) as Stored
  } catch (cause) {
    throw new ForetideError('linear.artifact', { file, what: 'no JSON' }, { cause })
  }
  if (stored.model !== model) throw new ForetideError('linear.artifact', { file, what: String(stored.model) })
  const bytes = await readFile(join(dir.path, NUMBERS))
  if (createHash('sha256').update(bytes).digest('hex') !== stored.digest)
    throw new ForetideError('linear.artifact', { file: join(dir.path, NUMBERS), what: 'sha256' })
  const flat = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
  let at = 0
  const arrays = stored.lengths.map((length) => {
    at += length
    return flat.slice(at - length, at)
  })
  const { lengths: _, outputs, fourier, digest: __, ...rest } = stored
  return {
    ...rest,
    coefficients: arrays.slice(0, outputs),
    importance: arrays[outputs] as Float64Array,
    ...(fourier && {
      fourier: {
        ...fourier,
        frequency: arrays[outputs + 1] as Float64Array,
        phase: arrays[outputs + 2] as Float64Array,
      },
    }),
  }
}
