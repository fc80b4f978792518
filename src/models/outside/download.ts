import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ForetideError } from '../../core/errors.ts'
import { checkInterrupt, type Run } from '../../core/run.ts'
import { demandDigest, digestOf, digestOfFile } from './digest.ts'
import { type Answered, hasFile, request } from './request.ts'

/** A file to be fetched. */
interface Remote {
  readonly url: string
  readonly token?: string | undefined
  /** What its progress is called. */
  readonly stage: string
}

/** Milliseconds without a new byte after which a download that nobody gave up is taken to be dead. */
const DEAD = 10 * 60_000
/** Progress is told once in so many bytes. */
const TOLD = 2 ** 20

/** Where the digest of a downloaded file is kept, as `sha256sum` prints it. */
export const digestFile = (target: string) => `${target}.sha256`

/**
 * Downloads a file: into a part of it, which becomes the file by a rename once it is whole and its digest is known. What a broken download left is
 * gone on with where the hub still has the same content, and thrown away otherwise.
 *
 * Gives its SHA-256; nothing where the hub has no such file. Refuses files that do not come whole, or with another digest than the hub tells.
 */
export async function download(remote: Remote, target: string, run: Run): Promise<string | undefined> {
  await mkdir(dirname(target), { recursive: true })
  const left = await claimed(target)
  if (left) {
    try {
      const digest = await attempt(remote, target, run, left)
      if (digest !== undefined) return digest || undefined
    } catch (error) {
      // A hub that was not reached at all takes nothing away from what there is already.
      await rename(left.path, `${target}.${left.key}.part`).catch(() => {})
      throw error
    } finally {
      await rm(left.path, { force: true })
    }
  }
  return (await attempt(remote, target, run)) || undefined
}

/** What there is of a file. */
interface Part {
  readonly path: string
  readonly size: number
  /** Name of the content that it is part of. */
  readonly key: string
}

/** The digest of the file; false where the hub has none; nothing where what is left cannot be gone on with. */
async function attempt(remote: Remote, target: string, run: Run, left?: Part): Promise<string | false | undefined> {
  const { url, token } = remote
  checkInterrupt(run)
  const asked = { token, signal: run.signal, ...(left && { from: left.size }) }
  const answered = await request(url, asked).catch((cause) => broken(cause, remote, run, left?.size ?? 0))
  const { response, sha256 } = answered
  const key = keyOf(answered)
  const range = response.headers.get('content-range')
  const on =
    left !== undefined && response.status === 206 && key === left.key && range?.startsWith(`bytes ${left.size}-`)
  // Asked for the rest of a file of which there is no more, or which has changed: it is asked for anew.
  if (left !== undefined && !on && response.status !== 200) {
    await response.body?.cancel()
    return undefined
  }
  if (!hasFile(url, response)) {
    await response.body?.cancel()
    return false
  }
  const begin = on ? left.size : 0
  const name = `${target}.${key}.${randomUUID().slice(0, 8)}.part`
  if (on) await rename(left.path, name)
  try {
    await received(response, remote, name, begin, run)
  } catch (error) {
    // Without a name of the content nobody could tell whether the rest belongs to it.
    if (key === NAMELESS) await rm(name, { force: true })
    else await rename(name, `${target}.${key}.part`).catch(() => {})
    throw error
  }
  const digest = await digestOfFile(name)
  if (sha256 !== undefined && digest !== sha256) {
    await rm(name, { force: true })
    if (on) return undefined
    demandDigest(url, digest, sha256)
  }
  await writeFile(digestFile(target), `${digest}  ${basename(target)}\n`)
  await rename(name, target)
  return digest
}

const NAMELESS = 'nameless'
const keyOf = ({ tag }: Answered) => (tag === undefined ? NAMELESS : digestOf(tag).slice(0, 12))

/** Writes what comes behind what is there. */
async function received(response: Response, remote: Remote, path: string, begin: number, run: Run): Promise<void> {
  const length = Number(response.headers.get('content-length') ?? Number.NaN)
  const total = Number.isNaN(length) ? undefined : begin + length
  const file = await open(path, begin > 0 ? 'a' : 'w')
  let done = begin
  let told = 0
  const tell = () => run.progress({ stage: remote.stage, done, total: total ?? done })
  try {
    if (response.body)
      for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
        checkInterrupt(run)
        await file.appendFile(chunk)
        done += chunk.length
        if (done - told < TOLD) continue
        told = done
        tell()
      }
  } catch (cause) {
    broken(cause, remote, run, done, total)
  } finally {
    await file.close()
  }
  if (total !== undefined && done !== total) broken(undefined, remote, run, done, total)
  tell()
}

function broken(cause: unknown, { url }: Remote, run: Run, done: number, total?: number): never {
  if (cause instanceof ForetideError) throw cause
  checkInterrupt(run)
  // The code alone: a text of the network's may hold an address that was signed for this download.
  const { code, cause: under } = (cause ?? {}) as { code?: string; cause?: { code?: string } }
  const why = under?.code ?? code ?? 'connection lost'
  throw new ForetideError('outside.hubBroken', { url, done, total: total ?? '?', why })
}

/** What an earlier download left of a file, from now on of this one alone; nothing where there is nothing. */
async function claimed(target: string): Promise<Part | undefined> {
  const base = `${basename(target)}.`
  for (const name of await readdir(dirname(target))) {
    const [key, own, ...more] =
      name.startsWith(base) && name.endsWith('.part') ? name.slice(base.length, -5).split('.') : []
    if (key === undefined || more.length > 0) continue
    const path = join(dirname(target), name)
    const found = await stat(path).catch(() => undefined)
    // One that has a name of its own is being written still, unless its writer was killed.
    if (!found || (own !== undefined && Date.now() - found.mtimeMs < DEAD)) continue
    const mine = `${target}.${key}.${randomUUID().slice(0, 8)}.part`
    // Whoever renames it first has it.
    const had = await rename(path, mine).then(
      () => true,
      () => false,
    )
    if (!had) continue
    if (found.size > 0 && key !== NAMELESS) return { path: mine, size: found.size, key }
    await rm(mine, { force: true })
  }
  return undefined
}
