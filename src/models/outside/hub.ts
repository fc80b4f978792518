import { access, readFile, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { ForetideError } from '../../core/errors.ts'
import type { Run } from '../../core/run.ts'
import { type Digested, demandDigest, digestOfFile } from './digest.ts'
import { digestFile, download } from './download.ts'
import { LAYOUT_FILE } from './layout.ts'
import type { HubPlace } from './place.ts'

/** The hub that models are fetched from unless `FORETIDE_HUB` names another. */
const HUB = 'https://huggingface.co'

/** A hub, and where what was fetched from it is kept. */
interface Hub {
  readonly address: string
  readonly cache: string
  /** Never part of a message or of a file. */
  readonly token?: string | undefined
}

/** The hub by the environment: `FORETIDE_HUB`, `FORETIDE_CACHE` and `FORETIDE_HUB_TOKEN`. */
export function hubOf(env: NodeJS.ProcessEnv = process.env): Hub {
  const given = env.FORETIDE_HUB || HUB
  const url = URL.canParse(given) ? new URL(given) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search)
    throw new ForetideError('outside.hub', {}, { fault: 'usage' })
  return {
    address: url.href.replace(/\/+$/, ''),
    cache: env.FORETIDE_CACHE || join(homedir(), '.cache', 'foretide'),
    token: env.FORETIDE_HUB_TOKEN || undefined,
  }
}

/** Fetches files of a repository, each once. */
interface Repository {
  /** The file as it lies in the cache; refused where the hub has none, or what lies there is not what was fetched. */
  file(path: string): Promise<Digested>
  /** Where the layout beside a model lies, or would lie. */
  layoutBeside(path: string): Promise<string>
}

/** The files of a revision, in the cache or from the hub. What is there once is not asked for again. */
export function repositoryOf({ owner, name, revision }: HubPlace, hub: Hub, run: Run): Repository {
  const folder = join(hub.cache, 'hub', owner, name, revision)
  const fetched = async (path: string, target: string) => {
    const parts = [owner, name, 'resolve', revision, ...path.split('/')].map(encodeURIComponent)
    const url = `${hub.address}/${parts.join('/')}`
    return { url, digest: await download({ url, token: hub.token, stage: `${owner}/${name}: download` }, target, run) }
  }
  return {
    async file(path) {
      const target = join(folder, path)
      const known = await cached(target)
      if (known) return { path: target, digest: known }
      const { url, digest } = await fetched(path, target)
      if (digest === undefined) throw new ForetideError('outside.hubAbsent', { url }, { fault: 'usage' })
      return { path: target, digest }
    },
    async layoutBeside(path) {
      const beside = join(dirname(path), LAYOUT_FILE)
      const target = join(folder, beside)
      const none = `${target}.none`
      if ((await isThere(none)) || (await cached(target))) return target
      // Most have none; that is written down, so that the next use asks for nothing.
      if ((await fetched(beside, target)).digest === undefined) await writeFile(none, '')
      return target
    },
  }
}

/** The digest of a file that was fetched before; refuses one that has changed since. */
async function cached(target: string): Promise<string | undefined> {
  const kept = await readFile(digestFile(target), 'utf8').catch(() => undefined)
  const wanted = kept?.split(/\s/)[0]
  if (!wanted || !(await isThere(target))) return undefined
  const digest = await digestOfFile(target)
  demandDigest(target, digest, wanted)
  return digest
}

const isThere = async (path: string) =>
  await access(path).then(
    () => true,
    () => false,
  )
