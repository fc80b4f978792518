import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ForetideError } from '../../core/errors.ts'
import type { Run } from '../../core/run.ts'
import { type Digested, demandDigest, digestOfAll, digestOfFile } from './digest.ts'
import { type Header, readHeader } from './header.ts'
import { hubOf, repositoryOf } from './hub.ts'
import { LAYOUT_FILE, LAYOUTS, type Layout, readLayout } from './layout.ts'
import { absent, localFile, placeOf, staysWithin } from './place.ts'
import { type Wiring, wiringOf } from './wiring.ts'

/** A model that is on this machine and was found to fit its layout. */
export interface Opened {
  readonly file: string
  readonly digest: string
  readonly layout: Layout
  readonly wiring: Wiring
}

/** What a model is opened by. */
export interface Wanted {
  readonly from: string
  readonly layout?: Layout | undefined
  readonly digest?: string | undefined
}

/** Where the files of a model come from, those of a hub and those of a folder alike. */
interface Origin {
  /** The .onnx file itself. */
  readonly model: Digested
  /** A file that lies beside it. */
  beside(name: string): Promise<Digested>
  /** Path of its layout, whether there is one or not. */
  layout(): Promise<string>
}

/**
 * Finds a model, fetches it if it is a hub's, and holds what it says of itself against the layout: the one given, that of `foretide.json` beside it, or that
 * of Chronos-Bolt.
 *
 * Refuses what is no ONNX model, what does not fit its layout, and what has another digest than the one wanted.
 */
export async function openOutside({ from, layout, digest: wanted }: Wanted, run: Run): Promise<Opened> {
  const origin = await originOf(from, run)
  const { path: file } = origin.model
  const header = await headerOf(file)
  const files = [origin.model]
  for (const location of header.external) {
    if (!staysWithin(location)) throw new ForetideError('outside.external', { file, location }, { fault: 'badInput' })
    files.push(await origin.beside(location))
  }
  const digest = digestOfAll(files)
  if (wanted !== undefined) demandDigest(file, digest, wanted)
  const own = layout ?? (await readLayout(await origin.layout())) ?? LAYOUTS['chronos-bolt']
  return { file, digest, layout: own, wiring: wiringOf(file, own, header) }
}

async function originOf(from: string, run: Run): Promise<Origin> {
  const place = placeOf(from)
  if ('hub' in place) {
    const { path } = place.hub
    const repository = repositoryOf(place.hub, hubOf(), run)
    const folder = path.includes('/') ? `${path.slice(0, path.lastIndexOf('/'))}/` : ''
    return {
      model: await repository.file(path),
      beside: (name) => repository.file(`${folder}${name}`),
      layout: () => repository.layoutBeside(path),
    }
  }
  const digested = async (path: string) => {
    const digest = await digestOfFile(path).catch((error: NodeJS.ErrnoException) =>
      absent(path, error.code ?? error.message),
    )
    return { path, digest }
  }
  const file = await localFile(place.local)
  return {
    model: await digested(file),
    beside: (name) => digested(join(dirname(file), name)),
    layout: async () => join(dirname(file), LAYOUT_FILE),
  }
}

async function headerOf(file: string): Promise<Header> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => absent(file, error.code ?? error.message))
  try {
    const header = readHeader(bytes)
    if (header) return header
  } catch (error) {
    if (!(error instanceof ForetideError)) throw error
  }
  const [found, foundZh] = foundIn(bytes)
  throw new ForetideError('outside.notOnnx', { file, found, foundZh }, { fault: 'badInput' })
}

/** What a file is that is no model, as people come by it. */
function foundIn(bytes: Uint8Array): readonly [string, string] {
  const begin = Buffer.from(bytes.subarray(0, 64)).toString('latin1').trimStart()
  if (begin.length === 0) return ['empty', '空文件']
  if (begin.startsWith('version https://git-lfs')) return ['the pointer of Git LFS to it', '指向模型的 Git LFS 指针']
  if (begin.startsWith('<')) return ['a web page', '网页']
  if (begin.startsWith('{') || begin.startsWith('[')) return ['JSON', 'JSON 文件']
  if (begin.startsWith('PK')) return ['a ZIP archive, such as weights of PyTorch', 'ZIP 压缩包（例如 PyTorch 权重）']
  return [`${bytes.length} bytes of another kind, or cut off`, `${bytes.length} 字节的其他内容，或已被截断`]
}
