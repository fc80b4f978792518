import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

test('the committed kernels are what their sources compile to', () => {
  const into = mkdtempSync(join(tmpdir(), 'foretide-kernels-'))
  try {
    const script = join(import.meta.dirname, '../../../../scripts/build-kernels.ts')
    const { status, stderr } = spawnSync(process.execPath, [script, into], { encoding: 'utf8' })
    expect(stderr).toBe('')
    expect(status).toBe(0)
    const kernels = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.wasm'))
    expect(kernels(into)).not.toEqual([])
    expect(kernels(import.meta.dirname)).toEqual(kernels(into))
    // Run `npm run build:kernels` and commit the result if these differ.
    for (const name of kernels(into))
      expect(readFileSync(join(import.meta.dirname, name)).equals(readFileSync(join(into, name))), name).toBe(true)
  } finally {
    rmSync(into, { recursive: true })
  }
})
