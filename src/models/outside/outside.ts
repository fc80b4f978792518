import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { VERSION } from '../../core/version.ts'
import type { Dir, Fitted, Manifest, Model } from '../model.ts'
import { optionsOf } from '../neural/architectures/options.ts'
import { outsideForecast } from './forecast.ts'
import { LAYOUTS, type Layout, type LayoutInput, type LayoutName, layoutSchema } from './layout.ts'
import { type Opened, openOutside, type Wanted } from './open.ts'
import { placeOf } from './place.ts'

/** Options of {@link outsideModel}. */
export interface OutsideOptions {
  readonly name: string
  /** A folder, an .onnx file, or `hub:OWNER/NAME[@REVISION][/path/to/file.onnx]`. */
  readonly from: string
  /** How its tensors are to be understood; unless given, as `foretide.json` beside it says, or else as those of Chronos-Bolt. */
  readonly layout?: LayoutName | LayoutInput
  /** SHA-256 that it must have; any unless given. */
  readonly digest?: string
}

const schema = z.strictObject({
  name: z.string().min(1),
  from: z.string().min(1),
  layout: z.union([z.enum(Object.keys(LAYOUTS) as LayoutName[]), z.looseObject({})]).optional(),
  digest: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
})

/** Checks options; a layout comes back written out. */
function wantedOf(given: object): Wanted & { readonly name: string } {
  const { name } = given as { name?: unknown }
  const { layout, ...settings } = optionsOf(String(name ?? 'outside'), schema, given)
  const place = placeOf(settings.from)
  const from = 'local' in place ? resolve(place.local) : settings.from
  if (layout === undefined) return { ...settings, from }
  const own = typeof layout === 'string' ? LAYOUTS[layout] : optionsOf(settings.name, layoutSchema, layout)
  return { ...settings, from, layout: own as Layout }
}

/**
 * A pretrained forecaster that others have made and exported to ONNX, such as Chronos-Bolt, from a folder or a model hub; it forecasts each series by its past
 * alone and learns nothing.
 *
 * Refuses options that there are not, files that are no ONNX model or do not fit the layout, models that the hub does not hand out or that have another digest, and
 * series of which nothing was observed in the periods that it looks at.
 *
 * @example
 * const model = outsideModel({ name: 'bolt', from: './chronos-bolt-small' })
 * const fitted = await model.fit(window, run)
 */
export function outsideModel(options: OutsideOptions): Model {
  const wanted = wantedOf(options)
  const { name } = wanted
  return {
    name,
    needs: { minHistory: 1, knownAhead: 'ignored', crossSeries: true, missing: true },
    fit: async (window, run) => fittedOf(wanted, await openOutside(wanted, run), window.digest),
    async load(dir, run) {
      const manifest = JSON.parse(await readFile(join(dir.path, MANIFEST), 'utf8')) as Manifest
      const kept = wantedOf({ ...manifest.options, name })
      return fittedOf(kept, await openOutside(kept, run), manifest.window)
    },
  }
}

const MANIFEST = 'manifest.json'

function fittedOf({ name, from }: Wanted & { readonly name: string }, opened: Opened, window: string): Fitted {
  return {
    forecast: (asked, ask, run) => outsideForecast(name, opened, asked, ask, run),
    async save(dir: Dir) {
      await mkdir(dir.path, { recursive: true })
      // The model stays where it is; by its digest it is known again, and by its layout understood as it was.
      const { digest, layout } = opened
      const manifest: Manifest = {
        model: name,
        version: VERSION,
        options: { name, from, layout, digest },
        window,
        files: [],
      }
      await writeFile(join(dir.path, MANIFEST), JSON.stringify(manifest, null, 2))
      return manifest
    },
  }
}
