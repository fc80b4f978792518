import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DuckDBInstance } from '@duckdb/node-api'
import { atMost, type Bench, type Figure, Skip, shown } from '../bench.ts'

const PROGRAM = fileURLToPath(new URL('../../src/serve/cli.ts', import.meta.url))
/** What is asked of each preset: seconds from the file to quantiles, and GiB. */
const GOALS = { 'auto-fast': 90, auto: 600 } as const
const MEMORY = 6
/** Days that are history; the seven after them are known by their plans alone. Nothing that the protocol withholds is written. */
const DAYS = 55
const HORIZON = 7

const bench: Bench = {
  about: 'groceries from a CSV file to quantiles of 42,421 series by the command line: seconds and peak memory',
  async measure({ data, smoke, log }) {
    const parquet = join(data, 'freshretail_daily.parquet')
    if (!existsSync(parquet))
      throw new Skip(`freshretail_daily.parquet is not in ${data}; set FORETIDE_DATA to the folder of the data sets`)
    const folder = await mkdtemp(join(tmpdir(), 'foretide-seconds-'))
    try {
      const csv = join(folder, 'groceries.csv')
      await written(parquet, csv, smoke ? 3 : undefined)
      const figures: Figure[] = [shown('size of the file', (await stat(csv)).size / 1e6, 'MB')]
      const asked = process.env.FORETIDE_PRESETS?.split(',')
      for (const name of Object.keys(GOALS) as (keyof typeof GOALS)[]) {
        if ((smoke && name !== 'auto-fast') || (asked && !asked.includes(name))) continue
        const workspace = ['--workspace', join(folder, name)]
        const read = await timed(['import', csv, ...COLUMNS, ...workspace], log)
        const out = join(folder, `${name}.csv`)
        const told = ['--models', name, '--horizon', String(HORIZON), '--metric', 'wape', '--out', out]
        const said = await timed(['forecast', ...told, ...workspace], log)
        figures.push(
          atMost(`${name}: from the file to quantiles`, read.seconds + said.seconds, GOALS[name], 's'),
          shown(`${name}: of that reading the file`, read.seconds, 's'),
          atMost(`${name}: peak memory`, Math.max(read.peakGiB, said.peakGiB), MEMORY, 'GiB'),
        )
      }
      return figures
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}
export default bench

const STATICS = ['city_id', 'management_group_id', 'first_category_id', 'second_category_id', 'third_category_id']
const KNOWN = ['discount', 'holiday', 'activity']
const PAST = ['precpt', 'temperature', 'humidity', 'wind']
const COLUMNS = [
  ...['--as', 'sales', '--id', 'store_id,product_id', '--date', 'dt', '--target', 'sale', '--freq', 'day'],
  ...['--known', KNOWN.join(','), '--past', [...PAST, 'stockout_hours'].join(','), '--static', STATICS.join(',')],
]

async function written(parquet: string, csv: string, stores?: number): Promise<void> {
  const connection = await (await DuckDBInstance.create()).connect()
  const days = `dt - (SELECT min(dt) FROM '${parquet}')`
  const past = [...PAST.map((name) => [name, name]), ['stockout_h6_22', 'stockout_hours'], ['sale', 'sale']]
  await connection.run(
    `COPY (SELECT dt, store_id, product_id, ${[...STATICS, ...KNOWN]},
      ${past.map(([from, to]) => `CASE WHEN ${days} < ${DAYS} THEN ${from} END AS ${to}`)}
      FROM '${parquet}' WHERE ${days} < ${DAYS + HORIZON} ${stores === undefined ? '' : `AND store_id < ${stores}`})
     TO '${csv}' (HEADER)`,
  )
  connection.closeSync()
}

/** Runs a command in a process of its own and looks how large it gets. */
async function timed(args: readonly string[], log: (line: string) => void) {
  const begun = performance.now()
  const child = spawn(process.execPath, [PROGRAM, ...args, '--quiet', '--threads', '2'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  child.stdout.on('data', (chunk: Buffer) => log(chunk.toString().trimEnd()))
  let peakGiB = 0
  const looking = setInterval(() => {
    try {
      const kibibytes = /VmHWM:\s*(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]
      peakGiB = Math.max(peakGiB, Number(kibibytes ?? 0) / 2 ** 20)
    } catch {
      // It has ended, or this is not Linux.
    }
  }, 200)
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  clearInterval(looking)
  if (code !== 0) throw new Error(`foretide ${args[0]} ended with ${code}`)
  const seconds = (performance.now() - begun) / 1000
  log(`${args[0]}: ${seconds.toFixed(1)} s, ${peakGiB.toFixed(2)} GiB`)
  return { seconds, peakGiB }
}
