import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runOf } from '../../src/core/run.ts'
import { ingest } from '../../src/ingest/ingest.ts'
import { importInto } from '../../src/store/import.ts'
import { openDuckDb, Workspace } from '../../src/store/workspace.ts'
import { atMost, type Bench, Skip, shown } from '../bench.ts'

/** Imports the largest file that we have in a process of its own, so that its peak of memory is its own. */
const bench: Bench = {
  about: '47 million hourly rows to a daily panel: seconds and peak memory',
  async measure({ data, smoke, log }) {
    const file = join(data, 'freshretail_hourly.parquet')
    if (!existsSync(file))
      throw new Skip(`freshretail_hourly.parquet is not in ${data}; set FORETIDE_DATA to the folder of the data sets`)
    const folder = await mkdtemp(join(tmpdir(), 'foretide-hourly-'))
    try {
      const done = await importAlone(file, folder)
      log(`stages: ${done.stages}`)
      return [
        // The goals are for the whole file, of which a smoke run reads no less.
        smoke
          ? shown('import of freshretail_hourly to a daily panel', done.seconds, 's')
          : atMost('import of freshretail_hourly to a daily panel', done.seconds, 30, 's'),
        atMost('peak memory', done.peakGiB, 4, 'GiB'),
        shown('processor time', done.cpuSeconds, 's'),
        shown('rows', done.rows, ''),
        shown('series', done.series, ''),
        shown('cells', done.cells, ''),
        shown('reading the panel back', done.readSeconds, 's'),
      ]
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}
export default bench

interface Done {
  readonly rows: number
  readonly series: number
  readonly cells: number
  readonly seconds: number
  readonly readSeconds: number
  readonly cpuSeconds: number
  readonly peakGiB: number
  readonly stages: string
}

async function importAlone(file: string, folder: string): Promise<Done> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), file, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  if (code !== 0) throw new Error(`the import ended with ${code}`)
  return JSON.parse(Buffer.concat(chunks).toString()) as Done
}

/** The child: what `foretide import FILE --freq day` does, then one reading of all blocks. */
async function importHere(file: string, folder: string): Promise<Done> {
  const begun = performance.now()
  const since = () => (performance.now() - begun) / 1000
  const workspace = Workspace.open(join(folder, 'workspace'))
  const duckdb = await openDuckDb(join(folder, 'spill'), 2)
  const connection = await duckdb.connect()
  const run = runOf({ threads: 2 })
  const marks: string[] = []
  const timed = runOf({
    threads: 2,
    progress: ({ done, total }) => marks.push(`${done}/${total} ${since().toFixed(1)}`),
  })
  const staged = await ingest(connection, [file], {}, run)
  marks.push(`read ${since().toFixed(1)}`)
  const facts = await importInto(workspace, staged, connection, { freq: 'day' }, timed)
  connection.closeSync()
  duckdb.closeSync()
  const seconds = since()
  let cells = 0
  for await (const block of workspace.source().blocks()) cells += block.target.length
  const { user, system } = process.cpuUsage()
  return {
    rows: staged.reduce((sum, table) => sum + table.rows, 0),
    series: facts.series,
    cells,
    seconds,
    readSeconds: since() - seconds,
    cpuSeconds: (user + system) / 1e6,
    // Kibibytes on Linux, as getrusage gives them.
    peakGiB: process.resourceUsage().maxRSS / 2 ** 20,
    stages: marks.join(', '),
  }
}

if (import.meta.main) {
  const [file = '', folder = ''] = process.argv.slice(2)
  console.log(JSON.stringify(await importHere(file, folder)))
}
