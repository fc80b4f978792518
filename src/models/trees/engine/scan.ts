import { at } from '../../../core/panel.ts'
import type { FeatureBins } from '../bins.ts'
import { type Growth, gainOf, isPlain, type LeafBounds, leafOutput } from './growth.ts'
import type { EngineKernel } from './kernel.ts'
import { COLUMN_BYTES, type Layout, RECORD, SCRATCH_ROWS } from './layout.ts'

/** Where things lie in the record of a split. */
export const Split = { gain: 0, column: 1, bin: 2, missingLeft: 3, g: 4, h: 5, categorical: 6, set: 8 } as const

/** First parameter of each of two leaves to scan, and how many they have: slot, g, h, rows, parent output, lower, upper, seed. */
export const LEAF_PARAMETERS = 4
export const LEAF_PARAMETER_COUNT = 8
/** Parameters after those of the leaves: size of a step of gradient and hessian. */
export const STEP_PARAMETER = LEAF_PARAMETERS + 2 * LEAF_PARAMETER_COUNT

interface Leaf extends LeafBounds {
  readonly histogram: number
  /** Sums in steps. */
  readonly g: number
  readonly h: number
  readonly rows: number
  readonly seed: number
  /** Worth of a step of gradient and of hessian. */
  readonly gStep: number
  readonly hStep: number
  /** What the leaf gains as it is. */
  readonly gain: number
}

/**
 * Looks for the best split of a leaf among the active columns in places `from` … `to`, whose histograms are done, and writes its record.
 *
 * Columns are looked at in order and a later one must be strictly better, so that threads may share them out.
 */
export function scannerOf(layout: Layout, kernel: EngineKernel, index: number) {
  const { buffer } = layout.memory
  const { growth, bins } = layout
  const columns = bins.length
  const p = new Float64Array(buffer, layout.parameters, 32)
  const allowed = new Uint8Array(buffer, layout.allowed, 2 * columns)
  const plain = isPlain(growth)
  const active = new Int32Array(buffer, layout.active, columns + 1)
  const found = layout.scratch + layout.threads * SCRATCH_ROWS * 8 + index * 64
  const out = new Float64Array(buffer, found, 8)
  const records = [0, 1].map(
    (child) => new Float64Array(buffer, layout.splits + (index * 2 + child) * RECORD * 8, RECORD),
  )
  const sumsAt = (histogram: number, column: FeatureBins) => new Float64Array(buffer, histogram, 2 * column.bins)

  return (child: number, from: number, to: number): void => {
    const q = LEAF_PARAMETERS + child * LEAF_PARAMETER_COUNT
    const gStep = p[STEP_PARAMETER] as number
    const hStep = p[STEP_PARAMETER + 1] as number
    const bounds = { parentOutput: p[q + 4] as number, lower: p[q + 5] as number, upper: p[q + 6] as number }
    const g = p[q + 1] as number
    const h = p[q + 2] as number
    const rows = p[q + 3] as number
    const output = leafOutput(growth, g * gStep, h * hStep, rows, bounds)
    const leaf: Leaf = {
      ...bounds,
      histogram: layout.histograms + (p[q] as number) * columns * COLUMN_BYTES,
      g,
      h,
      rows,
      gStep,
      hStep,
      seed: p[q + 7] as number,
      gain: plain ? (g * gStep * (g * gStep)) / (h * hStep + growth.l2) : gainOf(growth, g * gStep, h * hStep, output),
    }
    const record = records[child] as Float64Array
    record[Split.gain] = 0
    record[Split.column] = -1
    const least = Math.max(growth.minHessian / hStep, ((growth.minRows - 0.5) * h) / rows)
    for (let place = from; place < to; place++) {
      const c = at(active, 1 + place)
      if (allowed[child * columns + c] === 0) continue
      const column = bins[c] as FeatureBins
      const histogram = leaf.histogram + place * COLUMN_BYTES
      if (column.feature.categorical) {
        scanCategories(growth, leaf, column, sumsAt(histogram, column), c, record, least)
      } else if (plain) {
        const missing = column.missing ? 1 : 0
        const numbers = column.bins - missing
        const best = kernel.scan(histogram, numbers, missing, g, h, growth.l2 / hStep, least, found)
        if (best < 0) continue
        const gain = (best * gStep * gStep) / hStep - leaf.gain - growth.minGain
        if (gain > (record[Split.gain] as number)) {
          record[Split.gain] = gain
          record[Split.column] = c
          record[Split.bin] = out[0] as number
          record[Split.missingLeft] = out[1] as number
          record[Split.g] = out[2] as number
          record[Split.h] = out[3] as number
          record[Split.categorical] = 0
        }
      } else scanNumbers(growth, leaf, column, sumsAt(histogram, column), c, record, least)
    }
  }
}

/** What both sides of a split gain together, or −∞ where a rule forbids it. */
function gainOfSides(growth: Growth, leaf: Leaf, gl: number, hl: number, sign: number, l2: number): number {
  const { gStep, hStep } = leaf
  const gr = leaf.g - gl
  const hr = leaf.h - hl
  const scale = leaf.rows / leaf.h
  const left = leafOutput(growth, gl * gStep, hl * hStep, hl * scale, leaf, l2)
  const right = leafOutput(growth, gr * gStep, hr * hStep, hr * scale, leaf, l2)
  if (sign !== 0 && (right - left) * sign < 0) return Number.NEGATIVE_INFINITY
  return gainOf(growth, gl * gStep, hl * hStep, left, l2) + gainOf(growth, gr * gStep, hr * hStep, right, l2)
}

/** A threshold on numbers with any of the rules, missing values to either side. */
function scanNumbers(
  growth: Growth,
  leaf: Leaf,
  column: FeatureBins,
  sums: Float64Array,
  c: number,
  record: Float64Array,
  least: number,
): void {
  const numbers = column.bins - (column.missing ? 1 : 0)
  const sign = growth.monotone?.[c] ?? 0
  const only = growth.extra ? chance(leaf.seed, c, numbers - 1) : -1
  // Of equal splits the one with missing values on the left and the highest threshold, as the kernel takes it.
  const before = record[Split.gain] as number
  let best = Number.NEGATIVE_INFINITY
  for (let direction = column.missing ? 1 : 0; direction >= 0; direction--) {
    const ties = !column.missing || direction === 1
    let gl = direction ? (sums[2 * numbers] as number) : 0
    let hl = direction ? (sums[2 * numbers + 1] as number) : 0
    const last = column.missing && !direction ? numbers : numbers - 1
    for (let bin = 0; bin < last; bin++) {
      gl += sums[2 * bin] as number
      hl += sums[2 * bin + 1] as number
      if (only >= 0 && bin !== only) continue
      if (hl < least) continue
      if (leaf.h - hl < least) break
      const gain = gainOfSides(growth, leaf, gl, hl, sign, growth.l2) - leaf.gain - growth.minGain
      if (gain > before && (gain > best || (ties && gain === best))) {
        best = gain
        record.set([gain, c, bin, direction, gl, hl, 0])
      }
    }
  }
}

/** A bin by chance, the same for a node and column whoever asks. */
function chance(seed: number, column: number, below: number): number {
  let hash = Math.imul((seed ^ Math.imul(column + 1, 0x9e3779b1)) | 0, 0x85ebca77)
  hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae3d)
  return ((hash ^ (hash >>> 13)) >>> 0) % Math.max(1, below)
}

/** Below so many categories each is tried by itself against the rest. */
const ONE_AGAINST_REST = 4

/**
 * Many categories against many: sorted by gradient over hessian, the best split is a prefix (Fisher, 1958; as LightGBM does it, rare
 * ones left out, from both ends, the smaller side at most `maxCategories`). Missing and rare values are a category like others.
 */
function scanCategories(
  growth: Growth,
  leaf: Leaf,
  column: FeatureBins,
  sums: Float64Array,
  c: number,
  record: Float64Array,
  least: number,
): void {
  const { bins } = column
  const rowsOf = (h: number) => (h * leaf.rows) / leaf.h
  if (bins <= ONE_AGAINST_REST) {
    for (let bin = 0; bin < bins; bin++) {
      const gl = sums[2 * bin] as number
      const hl = sums[2 * bin + 1] as number
      if (hl < least || leaf.h - hl < least) continue
      const gain = gainOfSides(growth, leaf, gl, hl, 0, growth.l2) - leaf.gain - growth.minGain
      if (gain > (record[Split.gain] as number)) keep(record, gain, c, [bin], gl, hl)
    }
    return
  }
  const order: number[] = []
  for (let bin = 0; bin < bins; bin++)
    if (rowsOf(sums[2 * bin + 1] as number) + 0.5 >= growth.categorySmoothing) order.push(bin)
  const rank = (bin: number) =>
    ((sums[2 * bin] as number) * leaf.gStep) / ((sums[2 * bin + 1] as number) * leaf.hStep + growth.categorySmoothing)
  order.sort((a, b) => rank(a) - rank(b) || a - b)
  const l2 = growth.l2 + growth.categoryL2
  const most = Math.min(growth.maxCategories, Math.floor((order.length + 1) / 2))
  const only = growth.extra ? chance(leaf.seed, c, Math.max(1, Math.min(most, order.length - 1))) : -1
  for (const step of [1, -1]) {
    let gl = 0
    let hl = 0
    let group = 0
    for (let taken = 0; taken < most && taken < order.length - 1; taken++) {
      const bin = order[step > 0 ? taken : order.length - 1 - taken] as number
      gl += sums[2 * bin] as number
      hl += sums[2 * bin + 1] as number
      group += rowsOf(sums[2 * bin + 1] as number)
      if (hl < least || group + 0.5 < growth.minCategoryRows) continue
      if (leaf.h - hl < least || rowsOf(leaf.h - hl) + 0.5 < growth.minCategoryRows) break
      group = 0
      if (only >= 0 && taken !== only) continue
      const gain = gainOfSides(growth, leaf, gl, hl, 0, l2) - leaf.gain - growth.minGain
      if (gain > (record[Split.gain] as number)) {
        const set = step > 0 ? order.slice(0, taken + 1) : order.slice(order.length - 1 - taken)
        keep(record, gain, c, set, gl, hl)
      }
    }
  }
}

function keep(record: Float64Array, gain: number, c: number, set: readonly number[], gl: number, hl: number): void {
  record.set([gain, c, 0, 0, gl, hl, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0])
  for (const bin of set) {
    const word = Split.set + (bin >> 5)
    record[word] = ((record[word] as number) | (1 << (bin & 31))) >>> 0
  }
}
