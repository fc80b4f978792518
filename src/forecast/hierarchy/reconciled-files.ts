import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { VERSION } from '../../core/version.ts'
import type { Dir, Fitted, Manifest } from '../../models/model.ts'
import type { Learned } from './reconciled.ts'

const FILE = 'reconciliation.json'
const ERRORS = 'errors.f64'
const INNER = 'model'

/** Writes a reconciled model: what it learned as JSON, errors as float64 (little-endian), the model in a folder of its own. */
export async function saveReconciled(
  name: string,
  options: Manifest['options'],
  inner: Fitted,
  { residuals, ...learned }: Learned,
  dir: Dir,
): Promise<Manifest> {
  const home = join(dir.path, INNER)
  await mkdir(home, { recursive: true })
  const held = await inner.save({ path: home })
  await writeFile(join(dir.path, FILE), JSON.stringify({ ...learned, periods: residuals?.periods }))
  if (residuals) await writeFile(join(dir.path, ERRORS), new Uint8Array(residuals.values.slice().buffer))
  const files = [FILE, ...(residuals ? [ERRORS] : []), ...held.files.map((file) => `${INNER}/${file}`)]
  const manifest: Manifest = { model: name, version: VERSION, options, window: learned.window, files }
  await writeFile(join(dir.path, 'manifest.json'), JSON.stringify(manifest, null, 2))
  return manifest
}

/** Reads what {@link saveReconciled} wrote, and says where the model lies. */
export async function loadReconciled(dir: Dir): Promise<{ readonly learned: Learned; readonly inner: Dir }> {
  const { periods, ...learned } = JSON.parse(await readFile(join(dir.path, FILE), 'utf8')) as Omit<
    Learned,
    'residuals'
  > & { readonly periods?: number }
  const inner = { path: join(dir.path, INNER) }
  if (periods === undefined) return { learned: { ...learned, residuals: undefined }, inner }
  const bytes = await readFile(join(dir.path, ERRORS))
  const values = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
  return { learned: { ...learned, residuals: { periods, values } }, inner }
}
