import { sharedFloat64, sharedInt32, sharedUint8 } from '../../core/memory.ts'
import { at, Mask, type Panel } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { checkInterrupt } from '../../core/run.ts'
import { type FeatureBlock, features } from '../../features/features.ts'
import { columnsFor, derive, relate } from './assemble.ts'
import { type Batch, hasEnough, type Learnt, type Refuse } from './batch.ts'
import { type Calibration, correct, unitOf } from './calibration.ts'
import { ascend, quantileOf, scoresOf } from './grid.ts'
import { type Chunk, chunksOf, type Ground } from './ground.ts'
import { type Said, say } from './heads.ts'
import { memoryOf } from './memory-of.ts'
import { PastOf } from './past.ts'
import { addRow, type RowPlace, Rows } from './rows.ts'
import { segmentOf } from './segments.ts'

/** Cells of all tracks of a batch at the most. */
const BATCH_CELLS = 4_000_000

/**
 * Asks about one step after the other, every answer fed back as if it had happened: along one track for the means, and along sample
 * tracks, each step of which is drawn from the calibrated distribution of one step ahead, for the quantiles.
 *
 * Features of the newest targets are made anew at each step from as much of the past as they can see; what else only the past
 * shows stays as it was at the cutoff. With `every` only every so many series are asked about.
 */
export async function* recursed(ground: Ground, learnt: Learnt, refuse: Refuse, every = 1): AsyncIterable<Batch> {
  const { window, settings } = ground
  const past = new PastOf(ground.past)
  const memory = memoryOf(ground)
  const tracks = settings.samples + 1
  for await (const chunk of chunksOf(ground, 1)) {
    const { past: panel, known, first } = chunk
    const size = Math.max(1, Math.floor(BATCH_CELLS / (tracks * (Math.min(memory, 2000) + window.horizon))))
    let held: Traced[] = []
    for (let i = 0; i < panel.ids.length; i++) {
      past.load(panel, i)
      if ((first + i) % every === 0 && hasEnough(past, first + i, settings, refuse)) {
        const segment = segmentOf(ground.segments, panel, i, past)
        held.push({ local: i, series: first + i, segment, signed: past.least() < 0 })
      }
      if (held.length < size && (i + 1 < panel.ids.length || held.length === 0)) continue
      yield { known, first, ...(await trace(ground, learnt, chunk, held, memory)) }
      held = []
    }
  }
}

interface Traced {
  readonly local: number
  readonly series: number
  readonly segment: number
  readonly signed: boolean
}

/** The last periods of every track, which move on by one with each step. */
interface Tracks {
  readonly count: number
  readonly length: number
  readonly values: Float64Array
  readonly mask: Uint8Array
}

async function trace(
  ground: Ground,
  learnt: Learnt,
  chunk: Chunk,
  traced: readonly Traced[],
  memory: number,
): Promise<{ readonly rows: Rows; readonly said: Said }> {
  const { window, settings, run } = ground
  const { horizon, cutoff } = window
  const each = settings.samples + 1
  const levels = learnt.calibration.levels
  const asked = new Rows(traced.length * horizon)
  const n = traced.length * horizon
  const said = { mean: new Float64Array(n), grid: new Float64Array(n * levels.length) }
  const randoms = traced.map(({ local }) => Random.of(run.seed, `${learnt.name}:${chunk.past.ids[local]}:track`))
  const tracks = tracksOf(chunk.past, traced, each, memory, horizon)
  const rows = new Rows(tracks.count)
  const columns = columnsFor(ground.layout, tracks.count)
  const samples = new Float64Array(settings.samples)
  const past = new PastOf(ground.past)
  let block: FeatureBlock | undefined
  for (let h = 0; h < horizon; h++) {
    checkInterrupt(run)
    const panel = panelAt(chunk.past, tracks, cutoff, h)
    block = await features(panel, nextOf(panel), ground.layout.fed, run, {
      recent: 0,
      ...(block ? { into: block } : {}),
    })
    rows.count = 0
    for (let k = 0; k < tracks.count; k++) {
      const { local, series, segment } = traced[Math.floor(k / each)] as Traced
      past.load(panel, k)
      const place: RowPlace = { series, local, segment, start: at(panel.start, k) }
      addRow(rows, settings, past, place, cutoff + h, cutoff + h + 1, Number.NaN)
      if (k % each === 0) asked.copy(rows, k, Math.floor(k / each) * horizon + h)
    }
    fill(ground, chunk, block, rows, h, columns)
    const answer = await say(learnt.heads, { rows, columns }, settings, run)
    traced.forEach(({ local, signed }, i) => {
      const row = i * horizon + h
      const closed = (at(chunk.known.mask, local * horizon + h) & Mask.closed) !== 0
      asked.own[row] = cutoff + h + 1
      asked.step[row] = Math.min(h + 1, learnt.horizon)
      asked.signed[row] = signed ? 1 : 0
      for (let p = 0; p < each; p++) {
        const k = i * each + p
        const drawn =
          p === 0
            ? at(answer.mean, k)
            : draw(learnt.oneStep ?? learnt.calibration, rows, answer, k, randoms[i] as Random)
        const y = signed ? drawn : Math.max(0, drawn)
        if (p === 0) said.mean[row] = y
        else samples[p - 1] = y
        tracks.values[k * (tracks.length + horizon) + tracks.length + h] = closed ? Number.NaN : y
      }
      samples.sort()
      levels.forEach((level, l) => {
        said.grid[row * levels.length + l] = empirical(samples, level)
      })
    })
  }
  asked.count = n
  return { rows: asked, said }
}

/** One value from the distribution of one step ahead. */
function draw(oneStep: Calibration, rows: Rows, { mean, grid }: Said, row: number, random: Random): number {
  const n = oneStep.levels.length
  const line = new Float64Array(n)
  if (oneStep.quantiles && grid.length > 0) line.set(grid.subarray(row * n, (row + 1) * n))
  else line.fill(at(mean, row))
  ascend(line, 0, n)
  const level = at(rows.level, row) || 0
  correct(oneStep, line, 0, 1, level, unitOf(line, 0, oneStep.levels, level, at(mean, row)))
  return quantileOf(line, 0, scoresOf(oneStep.levels), random.normal())
}

function empirical(sorted: Float64Array, level: number): number {
  const place = Math.min(sorted.length - 1, Math.max(0, level * sorted.length - 0.5))
  const below = Math.floor(place)
  const left = at(sorted, below)
  return place > below ? left + (place - below) * (at(sorted, below + 1) - left) : left
}

function tracksOf(panel: Panel, traced: readonly Traced[], each: number, memory: number, horizon: number): Tracks {
  const length = traced.reduce(
    (most, { local }) => Math.max(most, Math.min(memory, at(panel.offsets, local + 1) - at(panel.offsets, local))),
    1,
  )
  const count = traced.length * each
  const room = length + horizon
  const values = new Float64Array(count * room).fill(Number.NaN)
  const mask = new Uint8Array(count * room)
  for (let k = 0; k < count; k++) {
    const { local } = traced[Math.floor(k / each)] as Traced
    const to = at(panel.offsets, local + 1)
    const from = Math.max(at(panel.offsets, local), to - length)
    values.set(panel.target.subarray(from, to), k * room + length - (to - from))
    mask.set(panel.mask.subarray(from, to), k * room + length - (to - from))
  }
  return { count, length, values, mask }
}

/** The tracks as they stand before step `h`, counted from 0. */
function panelAt(like: Panel, { count, length, values, mask }: Tracks, cutoff: number, h: number): Panel {
  const room = values.length / Math.max(1, count)
  const offsets = sharedInt32(count + 1)
  const target = sharedFloat64(count * length)
  const masks = sharedUint8(count * length)
  const start = sharedInt32(count).fill(cutoff + h + 1 - length)
  for (let k = 0; k < count; k++) {
    offsets[k + 1] = (k + 1) * length
    target.set(values.subarray(k * room + h, k * room + h + length), k * length)
    masks.set(mask.subarray(k * room + h, k * room + h + length), k * length)
  }
  const ids = new Array<string>(count).fill('')
  return { ...like, ids, start, offsets, target, mask: masks, columns: new Map(), statics: new Map() }
}

/** The one period after a panel, of which nothing is known. */
function nextOf(panel: Panel): Panel {
  const n = panel.ids.length
  const offsets = sharedInt32(n + 1)
  const start = sharedInt32(n)
  for (let k = 0; k < n; k++) {
    offsets[k + 1] = k + 1
    start[k] = at(panel.start, k) + at(panel.offsets, k + 1) - at(panel.offsets, k)
  }
  return { ...panel, start, offsets, target: sharedFloat64(n).fill(Number.NaN), mask: sharedUint8(n) }
}

/** Columns of the tracks' rows at step `h`, counted from 0. */
function fill(
  ground: Ground,
  chunk: Chunk,
  fed: FeatureBlock,
  rows: Rows,
  h: number,
  columns: readonly Float32Array[],
): void {
  const { layout, settings } = ground
  layout.sources.forEach(({ place, column, fed: own }, f) => {
    const into = columns[f] as Float32Array
    if (own !== undefined) {
      into.set(fed.future.subarray(own * fed.steps, own * fed.steps + rows.count))
      return
    }
    const block = place === 'phase' ? (chunk.phases[0] as FeatureBlock) : chunk.main
    const step = place === 'origin' ? 0 : h
    for (let r = 0; r < rows.count; r++)
      into[r] = at(block.future, column * block.steps + at(rows.local, r) * block.horizon + step)
  })
  derive(ground.derived, layout, chunk, rows, columns)
  relate(rows, layout, settings, columns)
}
