import { at } from '../../core/panel.ts'

/** How series are told apart where members are weighed: by size, and by how often there is demand. */
export interface Segments {
  /** Upper levels of every group by size but the last. */
  readonly edges: readonly number[]
  readonly count: number
}

const SIZES = 3
/** Share of periods without demand from which demand is intermittent. */
const INTERMITTENT = 0.4

/** Groups by size with about equally many series each, from the levels of a sample. */
export function segmentsOf(levels: Float64Array): Segments {
  const sorted = Float64Array.from(levels).sort()
  const edges = new Set<number>()
  for (let g = 1; g < SIZES; g++) edges.add(at(sorted, Math.floor((g * sorted.length) / SIZES)))
  edges.delete(at(sorted, sorted.length - 1))
  return { edges: [...edges], count: 2 * (edges.size + 1) }
}

/** The segment of a series of that size and share of periods without demand. */
export function segmentOf({ edges }: Segments, level: number, zeros: number): number {
  let size = 0
  while (size < edges.length && level > at(edges, size)) size++
  return 2 * size + (zeros >= INTERMITTENT ? 1 : 0)
}
