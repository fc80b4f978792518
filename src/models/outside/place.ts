import { readdir, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { ForetideError } from '../../core/errors.ts'

/** A file of a model hub. */
export interface HubPlace {
  readonly owner: string
  readonly name: string
  readonly revision: string
  /** Path of the .onnx file in the repository. */
  readonly path: string
}

/** Where a model comes from: a path of this machine, or a place of a hub. */
type Place = { readonly local: string } | { readonly hub: HubPlace }

const HUB = 'hub:'
const PART = /^[\w.-]+$/
/** Whether a name can be part of a path without leading out of it. */
const isPart = (part: string) => PART.test(part) && !/^\.+$/.test(part)

/** Whether a relative path stays within its folder. */
export const staysWithin = (path: string): boolean =>
  path.length > 0 && !path.includes('\\') && path.split('/').every((part) => part.length > 0 && !/^\.+$/.test(part))

/**
 * Takes apart where a model comes from.
 *
 * Refuses places of a hub that are not written `hub:OWNER/NAME[@REVISION][/path/to/file.onnx]`.
 *
 * @example
 * placeOf('hub:owner/forecaster@v2') // → { hub: { owner: 'owner', name: 'forecaster', revision: 'v2', path: 'onnx/model.onnx' } }
 */
export function placeOf(from: string): Place {
  if (!from.startsWith(HUB)) return { local: resolve(from) }
  const [owner = '', named = '', ...rest] = from.slice(HUB.length).split('/')
  const [name = '', revision = 'main', ...more] = named.split('@')
  const path = rest.length > 0 ? rest.join('/') : 'onnx/model.onnx'
  const refuse = (problem: string, problemZh: string): never => {
    throw new ForetideError('outside.from', { from, problem, problemZh }, { fault: 'usage' })
  }
  if (!isPart(owner) || !isPart(name)) refuse('it names no owner and repository', '未写明所有者和仓库')
  if (!isPart(revision) || more.length > 0)
    refuse('a revision is a tag, a branch without a slash, or a commit', '版本应为标签、不含斜杠的分支或提交')
  if (!rest.every(isPart) || !path.endsWith('.onnx'))
    refuse(`'${path}' is no path of an .onnx file`, `“${path}”不是 .onnx 文件的路径`)
  return { hub: { owner, name, revision, path } }
}

/** The .onnx file at a path of this machine: itself, or that of a folder: `model.onnx`, `onnx/model.onnx`, or the only one. */
export async function localFile(path: string): Promise<string> {
  const kind = await stat(path).catch((error: NodeJS.ErrnoException) => absent(path, error.code ?? error.message))
  if (kind.isFile()) return path
  const isFile = async (file: string) =>
    await stat(file).then(
      (s) => s.isFile(),
      () => false,
    )
  for (const usual of [join(path, 'model.onnx'), join(path, 'onnx', 'model.onnx')])
    if (await isFile(usual)) return usual
  const files = (await readdir(path)).filter((file) => file.endsWith('.onnx')).sort()
  const [only] = files
  if (only === undefined) return absent(path, 'no .onnx')
  if (files.length > 1)
    throw new ForetideError(
      'outside.choose',
      { folder: path, count: files.length, files: files.slice(0, 8).join(', ') },
      { fault: 'usage' },
    )
  return join(path, basename(only))
}

/** Refuses a path at which there is no model. */
export function absent(path: string, problem: string): never {
  throw new ForetideError('outside.absent', { path, problem }, { fault: 'usage' })
}
