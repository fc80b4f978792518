import type { FeatureBins } from '../bins.ts'
import type { GrowthOptions } from '../options.ts'

/** {@link GrowthOptions} with every choice made, features as columns of the binned table; plain data that passes to threads. */
export interface Growth {
  readonly leaves: number
  readonly depth: number
  readonly minRows: number
  readonly minHessian: number
  readonly l1: number
  readonly l2: number
  readonly minGain: number
  readonly pathSmoothing: number
  readonly featureShare: number
  readonly featureShareByNode: number
  readonly extra: boolean
  /** One a column: 1 rising, −1 falling, 0 free; undefined where all are free. */
  readonly monotone: Int8Array | undefined
  /** For each group the columns in it, a column of no group by itself; undefined where any may meet. */
  readonly groups: readonly (readonly number[])[] | undefined
  readonly categoryL2: number
  readonly categorySmoothing: number
  readonly maxCategories: number
  readonly minCategoryRows: number
  readonly maxLeafValue: number
}

/** Makes all choices of how trees are grown; refuses nothing, names that no feature has are ignored. */
export function growthOf(options: GrowthOptions, bins: readonly FeatureBins[], featureOf: Int32Array): Growth {
  const columnNamed = new Map<string, number>()
  featureOf.forEach((feature, column) => {
    columnNamed.set((bins[feature] as FeatureBins).feature.name, column)
  })
  const columns = (names: readonly string[]) => names.flatMap((name) => columnNamed.get(name) ?? [])
  let monotone: Int8Array | undefined
  if (options.monotone && Object.values(options.monotone).length > 0) {
    monotone = new Int8Array(featureOf.length)
    for (const [name, sign] of Object.entries(options.monotone)) {
      const column = columnNamed.get(name)
      if (column !== undefined) monotone[column] = sign
    }
  }
  return {
    leaves: options.leaves ?? 31,
    depth: options.depth ?? Number.POSITIVE_INFINITY,
    minRows: options.minRows ?? 20,
    minHessian: options.minHessian ?? 1e-3,
    l1: options.l1 ?? 0,
    l2: options.l2 ?? 0,
    minGain: options.minGain ?? 0,
    pathSmoothing: options.pathSmoothing ?? 0,
    featureShare: options.featureShare ?? 1,
    featureShareByNode: options.featureShareByNode ?? 1,
    extra: options.extra ?? false,
    monotone,
    groups: options.interactions && [
      ...options.interactions.map(columns),
      ...[...columnNamed]
        .filter(([name]) => !options.interactions?.some((group) => group.includes(name)))
        .map(([, column]) => [column]),
    ],
    categoryL2: options.categoryL2 ?? 10,
    categorySmoothing: options.categorySmoothing ?? 10,
    maxCategories: options.maxCategories ?? 32,
    minCategoryRows: options.minCategoryRows ?? 100,
    maxLeafValue: options.maxLeafValue ?? Number.POSITIVE_INFINITY,
  }
}

/** How many columns a share of them is, at least one. */
export const sharedColumns = (columns: number, share: number): number =>
  Math.min(columns, Math.max(1, Math.round(columns * share)))

/** What a leaf may answer, beside its sums. */
export interface LeafBounds {
  readonly parentOutput: number
  readonly lower: number
  readonly upper: number
}

/** Takes the L1 penalty off a sum of gradients. */
function shrunk(g: number, l1: number): number {
  if (l1 === 0) return g
  return g > l1 ? g - l1 : g < -l1 ? g + l1 : 0
}

/** The best value of a leaf from its sums of gradient and hessian, under all rules but the learning rate. */
export function leafOutput(
  growth: Growth,
  g: number,
  h: number,
  rows: number,
  bounds: LeafBounds,
  l2 = growth.l2,
): number {
  let output = -shrunk(g, growth.l1) / (h + l2)
  if (!Number.isFinite(output)) output = 0
  output = Math.max(-growth.maxLeafValue, Math.min(growth.maxLeafValue, output))
  if (growth.pathSmoothing > 0) {
    const trust = rows / growth.pathSmoothing
    output = (output * trust + bounds.parentOutput) / (trust + 1)
  }
  return Math.max(bounds.lower, Math.min(bounds.upper, output))
}

/** Twice the loss that a leaf takes away when it answers so. */
export function gainOf(growth: Growth, g: number, h: number, output: number, l2 = growth.l2): number {
  return -(2 * shrunk(g, growth.l1) * output + (h + l2) * output * output)
}

/** Whether gains need outputs (bounds, smoothing, penalties of L1) or the short formula does. */
export function isPlain(growth: Growth): boolean {
  return (
    growth.l1 === 0 &&
    growth.pathSmoothing === 0 &&
    growth.monotone === undefined &&
    growth.maxLeafValue === Number.POSITIVE_INFINITY &&
    !growth.extra
  )
}
