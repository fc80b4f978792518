import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { ForetideError } from '../../core/errors.ts'

/** SHA-256 of bytes in hexadecimal. */
export const digestOf = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')

/** SHA-256 of a file of any size. */
export async function digestOfFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) hash.update(chunk as Uint8Array)
  return hash.digest('hex')
}

/** A file with its digest. */
export interface Digested {
  readonly path: string
  readonly digest: string
}

/** The digest of a model: that of its file; of several, that of their list as `sha256sum` prints it. */
export function digestOfAll(files: readonly Digested[]): string {
  const [only] = files
  if (files.length === 1 && only) return only.digest
  return digestOf(files.map(({ path, digest }) => `${digest}  ${basename(path)}\n`).join(''))
}

/** Refuses a file whose digest is not the one that it should have. */
export function demandDigest(file: string, found: string, wanted: string): void {
  if (found !== wanted) throw new ForetideError('outside.digest', { file, found, wanted })
}
