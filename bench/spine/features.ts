import { availableParallelism } from 'node:os'
import { Calendar } from '../../src/core/calendar.ts'
import { sharedFloat64, sharedInt32, sharedUint8 } from '../../src/core/memory.ts'
import type { Panel } from '../../src/core/panel.ts'
import { Random } from '../../src/core/random.ts'
import { runOf } from '../../src/core/run.ts'
import { type FeatureBlock, features } from '../../src/features/features.ts'
import { rollingDeviation } from '../../src/features/kernels/deviation.ts'
import { rollingExtreme } from '../../src/features/kernels/extreme.ts'
import { Observed, type Target } from '../../src/features/kernels/observed.ts'
import { rollingQuantile } from '../../src/features/kernels/quantile.ts'
import { copyValues, exponentialMean } from '../../src/features/kernels/recent.ts'
import { seasonalMean } from '../../src/features/kernels/seasonal.ts'
import { rollingActive, rollingSum } from '../../src/features/kernels/sum.ts'
import { featureSpec } from '../../src/features/spec.ts'
import { atMost, type Bench, shown } from '../bench.ts'

const DAYS = 1000
const BLOCK = 1000
const HORIZON = 7

/** Forty features of a usual daily model: 12 lags, 20 rolling statistics, 3 weekday means, 3 exponential means, 2 shares. */
const SPEC = featureSpec({
  families: [
    { family: 'lags', lags: [7, 8, 9, 10, 11, 12, 13], seasons: [2, 3, 4, 8, 52] },
    { family: 'rolling', windows: [7, 14, 28, 56], stats: ['mean', 'std', 'min', 'max', 'sum'] },
    { family: 'seasonal', counts: [4, 8, 12] },
    { family: 'exponential', halfLives: [3, 7, 28] },
    { family: 'rolling', windows: [28, 91], stats: ['activeShare'] },
  ],
})

/** A block of daily series: counts as shops have them, or fractions (kilograms), `missing` of them gaps. */
function blockOf(kind: 'counts' | 'fractions', missing: number): readonly [Panel, Panel] {
  const random = Random.of(7, kind)
  const panel = (length: number, first: number): Panel => {
    const offsets = sharedInt32(BLOCK + 1)
    for (let i = 0; i < BLOCK; i++) offsets[i + 1] = (i + 1) * length
    return {
      calendar: new Calendar({ unit: 'day' }),
      keys: ['item'],
      ids: Array.from({ length: BLOCK }, (_, i) => `${i}`),
      start: sharedInt32(BLOCK).fill(first),
      offsets,
      target: sharedFloat64(BLOCK * length).fill(Number.NaN),
      mask: sharedUint8(BLOCK * length),
      columns: new Map(),
      statics: new Map(),
    }
  }
  const past = panel(DAYS, 19_000)
  for (let i = 0; i < BLOCK; i++) {
    const mean = Math.exp(2 * random.normal())
    for (let k = 0; k < DAYS; k++) {
      if (random.uniform() < missing) continue
      const level = mean * (k % 7 > 4 ? 1.6 : 1)
      past.target[i * DAYS + k] = kind === 'counts' ? random.poisson(level) : level * random.gamma(2)
    }
  }
  return [past, panel(HORIZON, 19_000 + DAYS)]
}

/** A sum over a number of every cache line of a block, which must come out the same after each pass over wiped memory; gaps count 1. */
function checksum(block: FeatureBlock): number {
  let sum = 0
  for (const line of [block.past, block.future])
    for (let k = 0; k < line.length; k += 16) {
      const x = line[k] as number
      sum += Number.isNaN(x) ? 1 : x
    }
  return sum
}

async function pass(kind: 'counts' | 'fractions', missing: number, blocks: number, threads: number) {
  const [past, known] = blockOf(kind, missing)
  const run = runOf({ threads })
  let into = await features(past, known, SPEC, run)
  const expected = checksum(into)
  let spent = 0
  let processor = 0
  for (let b = 0; b < blocks; b++) {
    into.past.fill(-1)
    const used = process.cpuUsage()
    const from = performance.now()
    into = await features(past, known, SPEC, run, { into })
    spent += performance.now() - from
    const { user, system } = process.cpuUsage(used)
    processor += user + system
    if (checksum(into) !== expected) throw new Error('a block came out differently')
  }
  return {
    seconds: spent / 1000,
    processor: processor / 1e6,
    columns: into.features.length,
    cells: blocks * past.target.length,
  }
}

/** Nanoseconds a value of single kernels on one thread, the best of a few rounds. */
function kernelTimes(): { name: string; ns: number }[] {
  const [past] = blockOf('counts', 0)
  const out = new Float32Array(DAYS + 7)
  const target: Target = { out, shift: 7, atLeast: 1 }
  const o = new Observed()
  const table: Record<string, () => void> = {
    lag: () => copyValues(o, target),
    'rolling mean 28': () => rollingSum(o, 28, 'mean', target),
    'rolling std 28': () => rollingDeviation(o, 28, target),
    'rolling min 28': () => rollingExtreme(o, 28, -1, target),
    'rolling max 28': () => rollingExtreme(o, 28, 1, target),
    'rolling median 28': () => rollingQuantile(o, 28, 0.5, target),
    'nonzero share 28': () => rollingActive(o, 28, true, target),
    'exponential mean': () => exponentialMean(o, 0.1, target),
    'mean of 4 weekdays': () => seasonalMean(o, 7, 4, target),
  }
  return Object.entries(table).map(([name, kernel]) => {
    let best = Number.POSITIVE_INFINITY
    for (let round = 0; round < 4; round++) {
      let spent = 0
      for (let i = 0; i < 100; i++) {
        o.load(past.target.subarray(i * DAYS, (i + 1) * DAYS))
        const from = performance.now()
        kernel()
        spent += performance.now() - from
      }
      best = Math.min(best, spent)
    }
    return { name, ns: (best * 1e6) / (100 * DAYS) }
  })
}

export default {
  about: '40 lag and rolling features over 30 million rows (30,000 series × 1,000 days), 2 worker threads',
  async measure({ smoke, log }) {
    const threads = Math.min(2, availableParallelism())
    const blocks = smoke ? 1 : 30
    const counts = await pass('counts', 0, blocks, threads)
    log(`counts: ${counts.seconds.toFixed(2)} s`)
    const few = smoke ? 1 : 10
    const scale = blocks / few
    const fractions = await pass('fractions', 0, few, threads)
    const gaps = await pass('counts', 0.1, few, threads)
    const perCell = (counts.processor * 1e9) / (counts.cells * counts.columns)
    return [
      atMost(
        `${counts.columns} features × ${counts.cells / 1e6} M rows, 2 threads`,
        counts.seconds,
        5,
        's',
        'in 30 blocks of 1 M rows; all columns of a block written as Float32 (160 MB), read back, then overwritten',
      ),
      shown('processor time of that, all threads', counts.processor, 's', 'what other programs do changes it least'),
      shown('the same on fractional values, from a third of it', fractions.seconds * scale, 's'),
      shown('the same with a tenth missing, from a third of it', gaps.seconds * scale, 's'),
      shown('processor time of a cell of one feature', perCell, 'ns'),
      ...kernelTimes().map(({ name, ns }) => shown(`kernel: ${name}`, ns, 'ns/cell')),
    ]
  },
} satisfies Bench
