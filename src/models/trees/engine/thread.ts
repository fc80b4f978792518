import { at } from '../../../core/panel.ts'
import type { FeatureBins } from '../bins.ts'
import type { ObjectiveRows } from '../objectives/objective.ts'
import { objectiveOf } from '../objectives/objectives.ts'
import { engineKernel } from './kernel.ts'
import { COLUMN_BYTES, type Layout, PACKED_COLUMN_BYTES, type Rows, SCRATCH_ROWS } from './layout.ts'
import { scannerOf } from './scan.ts'

/** What threads can be told to do. */
export const Op = {
  exit: 0,
  gradients: 1,
  quantise: 2,
  histogram: 3,
  merge: 4,
  part: 5,
  gather: 6,
  sums: 7,
  renew: 8,
  add: 9,
  descend: 10,
  columns: 11,
  scan: 12,
  byColumns: 13,
  compact: 14,
} as const
export type Op = (typeof Op)[keyof typeof Op]

/** Does one thread's share of a command. */
export type Perform = (op: Op) => void

/** First of the parameters of a merge: slot, whether to add to it, the parent's slot, how many leaves to scan. */
export const SLOT = 26

/** Index of the counter that leaves are dealt out by. */
export const DEALT = 4

/** Views of rows in the shared memory as an objective wants them. */
export function objectiveRows(layout: Layout, part: Rows, score = part.score): ObjectiveRows {
  const { buffer } = layout.memory
  return {
    rows: part.rows,
    target: new Float32Array(buffer, part.target, part.rows),
    weight: part.weight ? new Float32Array(buffer, part.weight, part.rows) : undefined,
    score: new Float64Array(buffer, score, part.rows * layout.outputs),
    queries: part.queries ? new Int32Array(buffer, part.queries, part.queryCount + 1) : undefined,
  }
}

/** What one thread of `threads` can do on a layout; commands read their parameters from shared memory. */
export function performer(layout: Layout, index: number, threads: number): Perform {
  const { memory, stride, train } = layout
  const { buffer } = memory
  const kernel = engineKernel(memory)
  const p = new Float64Array(buffer, layout.parameters, 32)
  const results = new Float64Array(buffer, layout.results, 4 * layout.threads)
  const control = new Int32Array(buffer, layout.control, 16)
  const objective = objectiveOf(layout.objective)
  const rows = objectiveRows(layout, train, train.before || train.score)
  const now = objectiveRows(layout, train)
  const order = new Int32Array(buffer, layout.order, train.rows)
  const values = new Float64Array(buffer, layout.values, layout.growth.leaves * Math.max(2, layout.outputs))
  const segments = new Float64Array(buffer, layout.segments, 2 * layout.growth.leaves)
  const columns = layout.bins.length
  const active = new Int32Array(buffer, layout.active, columns + 1)
  const cells = layout.chosenCells || train.cells
  const cellStride = layout.chosenCells ? layout.chosenStride : stride
  const own = layout.own + index * layout.apart
  const scan = scannerOf(layout, kernel, index)
  const share = (count: number, unit = 1) => {
    const at = (k: number) => Math.min(count, Math.ceil(Math.floor((count * k) / threads) / unit) * unit)
    return [at(index), index === threads - 1 ? count : at(index + 1)] as const
  }
  /** Rows of this thread, borders of queries where there are any. */
  const rowShare = (): readonly [number, number] => {
    const { queries } = rows
    if (!queries) return share(train.rows, 16)
    const [from, to] = share(train.queryCount)
    return [queries[from] as number, queries[to] as number]
  }
  /** Works out gradients of some rows and says where they lie: addresses such that rows count from 0 even if only these are there. */
  const gradientsOf = (tree: number, round: number, from: number, to: number): readonly [number, number] => {
    const scratch = layout.scratch + index * SCRATCH_ROWS * 8 - 4 * from
    const at = layout.gradient || scratch
    const hessianAt = layout.hessian || scratch + SCRATCH_ROWS * 4
    const gradient = new Float32Array(buffer, at, to)
    objective.gradients(rows, tree, round, from, to, gradient, new Float32Array(buffer, hessianAt, to))
    return [at, hessianAt]
  }
  const pieces = function* (): Generator<readonly [number, number]> {
    const [from, to] = rowShare()
    const step = layout.gradient ? Math.max(1, to - from) : SCRATCH_ROWS
    for (let at = from; at < to; at += step) yield [at, Math.min(to, at + step)]
  }

  const ops: { readonly [K in Op]: () => void } = {
    [Op.exit]: () => {},

    [Op.gradients]: () => {
      let most = 0
      let mostHessian = 0
      for (const [from, to] of pieces()) {
        const [gradient, hessian] = gradientsOf(p[0] as number, p[1] as number, from, to)
        most = Math.max(most, kernel.greatest(gradient, from, to))
        mostHessian = Math.max(mostHessian, kernel.greatest(hessian, from, to))
      }
      results[2 * index] = most
      results[2 * index + 1] = mostHessian
    },

    [Op.quantise]: () => {
      for (const [from, to] of pieces()) {
        const [gradient, hessian] = layout.gradient
          ? [layout.gradient, layout.hessian]
          : gradientsOf(p[0] as number, p[1] as number, from, to)
        kernel.quantise(gradient, hessian, layout.packed, from, to, p[2] as number, p[3] as number, p[4] as number)
        // All rows in their order, unless some were drawn.
        if (p[5] === 1) for (let row = from; row < to; row++) order[row] = row
      }
    },

    [Op.histogram]: () => {
      const first = p[0] as number
      const [from, to] = share((p[1] as number) - first)
      const all = Math.ceil(at(active, 0) / 4) * 4
      kernel.histogram(cells, cellStride, layout.packed, layout.order, first + from, first + to, own, all)
    },

    [Op.merge]: () => {
      const [from, to] = share(at(active, 0), 4)
      merge(from, to, layout.own, layout.threads)
      scanBoth(from, to)
    },

    [Op.byColumns]: () => {
      const [from, to] = share(at(active, 0), 4)
      if (from < to) {
        const into = own + from * PACKED_COLUMN_BYTES
        const wide = Math.ceil((to - from) / 4) * 4
        const first = p[0] as number
        kernel.histogram(cells + from, cellStride, layout.packed, layout.order, first, p[1] as number, into, wide)
        merge(from, to, own, 1)
      }
      scanBoth(from, to)
    },

    [Op.scan]: () => {
      const [from, to] = share(at(active, 0), 4)
      scanBoth(from, to)
    },

    [Op.part]: () => {
      const first = p[0] as number
      const [a, b] = share((p[1] as number) - first)
      const column = p[2] as number
      const cells = layout.columnCells ? layout.columnCells + column * train.rows : train.cells + column
      const step = layout.columnCells ? 1 : stride
      const table = layout.tables + (p[3] as number) * 256
      const left = kernel.partition(cells, step, layout.order, layout.temp, first + a, first + b, table)
      results[index] = left
      if (threads === 1) {
        order.set(temp.subarray(first, first + (b - left)), first + left)
        return
      }
      // Both parts wait in the temporary rows until every thread knows where they go; what the first thread sent left is there.
      if (index > 0) temp.set(order.subarray(first + a, first + a + left), first + b - left)
    },

    [Op.gather]: () => {
      const first = p[0] as number
      const [a, b] = share((p[1] as number) - first)
      let lefts = 0
      let before = 0
      for (let t = 0; t < threads; t++) {
        if (t < index) before += results[t] as number
        lefts += results[t] as number
      }
      const left = results[index] as number
      const right = b - a - left
      if (index > 0) order.set(temp.subarray(first + b - left, first + b), first + before)
      order.set(temp.subarray(first + a, first + a + right), first + lefts + (a - before))
    },

    [Op.sums]: () => {
      deal((leaf) => {
        kernel.sums(
          layout.order,
          segments[2 * leaf] as number,
          segments[2 * leaf + 1] as number,
          layout.gradient,
          layout.hessian,
          layout.values + leaf * 16,
        )
      })
    },

    [Op.renew]: () => {
      const { outputs } = layout
      deal((leaf) => {
        const leafRows = order.subarray(segments[2 * leaf], segments[2 * leaf + 1])
        objective.renew(now, leafRows, values.subarray(leaf * outputs, (leaf + 1) * outputs))
      })
    },

    [Op.add]: () => {
      const width = p[1] as number
      // By rows and not by leaves: two threads that write to neighbouring scores would fight for them.
      const [firstRow, lastRow] = share(train.rows, 16)
      for (let leaf = 0; leaf < (p[0] as number); leaf++) {
        const end = segments[2 * leaf + 1] as number
        const from = lowerBound(order, segments[2 * leaf] as number, end, firstRow)
        const to = lowerBound(order, from, end, lastRow)
        for (let k = 0; k < width; k++) {
          const score = train.score + ((p[2] as number) + k) * train.rows * 8
          kernel.addToRows(layout.order, from, to, score, values[leaf * width + k] as number)
        }
      }
    },

    [Op.descend]: () => {
      const part = (p[0] as number) === 0 ? train : layout.valid
      if (!part) return
      const first = p[3] as number
      const [from, to] = share((p[4] as number) - first)
      kernel.addByTree(
        part.cells,
        stride,
        part === train ? layout.order : 0,
        first + from,
        first + to,
        layout.nodes,
        layout.tables,
        layout.values,
        p[1] as number,
        part.score + (p[2] as number) * part.rows * 8,
        part.rows * 8,
      )
    },

    [Op.compact]: () => {
      const [from, to] = share(train.rows, 16)
      const which = layout.active + 4
      kernel.compact(layout.columnCells, train.rows, which, at(active, 0), cells, cellStride, from, to)
    },

    [Op.columns]: () => {
      const bytes = new Uint8Array(buffer)
      const [from, to] = share(columns)
      // Rows by the thousand, so that the cells of a block are read from the cache again and again.
      for (let block = 0; block < train.rows; block += 1024) {
        const end = Math.min(train.rows, block + 1024)
        for (let c = from; c < to; c++) {
          let cell = train.cells + block * stride + c
          const into = layout.columnCells + c * train.rows
          for (let row = block; row < end; row++) {
            bytes[into + row] = bytes[cell] as number
            cell += stride
          }
        }
      }
    },
  }
  const temp = new Int32Array(buffer, layout.temp, train.rows)
  /** Moves packed histograms of columns to a leaf's slot, and takes them off its parent's. */
  const merge = (from: number, to: number, packedAt: number, parts: number) => {
    const slot = layout.histograms + (p[SLOT] as number) * columns * COLUMN_BYTES
    const parentSlot = p[SLOT + 2] as number
    const parent = parentSlot < 0 ? 0 : layout.histograms + parentSlot * columns * COLUMN_BYTES
    for (let place = from; place < to; place++) {
      const { bins } = layout.bins[at(active, 1 + place)] as FeatureBins
      const into = place * COLUMN_BYTES
      const packedColumn = packedAt + place * PACKED_COLUMN_BYTES
      kernel.merge(packedColumn, layout.apart, parts, bins, slot + into, p[SLOT + 1] as number, parent && parent + into)
    }
  }
  const scanBoth = (from: number, to: number) => {
    for (let child = 0; child < (p[SLOT + 3] as number); child++) scan(child, from, to)
  }
  const deal = (work: (leaf: number) => void) => {
    const count = p[0] as number
    if (threads === 1) for (let leaf = 0; leaf < count; leaf++) work(leaf)
    else for (let leaf = Atomics.add(control, DEALT, 1); leaf < count; leaf = Atomics.add(control, DEALT, 1)) work(leaf)
  }
  return (op) => ops[op]()
}

/** First place in the ascending rows `order[from … to)` whose row is not below `row`. */
function lowerBound(order: Int32Array, from: number, to: number, row: number): number {
  let low = from
  let high = to
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((order[middle] as number) < row) low = middle + 1
    else high = middle
  }
  return low
}
