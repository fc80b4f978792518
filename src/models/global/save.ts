import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Run } from '../../core/run.ts'
import { VERSION } from '../../core/version.ts'
import type { Dir, Manifest } from '../model.ts'
import type { Calibration } from './calibration.ts'
import type { FittedCell, FittedHead, FittedHeads, Heads } from './heads.ts'
import type { Head } from './options.ts'
import type { GlobalState } from './state.ts'

const FILE = 'state.json'

/** What is saved of a cell: the options that its regressors were made with. */
interface SavedCell {
  readonly point: object
  readonly quantiles?: object
}

/** A fit as it is written down; regressors lie in folders beside it. */
type Saved = Omit<GlobalState, 'heads' | 'calibration' | 'oneStep'> & {
  readonly heads: Omit<FittedHeads, 'cells'> & { readonly cells: readonly (SavedCell | null)[] }
  readonly calibration: SavedCalibration
  readonly oneStep?: SavedCalibration
}

type SavedCalibration = Omit<Calibration, 'shift' | 'bias'> & { readonly shift: number[]; readonly bias: number[] }

const listed = (c: Calibration): SavedCalibration => ({ ...c, shift: [...c.shift], bias: [...c.bias] })

const unlisted = (c: SavedCalibration): Calibration => ({
  ...c,
  shift: Float64Array.from(c.shift),
  bias: Float64Array.from(c.bias),
})

const folderOf = (cell: number, head: keyof SavedCell) => `${head}-${cell}`

/** Saves a fit: its state as JSON, every regressor in a folder of its own. */
export async function saveState(state: GlobalState, dir: Dir): Promise<Manifest> {
  await mkdir(dir.path, { recursive: true })
  const files = [FILE]
  const cells: (SavedCell | null)[] = []
  const put = async (head: FittedHead, folder: string): Promise<object> => {
    const path = join(dir.path, folder)
    await mkdir(path, { recursive: true })
    files.push(...(await head.fitted.save({ path })).files.map((file) => `${folder}/${file}`))
    return head.options
  }
  for (const [c, cell] of state.heads.cells.entries())
    cells.push(
      cell
        ? {
            point: await put(cell.point, folderOf(c, 'point')),
            ...(cell.quantiles ? { quantiles: await put(cell.quantiles, folderOf(c, 'quantiles')) } : {}),
          }
        : null,
    )
  const { heads, calibration, oneStep, ...rest } = state
  const saved: Saved = {
    ...rest,
    heads: { ...heads, cells },
    calibration: listed(calibration),
    ...(oneStep ? { oneStep: listed(oneStep) } : {}),
  }
  await writeFile(join(dir.path, FILE), JSON.stringify(saved))
  const manifest: Manifest = {
    model: state.name,
    version: VERSION,
    options: { ...state.settings, heads: cells },
    window: state.window,
    files,
  }
  await writeFile(join(dir.path, 'manifest.json'), JSON.stringify(manifest, null, 2))
  return manifest
}

/** Reads back what {@link saveState} wrote; the regressors are made anew from the options that they were saved with. */
export async function loadState(makers: Heads, dir: Dir, run: Run): Promise<GlobalState> {
  const { heads, calibration, oneStep, ...rest } = JSON.parse(await readFile(join(dir.path, FILE), 'utf8')) as Saved
  const read = async (head: Head | undefined, options: object, folder: string): Promise<FittedHead> => ({
    options,
    fitted: await (head as Head).make(options).load({ path: join(dir.path, folder) }, run),
  })
  const cells: (FittedCell | undefined)[] = []
  for (const [c, cell] of heads.cells.entries()) {
    if (!cell) {
      cells.push(undefined)
      continue
    }
    const point = await read(makers.point, cell.point, folderOf(c, 'point'))
    cells.push(
      cell.quantiles
        ? { point, quantiles: await read(makers.quantiles, cell.quantiles, folderOf(c, 'quantiles')) }
        : { point },
    )
  }
  return {
    ...rest,
    heads: { ...heads, cells },
    calibration: unlisted(calibration),
    ...(oneStep ? { oneStep: unlisted(oneStep) } : {}),
  }
}
