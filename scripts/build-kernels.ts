// Compiles the WebAssembly kernels of the tree engine from their AssemblyScript sources; the results are committed.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const kernels = join(root, 'src/models/trees/kernels')
const into = process.argv[2] ?? kernels

for (const file of readdirSync(join(kernels, 'assembly')).filter((name) => name.endsWith('.ts'))) {
  const args = [
    join(root, 'node_modules/assemblyscript/bin/asc.js'),
    join(kernels, 'assembly', file),
    ...['--outFile', join(into, file.replace(/\.ts$/, '.wasm'))],
    ...['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
    ...['--enable', 'threads', '--enable', 'simd', '--runtime', 'stub', '--noAssert', '-O3', '--converge'],
  ]
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
