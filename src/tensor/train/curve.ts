import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A point of a training curve. */
export interface CurveRow {
  readonly step: number
  readonly seconds: number
  readonly rate: number
  /** Mean loss since the point before. */
  readonly loss: number
  /** Length of the last gradient before it was clipped. */
  readonly norm: number
  /** Loss of the validation, where it was looked at. */
  readonly validation?: number
}

const FILE = 'curve.jsonl'

/** Adds a point to the curve in a folder, a line of JSON. */
export async function appendCurve(folder: string, row: CurveRow): Promise<void> {
  await mkdir(folder, { recursive: true })
  await appendFile(join(folder, FILE), `${JSON.stringify(row)}\n`)
}

/** The points of a folder's curve; none where there is none, and without a last one that was cut off. */
async function readCurve(folder: string): Promise<CurveRow[]> {
  const text = await readFile(join(folder, FILE), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  const rows: CurveRow[] = []
  for (const line of text.split('\n').slice(0, -1)) {
    try {
      rows.push(JSON.parse(line) as CurveRow)
    } catch {
      // A line that a kill cut off before another run went on behind it.
    }
  }
  return rows
}

/** The points up to a step; those after it, that a training going on from there makes anew, are taken out of the folder. */
export async function curveUpTo(folder: string, step: number): Promise<CurveRow[]> {
  const all = await readCurve(folder)
  const rows = all.filter((row) => row.step <= step)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, FILE), rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  return rows
}
