import { randomUUID } from 'node:crypto'
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ForetideError } from '../core/errors.ts'

interface Held {
  readonly pid: number
  /** When that process began, in clock ticks since boot, so that a recycled number is not mistaken for it; empty where unknown. */
  readonly began: string
  readonly token: string
}

/** When a process began, as the kernel says; empty where it does not. */
function beganOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

function lives({ pid, began }: Held): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  return began === '' || beganOf(pid) === began
}

/**
 * Takes the lock of a folder against a second writer and returns how to give it back.
 *
 * The lock file appears with its content in one step (a hard link), and one left by a process that is gone is taken over.
 * Refuses while another process that still runs holds it.
 */
export function takeLock(folder: string): () => void {
  const path = join(folder, 'lock')
  const mine: Held = { pid: process.pid, began: beganOf(process.pid), token: randomUUID() }
  const draft = join(folder, `lock-${mine.token}`)
  writeFileSync(draft, JSON.stringify(mine))
  try {
    for (;;) {
      try {
        linkSync(draft, path)
        break
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      }
      const held = readLock(path)
      if (held && lives(held)) throw new ForetideError('workspace.locked', { path: folder, pid: held.pid })
      rmSync(path, { force: true })
    }
  } finally {
    rmSync(draft, { force: true })
  }
  return () => {
    if (existsSync(path) && readLock(path)?.token === mine.token) rmSync(path, { force: true })
  }
}

function readLock(path: string): Held | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Held
  } catch {
    return undefined
  }
}
