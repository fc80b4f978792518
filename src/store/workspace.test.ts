import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { takeLock } from './lock.ts'
import { Workspace } from './workspace.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'foretide-workspace-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** The number of a process that has ended. */
const ended = () => spawnSync(process.execPath, ['-e', '']).pid
const lockOf = (held: object) => writeFileSync(join(folder, 'lock'), JSON.stringify(held))

describe('lock', () => {
  test('refuses a second writer while the first runs, and only so long', () => {
    const first = takeLock(folder)
    expect(() => takeLock(folder)).toThrow(`(${process.pid})`)
    first.release()
    const second = takeLock(folder)
    second.confirm()
    second.release()
    expect(readdirSync(folder)).toEqual([])
  })

  test.each([
    ['a process that is gone', () => lockOf({ pid: ended(), began: '', token: 'x' })],
    ['a process whose number another has now', () => lockOf({ pid: process.pid, began: '1', token: 'x' })],
    ['nobody, since it is damaged', () => writeFileSync(join(folder, 'lock'), '{')],
  ])('takes over the lock of %s', (name, leave) => {
    // Without /proc nobody can tell when a process began.
    if (name.includes('number') && !existsSync('/proc/self/stat')) return
    leave()
    const lock = takeLock(folder)
    expect(JSON.parse(readFileSync(join(folder, 'lock'), 'utf8')).pid).toBe(process.pid)
    lock.release()
    expect(readdirSync(folder)).toEqual([])
  })

  test('a writer whose lock was taken changes nothing, and leaves the lock to its new owner', async () => {
    const workspace = Workspace.open(folder)
    await workspace.replace(async (into) => writeFileSync(join(into, 'a'), 'first'))
    const before = workspace.current
    const late = workspace.replace(async () => lockOf({ pid: process.ppid, began: '', token: 'other' }))
    await expect(late).rejects.toMatchObject({ code: 'workspace.locked' })
    expect(workspace.current).toBe(before)
    expect(JSON.parse(readFileSync(join(folder, 'lock'), 'utf8')).token).toBe('other')
  })
})

describe('Workspace', () => {
  test('a failed change leaves what was there; the next one sweeps its remains', async () => {
    const workspace = Workspace.open(folder)
    await workspace.replace(async (into) => writeFileSync(join(into, 'a'), 'first'))
    const spoil = workspace.replace(async (into, previous) => {
      expect(readFileSync(join(previous as string, 'a'), 'utf8')).toBe('first')
      writeFileSync(join(into, 'a'), 'half')
      throw new Error('disk full')
    })
    await expect(spoil).rejects.toThrow('disk full')
    expect(readFileSync(join(workspace.current as string, 'a'), 'utf8')).toBe('first')
    writeFileSync(join(folder, `manifest.json.${ended()}-0123abcd.tmp`), 'half')
    const ours = `manifest.json.${process.pid}-0123abcd.tmp`
    writeFileSync(join(folder, ours), 'about to be renamed')
    await workspace.replace(async (into) => writeFileSync(join(into, 'a'), 'second'))
    expect(readFileSync(join(workspace.current as string, 'a'), 'utf8')).toBe('second')
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([ours])
    expect(readdirSync(join(folder, 'generations')).length).toBe(2)
  })

  test('keeps results whole under any key', async () => {
    const { keep } = Workspace.open(folder)
    const key = '../回测:ets/w1'
    expect(await keep.get(key)).toBeUndefined()
    await keep.put(key, Uint8Array.of(1, 2, 3))
    await keep.put('other', Uint8Array.of(4))
    expect([...((await Workspace.open(folder).keep.get(key)) ?? [])]).toEqual([1, 2, 3])
  })

  test('refuses a manifest of another program, and reading before an import', () => {
    expect(() => Workspace.open(folder).source()).toThrow('holds no sales')
    mkdirSync(join(folder, 'other'))
    writeFileSync(join(folder, 'other', 'manifest.json'), '{"name":"site"}')
    expect(() => Workspace.open(join(folder, 'other'))).toThrow('not a manifest')
  })
})
