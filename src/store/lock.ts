import { randomUUID } from 'node:crypto'
import { linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
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

/** Whether a process of that number runs, be it ours to signal or not. */
export function runs(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

const lives = ({ pid, began }: Held) => runs(pid) && (began === '' || beganOf(pid) === began)

/** A lock that this process holds. */
export interface Lock {
  /** Refuses where another process has taken the lock meanwhile, since nothing of this one may take effect any more. */
  confirm(): void
  release(): void
}

/**
 * Takes the lock of a folder against a second writer.
 *
 * The lock file appears with its content in one step (a hard link), and one left by a process that is gone is taken over.
 * Refuses while another process that still runs, or another change of this one, holds it.
 */
export function takeLock(folder: string): Lock {
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
      removeStale(path, held, `${draft}-stale`)
    }
  } finally {
    rmSync(draft, { force: true })
  }
  sweepDrafts(folder)
  return {
    confirm() {
      const held = readLock(path)
      if (held?.token !== mine.token)
        throw new ForetideError('workspace.locked', { path: folder, pid: held?.pid ?? '?' })
    },
    release() {
      if (readLock(path)?.token === mine.token) rmSync(path, { force: true })
    },
  }
}

/** Moves a stale lock away; where another process was quicker and the file is its own lock by now, that is put back. */
function removeStale(path: string, stale: Held | undefined, aside: string): void {
  try {
    renameSync(path, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  const moved = readLock(aside)
  try {
    if (moved && moved.token !== stale?.token) linkSync(aside, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(aside, { force: true })
  }
}

/** Removes what processes killed while they took a lock have left. */
function sweepDrafts(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!name.startsWith('lock-')) continue
    const held = readLock(join(folder, name))
    if (!held || !lives(held)) rmSync(join(folder, name), { force: true })
  }
}

function readLock(path: string): Held | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Held
  } catch {
    return undefined
  }
}
