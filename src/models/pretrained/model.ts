import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { VERSION } from '../../core/version.ts'
import type { CurveRow } from '../../tensor/train/curve.ts'
import { readTensors, writeTensors } from '../../tensor/train/safetensors.ts'
import { storedWeights, weightsOf } from '../../tensor/train/weights.ts'
import type { Dir, Fitted, Manifest, Model } from '../model.ts'
import { optionsOf } from '../neural/architectures/options.ts'
import { loadPretrained } from './files.ts'
import { finetune } from './finetune.ts'
import { type Pretrained, swellForecast } from './swell.ts'

/** The model that comes with the package. */
export const SWELL_1 = fileURLToPath(new URL('../../../pretrained/swell-1/', import.meta.url))

const tuning = z.strictObject({
  parts: z.enum(['heads', 'adapters', 'all']).optional(),
  masked: z.int().min(0).optional(),
  steps: z.int().min(1).optional(),
  batch: z.int().min(2).optional(),
  rate: z.number().gt(0).optional(),
  patience: z.int().min(1).optional(),
  rehearse: z.number().min(0).max(0.9).optional(),
  refit: z.boolean().optional(),
})
const schema = z.strictObject({
  /** Folder of the pretrained model; the one that comes with the package unless given. */
  from: z.string().default(SWELL_1),
  /** What is said as the mean: that of the distribution, its median, or the point of least relative errors. */
  point: z.enum(['mean', 'median', 'relative']).default('mean'),
  /** Whether covariates, and what families do, are looked at. */
  covariates: z.boolean().default(true),
  families: z.boolean().default(true),
  /** How it learns on from the window that it is fitted on; not at all unless given. */
  finetune: tuning.optional(),
})

/** Options of {@link swellModel}. */
export type SwellModelOptions = z.input<typeof schema>
type Settings = z.output<typeof schema>

const read = new Map<string, Promise<Pretrained>>()

/** The model of a folder, read once. */
function pretrainedFrom(folder: string): Promise<Pretrained> {
  const found = read.get(folder) ?? loadPretrained(folder).then(({ kept }) => kept)
  read.set(folder, found)
  found.catch(() => read.delete(folder))
  return found
}

/**
 * The pretrained model, which forecasts any series without learning from it, or learns on from a window first where `finetune` is given.
 *
 * Refuses options that there are not, and series of which nothing was observed.
 *
 * @example
 * swellModel('swell', { point: 'median' }).name // → 'swell'
 */
export function swellModel(name: string, options: SwellModelOptions = {}): Model {
  const settings = optionsOf(name, schema, options)
  return {
    name,
    needs: { minHistory: 1, knownAhead: 'used', crossSeries: true, missing: true },
    async fit(window, run) {
      const from = await pretrainedFrom(settings.from)
      if (!settings.finetune) return fittedOf(name, { ...from, name }, settings, window.digest, [])
      const { kept, curve } = await finetune({ ...from, name }, window, settings.finetune, run)
      return fittedOf(name, kept, settings, window.digest, curve)
    },
    async load(dir) {
      const manifest = JSON.parse(await readFile(join(dir.path, 'manifest.json'), 'utf8')) as Manifest
      const kept = optionsOf(name, schema, manifest.options)
      const from = await pretrainedFrom(kept.from)
      if (!kept.finetune) return fittedOf(name, { ...from, name }, kept, manifest.window, [])
      const file = join(dir.path, FILE)
      const { tensors } = readTensors(await readFile(file), file)
      return fittedOf(name, { name, options: from.options, weights: weightsOf(tensors) }, kept, manifest.window, [])
    },
  }
}

const FILE = 'weights.safetensors'

function fittedOf(
  name: string,
  kept: Pretrained,
  settings: Settings,
  window: string,
  curve: readonly CurveRow[],
): Fitted {
  const { point, covariates, families } = settings
  return {
    forecast: (asked, ask, run) => swellForecast(kept, asked, ask, run, { point, covariates, families }),
    async save(dir: Dir) {
      await mkdir(dir.path, { recursive: true })
      const files = settings.finetune ? [FILE] : []
      if (settings.finetune)
        await writeFile(
          join(dir.path, FILE),
          writeTensors({ tensors: storedWeights(kept.weights), metadata: { model: name } }),
        )
      const manifest: Manifest = { model: name, version: VERSION, options: settings, window, files }
      await writeFile(join(dir.path, 'manifest.json'), JSON.stringify(manifest, null, 2))
      return manifest
    },
    ...(curve.length > 0 && { training: [{ name, rows: curve }] }),
  }
}
