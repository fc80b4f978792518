import { existsSync, globSync, mkdirSync, writeFileSync } from 'node:fs'
import { arch, availableParallelism, cpus, totalmem } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Bench, type Figure, Skip } from './bench.ts'

const here = dirname(fileURLToPath(import.meta.url))
const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    list: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    smoke: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
})

const names = globSync('*/*.ts', { cwd: here })
  .filter((file) => !file.startsWith('peers'))
  .map((file) => file.replaceAll('\\', '/').slice(0, -3))
  .sort()
const load = async (name: string): Promise<Bench> => (await import(`./${name}.ts`)).default

if (flags.list || positionals.length === 0) {
  for (const name of names) console.log(`${name.padEnd(32)} ${(await load(name)).about}`)
  process.exit(0)
}

const chosen = names.filter((name) => positionals.some((p) => name === p || name.startsWith(`${p}/`)))
const unknown = positionals.filter((p) => !names.some((name) => name === p || name.startsWith(`${p}/`)))
if (unknown.length > 0) {
  console.error(`No such bench: ${unknown.join(', ')}. See npm run bench -- --list`)
  process.exit(2)
}

const pythonOf = (environment: string) => {
  const python = join(process.env.FORETIDE_PEERS ?? join(here, 'peers'), environment, 'bin/python')
  return existsSync(python) ? python : undefined
}
const context = {
  data: process.env.FORETIDE_DATA ?? resolve(here, '../../shared/data'),
  python: pythonOf('venv'),
  autogluon: pythonOf('venv-autogluon'),
  smoke: flags.smoke,
  log: (line: string) => console.error(line),
}
const machine = `${cpus()[0]?.model ?? arch()}, ${availableParallelism()} threads, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`
const document: { bench: string; machine: string; figures: readonly Figure[]; skipped?: string }[] = []
let failed = false
for (const name of chosen) {
  console.error(`— ${name}`)
  try {
    document.push({ bench: name, machine, figures: await (await load(name)).measure(context) })
  } catch (error) {
    if (!(error instanceof Skip)) {
      failed = true
      console.error(error)
    }
    document.push({
      bench: name,
      machine,
      figures: [],
      skipped: error instanceof Error ? error.message : String(error),
    })
  }
}

if (flags.keep && !flags.smoke) {
  const day = new Date().toISOString().slice(0, 10)
  for (const entry of document) {
    if (entry.figures.length === 0) continue
    const file = join(here, 'results', `${day}-${entry.bench.replace('/', '-')}.json`)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, `${JSON.stringify({ date: new Date().toISOString(), ...entry }, null, 2)}\n`)
  }
}
if (flags.json) console.log(JSON.stringify(document, null, 2))
else
  for (const { bench, figures, skipped } of document) {
    console.log(`\n${bench}${skipped ? `  skipped: ${skipped}` : ''}`)
    for (const { figure, value, unit, goal, met, against } of figures) {
      const verdict = met === undefined ? '' : met ? 'met' : 'MISSED'
      const number = Number.isInteger(value) ? String(value) : value.toPrecision(5)
      console.log(
        `  ${figure.padEnd(58)} ${number.padStart(12)} ${unit.padEnd(8)} ${(goal ?? '').padEnd(18)} ${verdict.padEnd(7)} ${against ?? ''}`,
      )
    }
  }
process.exit(failed ? 1 : 0)
