import { createHash, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { ForetideError } from '../core/errors.ts'
import type { ImportFacts } from './facts.ts'
import { DRAFT, syncFile, syncFolder, writeWhole } from './files.ts'
import { runs, takeLock } from './lock.ts'
import { panelSource } from './panel-source.ts'
import type { PanelSource } from './source.ts'

/** The one file that says what the workspace holds; replaced in one step. */
interface Manifest {
  readonly format: 1
  /** The folder of the current generation; empty before the first import. */
  readonly generation: string
}

const MANIFEST = 'manifest.json'

/**
 * A shop's data and results in a folder.
 *
 * Tables lie in generations; a change writes a new generation beside the current one and then replaces the manifest in one
 * step, so that a kill at any moment leaves the workspace as it was before the change or after it. Results are kept under
 * the digest of what they were computed from, whole or not at all.
 */
export class Workspace {
  readonly path: string

  private constructor(path: string) {
    this.path = path
  }

  /** Opens a folder as a workspace, making it if it is not there; refuses a folder whose manifest is another program's. */
  static open(path: string): Workspace {
    const workspace = new Workspace(resolve(path))
    try {
      mkdirSync(workspace.path, { recursive: true })
    } catch (cause) {
      const why = (cause as NodeJS.ErrnoException).code ?? String(cause)
      throw new ForetideError('workspace.folder', { path: workspace.path, why }, { cause, fault: 'usage' })
    }
    workspace.#manifest()
    return workspace
  }

  #manifest(): Manifest {
    const file = join(this.path, MANIFEST)
    if (!existsSync(file)) return { format: 1, generation: '' }
    let found: Partial<Manifest> = {}
    try {
      found = JSON.parse(readFileSync(file, 'utf8')) as Partial<Manifest>
    } catch (cause) {
      throw new ForetideError('workspace.manifest', { path: file }, { cause })
    }
    if (found.format !== 1 || typeof found.generation !== 'string')
      throw new ForetideError('workspace.manifest', { path: file })
    return found as Manifest
  }

  /** The folder of the current tables, or undefined before the first import. */
  get current(): string | undefined {
    const { generation } = this.#manifest()
    return generation === '' ? undefined : join(this.path, 'generations', generation)
  }

  /** What the last import found and did. */
  facts(): ImportFacts {
    return JSON.parse(readFileSync(join(this.#filled(), 'facts.json'), 'utf8')) as ImportFacts
  }

  /** The imported panel; refuses a workspace without one. */
  source(): PanelSource {
    return panelSource(this.#filled())
  }

  #filled(): string {
    const { current } = this
    if (!current) throw new ForetideError('workspace.empty', { path: this.path }, { fault: 'usage' })
    return current
  }

  /**
   * Replaces the tables: `write` fills a new folder, which becomes the current one when it is whole. Refuses while another
   * process writes.
   */
  async replace<T>(write: (folder: string, previous: string | undefined) => Promise<T>): Promise<T> {
    const lock = takeLock(this.path)
    try {
      this.#sweep()
      const name = `g-${Date.now().toString(36)}-${randomUUID().slice(0, 8)}`
      const folder = join(this.path, 'generations', name)
      mkdirSync(folder, { recursive: true })
      const made = await write(folder, this.current)
      for (const file of readdirSync(folder)) syncFile(join(folder, file))
      syncFolder(folder)
      syncFolder(join(this.path, 'generations'))
      lock.confirm()
      writeWhole(join(this.path, MANIFEST), `${JSON.stringify({ format: 1, generation: name } satisfies Manifest)}\n`)
      return made
    } finally {
      lock.release()
    }
  }

  /** Removes generations that never became current, and those that no longer are; readers keep the latest one until the next change. */
  #sweep(): void {
    const folder = join(this.path, 'generations')
    if (!existsSync(folder)) return
    const { generation } = this.#manifest()
    for (const name of readdirSync(folder))
      if (name !== generation) rmSync(join(folder, name), { recursive: true, force: true })
    const kept = join(this.path, 'kept')
    const folders = [this.path, ...(existsSync(kept) ? readdirSync(kept).map((name) => join(kept, name)) : [])]
    for (const held of folders)
      for (const name of readdirSync(held)) if (isAbandoned(name)) rmSync(join(held, name), { force: true })
  }

  /** Results kept under a key; what is read is what was written, whole. */
  readonly keep = {
    get: async (key: string): Promise<Uint8Array | undefined> => {
      const path = this.#keptPath(key)
      return existsSync(path) ? readFileSync(path) : undefined
    },
    put: async (key: string, bytes: Uint8Array): Promise<void> => writeWhole(this.#keptPath(key), bytes),
  }

  #keptPath(key: string): string {
    const name = createHash('sha256').update(key).digest('hex')
    return join(this.path, 'kept', name.slice(0, 2), name)
  }

  /** A folder of the workspace for files that people look at (`reports`, `quarantine`, …), made if absent. */
  folder(name: string): string {
    const path = join(this.path, name)
    mkdirSync(path, { recursive: true })
    return path
  }
}

/** Whether a file is a draft of {@link writeWhole} whose process is gone; drafts of running ones are about to be renamed. */
function isAbandoned(name: string): boolean {
  const pid = DRAFT.exec(name)?.[1]
  return pid !== undefined && !runs(Number(pid))
}

/** A DuckDB for one piece of work: bounded memory, spilling into the given folder. */
export async function openDuckDb(folder: string, threads: number, memory = '2GB'): Promise<DuckDBInstance> {
  mkdirSync(folder, { recursive: true })
  return await DuckDBInstance.create(':memory:', {
    threads: String(Math.max(1, threads)),
    memory_limit: memory,
    temp_directory: folder,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  })
}
