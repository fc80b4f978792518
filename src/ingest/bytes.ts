import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { Encoding } from './encoding.ts'

/** How much of a file is looked at before it is read. */
export const HEAD = 1 << 20

/** The bytes of a file in pieces, unpacked if they are gzip; `damage` is called where the packed bytes end too early. */
async function* bytesOf(path: string, gzip: boolean, damage: () => void = () => {}): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: 1 << 18 })
  const stream: Readable = gzip ? file.pipe(createGunzip()) : file
  file.on('error', (error) => stream.destroy(error))
  try {
    for await (const piece of stream) yield piece as Buffer
  } catch (error) {
    if (!gzip || !String((error as NodeJS.ErrnoException).code).startsWith('Z_')) throw error
    damage()
  } finally {
    stream.destroy()
    file.destroy()
  }
}

/** The first bytes of a file, unpacked if they are gzip. */
export async function headOf(path: string, gzip: boolean, limit = HEAD): Promise<Buffer> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of bytesOf(path, gzip)) {
    pieces.push(piece)
    size += piece.length
    if (size >= limit) break
  }
  return Buffer.concat(pieces).subarray(0, limit)
}

/** The text of a file in pieces; bytes that do not fit the encoding become U+FFFD. */
export async function* textOfFile(
  path: string,
  gzip: boolean,
  encoding: Encoding,
  damage: () => void,
): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding.label)
  for await (const piece of bytesOf(path, gzip, damage)) yield decoder.decode(piece, { stream: true })
  yield decoder.decode()
}

/** A sample of the lines that hold other than ASCII characters, from all over a file, for telling its encoding. */
export async function oddLines(path: string, gzip: boolean, limit = HEAD): Promise<Buffer> {
  const kept: Buffer[] = []
  let size = 0
  let rest: Buffer = Buffer.alloc(0)
  for await (const piece of bytesOf(path, gzip)) {
    const bytes = Buffer.concat([rest, piece])
    const last = bytes.lastIndexOf(10)
    if (last < 0 && bytes.length < HEAD) {
      rest = bytes
      continue
    }
    const whole = last < 0 ? bytes : bytes.subarray(0, last + 1)
    rest = last < 0 ? Buffer.alloc(0) : bytes.subarray(last + 1)
    for (let i = 0; i < whole.length && size < limit; i++) {
      if ((whole[i] as number) < 0x80) continue
      const from = whole.lastIndexOf(10, i) + 1
      const lf = whole.indexOf(10, i)
      const to = lf < 0 ? whole.length : lf + 1
      kept.push(Buffer.from(whole.subarray(from, to)))
      size += to - from
      i = to
    }
    if (size >= limit) break
  }
  return Buffer.concat([...kept, rest])
}
