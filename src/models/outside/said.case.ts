import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { Calendar } from '../../core/calendar.ts'
import { askOf, type Forecast } from '../../core/forecast.ts'
import { panelOf, type SeriesInput } from '../../core/panel.ts'
import { runOf } from '../../core/run.ts'
import { memorySource } from '../../store/source.ts'
import { latestWindow } from '../../store/window.ts'
import { type OutsideOptions, outsideModel } from './outside.ts'

export const root = await mkdtemp(join(tmpdir(), 'foretide-outside-'))
afterAll(() => rm(root, { recursive: true, force: true }))
export const run = runOf({ threads: 1 })

let folders = 0
/** A folder with the files given. */
export async function folderOf(files: Readonly<Record<string, Uint8Array | string>>): Promise<string> {
  const folder = join(root, String(folders++))
  await mkdir(folder)
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content)
  return folder
}

export const calendar = new Calendar({ unit: 'day' })
export const series = (id: string, values: readonly number[], mask = values.map(() => 0)) => ({
  id,
  start: 100 - values.length,
  values,
  mask,
})

/** Forecasts by the model of a folder; `shut` are the steps at which all are closed. */
export async function said(
  options: Partial<OutsideOptions> & { from: string },
  given: readonly SeriesInput[],
  horizon: number,
  levels: readonly number[] = [0.1, 0.5, 0.9],
  shut: readonly number[] = [],
): Promise<Forecast> {
  const whole = given.map(({ values, mask = [], ...rest }) => {
    const closed = [...Array.from(values, () => 0), ...Array.from({ length: horizon }, (_, h) => +shut.includes(h))]
    const ahead = new Array<number>(horizon).fill(Number.NaN)
    const all = { values: [...Array.from(values), ...ahead], mask: [...Array.from(mask), ...ahead.map(() => 0)] }
    return { ...rest, ...all, columns: { closed } }
  })
  const window = latestWindow(memorySource(panelOf(whole, { calendar, knownAhead: ['closed'] })), horizon)
  const fitted = await outsideModel({ name: 'theirs', ...options }).fit(window, run)
  return await fitted.forecast(window, askOf({ levels, paths: 0 }), run)
}

export const rowOf = ({ ids, horizon, levels, quantiles }: Forecast, id: string) => {
  const i = ids.indexOf(id)
  const n = levels.length
  const row = (h: number) => Array.from(quantiles.subarray((i * horizon + h) * n, (i * horizon + h + 1) * n))
  return Array.from({ length: horizon }, (_, h) => row(h))
}

/** A series of which nothing is to be learned. */
export const tea = [series('tea', [1, 2, 3])]
