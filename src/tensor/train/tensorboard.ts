import { appendFile, mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { WireWriter } from '../onnx/wire-writer.ts'
import { crc32c } from './crc32c.ts'
import type { CurveRow } from './curve.ts'

/** TensorBoard reads every file with `tfevents` in its name; one name for all writings, so that a second one takes the first one's place. */
const FILE = 'events.out.tfevents.0000000000.foretide'
/** Without it in the first record TensorBoard takes the file for one of another kind. */
const KIND = 'brain.Event:2'

/** Under which name each number of a curve's point is shown. */
const TAGS = {
  'loss/training': (row: CurveRow) => row.loss,
  'loss/validation': (row: CurveRow) => row.validation,
  rate: (row: CurveRow) => row.rate,
  'gradient norm': (row: CurveRow) => row.norm,
} as const satisfies Readonly<Record<string, (row: CurveRow) => number | undefined>>

/** A file of events that grows with a training. */
interface EventLog {
  append(row: CurveRow): Promise<void>
}

/**
 * A training curve as a file of events that TensorBoard reads: scalars `loss/training`, `loss/validation` where it was looked at, `rate` and
 * `gradient norm` by step.
 *
 * `begun` is when the training began, in seconds since 1970. Field numbers: event.proto and summary.proto of TensorFlow 2.
 *
 * @example
 * eventFile([], 0).length // → 40
 */
export function eventFile(curve: readonly CurveRow[], begun: number): Uint8Array {
  return Buffer.concat([headOf(begun), ...curve.map((row) => eventOf(row, begun))])
}

/** Writes a curve's points so far into a folder whole, instead of any there, and each further one behind them. */
export async function eventLog(folder: string, curve: readonly CurveRow[], begun: number): Promise<EventLog> {
  const path = join(folder, FILE)
  const draft = join(folder, 'events.draft')
  await mkdir(folder, { recursive: true })
  await writeFile(draft, eventFile(curve, begun))
  await rename(draft, path)
  return { append: (row) => appendFile(path, eventOf(row, begun)) }
}

function headOf(begun: number): Uint8Array {
  const to = new WireWriter(32)
  to.string(3, KIND)
  to.double(1, begun)
  return record(to.finish())
}

function eventOf(row: CurveRow, begun: number): Uint8Array {
  const to = new WireWriter(160)
  const summary = to.written
  for (const [tag, of] of Object.entries(TAGS).reverse()) {
    const value = of(row)
    if (value === undefined) continue
    const before = to.written
    to.float(2, value)
    to.string(1, tag)
    to.endMessage(1, before)
  }
  to.endMessage(5, summary)
  to.int(2, row.step)
  to.double(1, begun + row.seconds)
  return record(to.finish())
}

/** A record of a TFRecord file: its length and its bytes, each with its check value. */
function record(data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(16 + data.length)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, BigInt(data.length), true)
  view.setUint32(8, masked(crc32c(bytes.subarray(0, 8))), true)
  bytes.set(data, 12)
  view.setUint32(12 + data.length, masked(crc32c(data)), true)
  return bytes
}

/** A check value as the format holds it, so that check values of bytes that hold check values stay good. */
const masked = (crc: number) => (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0
