import { fileURLToPath } from 'node:url'
import { runOf } from '../../src/core/run.ts'
import type { Table, TableBlock } from '../../src/models/table.ts'
import { boosting } from '../../src/models/trees/boosting.ts'
import { atMost, type Bench, equals, shown } from '../bench.ts'
import { childJson, peakGiB } from '../child.ts'

const SERIES = 30_490
const DAYS = 1941
const FEATURES = 40
const ROUNDS = 10
const LEAVES = 63
const SERIES_A_BLOCK = 32

interface Done {
  readonly rows: number
  readonly binning: number
  readonly training: number
  readonly peakGiB: number
  readonly trees: number
}

/** Trains in a process of its own, so that its peak of memory is its own. */
const bench: Bench = {
  about: '30,490 series × 1,941 days × 40 features trained from blocks: peak memory, seconds of binning and training',
  async measure({ smoke }) {
    const series = smoke ? 100 : SERIES
    const done = await childJson<Done>(process.execPath, [fileURLToPath(import.meta.url), String(series)])
    return [
      shown('rows', done.rows, 'rows'),
      equals('trees', done.trees, ROUNDS, 0, ''),
      atMost('peak memory', done.peakGiB, 4, 'GiB'),
      shown('binning, making the blocks included', done.binning, 's'),
      shown('training', done.training, 's'),
    ]
  },
}
export default bench

async function trainHere(series: number): Promise<Done> {
  const rows = series * DAYS
  const table: Table = {
    features: Array.from({ length: FEATURES }, (_, c) => ({ name: `x${c}`, categorical: false })),
    rows,
    blocks: () => blocks(series),
  }
  const options = { objective: { loss: 'l2' }, rounds: ROUNDS, leaves: LEAVES } as const
  const { seconds, ensemble } = await boosting(options).fit(table, runOf({ threads: 2 }))
  return { rows, ...seconds, peakGiB: peakGiB(), trees: ensemble.roots.length - 1 }
}

/** Blocks of some series each, made anew at every reading and overwritten by the next. */
function* blocks(series: number): Iterable<TableBlock> {
  const most = Math.min(series, SERIES_A_BLOCK) * DAYS
  const columns = Array.from({ length: FEATURES }, () => new Float32Array(most))
  const target = new Float32Array(most)
  for (let from = 0; from < series; from += SERIES_A_BLOCK) {
    const rows = Math.min(SERIES_A_BLOCK, series - from) * DAYS
    for (let c = 0; c < FEATURES; c++) fill(columns[c] as Float32Array, rows, c, Math.imul(from + 1, 0x9e3779b1) ^ c)
    const [a, b, d] = columns as [Float32Array, Float32Array, Float32Array]
    for (let r = 0; r < rows; r++)
      target[r] = (a[r] as number) * (b[r] as number) + ((d[r] as number) > 1 ? 2 : 0) + ((r * 37) % 101) / 101
    yield { rows, columns, target }
  }
}

/** Smooth numbers in the first columns, ever coarser ones in the later, some of them missing; from a xorshift generator. */
function fill(into: Float32Array, rows: number, column: number, seed: number): void {
  let state = seed | 1
  const steps = column < 16 ? 2 ** 24 : 2 ** (26 - (column >> 1))
  const missing = column % 8 === 7 ? 0x10000000 : 0
  for (let r = 0; r < rows; r++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    const u = Math.floor(((state >>> 0) / 2 ** 32) * steps) / steps
    into[r] = state >>> 0 < missing ? Number.NaN : u * u * 4 - 1
  }
}

if (import.meta.main) console.log(JSON.stringify(await trainHere(Number(process.argv[2]))))
