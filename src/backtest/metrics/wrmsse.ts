import { at, type Panel } from '../../core/panel.ts'
import { labelsOf } from '../segments.ts'
import type { Truth } from './score.ts'

/** The hierarchy of a weighted RMSSE. */
export interface HierarchyOptions {
  /** Each level as the static columns (or parts of the identity, or `series`) that its nodes share; `[]` is the total. */
  readonly levels: readonly (readonly string[])[]
  /** The price column whose product with units weighs a series (M5), `units` alone, or a weight given for each series. */
  readonly weights?: { readonly price: string } | 'units' | ReadonlyMap<string, number>
  /** How many of the last periods of the past the weights look at; 28 unless given. */
  readonly recent?: number
}

interface Level {
  /** Index of the node of each series. */
  readonly nodeOf: readonly number[]
  /** In-sample mean squared one-step difference of each node, from its first demand on; NaN where undefined. */
  readonly scale: Float64Array
  readonly weight: Float64Array
}

/** A hierarchy at one cutoff, ready to score forecasts. */
export interface Hierarchy {
  readonly levels: readonly Level[]
}

/**
 * Aggregates the past along a hierarchy and finds each node's scale and weight (M5 accuracy, Makridakis et al., 2022).
 *
 * Missing values count as nothing sold. A node without a scale above 0 is left out, and the weights of its level rescaled.
 */
export async function hierarchyAt(
  past: AsyncIterable<Panel>,
  first: number,
  cutoff: number,
  options: HierarchyOptions,
): Promise<Hierarchy> {
  const { levels, weights = 'units', recent = 28 } = options
  const periods = cutoff + 1 - first
  const growing = levels.map(() => ({
    index: new Map<string, number>(),
    nodeOf: [] as number[],
    sums: [] as number[][],
  }))
  const weight: number[] = []
  for await (const block of past) {
    weight.push(...weightsOf(block, weights, recent, cutoff))
    levels.forEach((names, l) => {
      const { index, nodeOf, sums } = growing[l] as (typeof growing)[number]
      const parts = names.map((name) => labelsOf(block, name))
      for (let i = 0; i < block.ids.length; i++) {
        const label = JSON.stringify(parts.map((p) => p[i]))
        let node = index.get(label)
        if (node === undefined) {
          node = index.size
          index.set(label, node)
          sums.push(new Array(periods).fill(0))
        }
        nodeOf.push(node)
        addSeries(sums[node] as number[], block, i, first)
      }
    })
  }
  return {
    levels: growing.map(({ nodeOf, sums }) => {
      const scale = Float64Array.from(sums, scaleOf)
      const summed = new Float64Array(sums.length)
      nodeOf.forEach((node, i) => {
        summed[node] = at(summed, node) + at(weight, i)
      })
      let total = 0
      for (let k = 0; k < scale.length; k++) if (at(scale, k) > 0) total += at(summed, k)
      return { nodeOf, scale, weight: summed.map((w, k) => (at(scale, k) > 0 && total > 0 ? w / total : 0)) }
    }),
  }
}

/**
 * The weighted RMSSE of a forecast's means: of each level, and their mean; NaN where no node has a weight.
 *
 * Cells without truth or without an answer count on neither side.
 */
export function weightedRmsse(
  hierarchy: Hierarchy,
  forecast: { readonly mean: Float64Array; readonly horizon: number },
  truth: Pick<Truth, 'values' | 'steps' | 'gap' | 'ids'>,
): { readonly total: number; readonly levels: number[] } {
  const { values, steps, gap } = truth
  const scored = steps - gap
  const levels = hierarchy.levels.map(({ nodeOf, scale, weight }) => {
    const errors = new Float64Array(scale.length * scored)
    for (let i = 0; i < truth.ids.length; i++)
      for (let h = gap; h < steps; h++) {
        const error = at(forecast.mean, i * forecast.horizon + h) - at(values, i * steps + h)
        const cell = at(nodeOf, i) * scored + h - gap
        if (!Number.isNaN(error)) errors[cell] = at(errors, cell) + error
      }
    let sum = 0
    let weights = 0
    for (let node = 0; node < scale.length; node++) {
      if (at(weight, node) === 0) continue
      let squares = 0
      for (let k = node * scored; k < (node + 1) * scored; k++) squares += at(errors, k) ** 2
      sum += at(weight, node) * Math.sqrt(squares / scored / at(scale, node))
      weights += at(weight, node)
    }
    return weights > 0 ? sum : Number.NaN
  })
  return { total: levels.reduce((a, b) => a + b, 0) / levels.length, levels }
}

function addSeries(into: number[], block: Panel, i: number, first: number): void {
  const shift = at(block.start, i) - first - at(block.offsets, i)
  for (let k = at(block.offsets, i); k < at(block.offsets, i + 1); k++) {
    const y = at(block.target, k)
    if (!Number.isNaN(y) && k + shift >= 0) into[k + shift] = at(into, k + shift) + y
  }
}

function scaleOf(history: readonly number[]): number {
  let from = 0
  while (from < history.length && at(history, from) === 0) from++
  let squares = 0
  for (let t = from + 1; t < history.length; t++) squares += (at(history, t) - at(history, t - 1)) ** 2
  return from + 1 < history.length ? squares / (history.length - from - 1) : Number.NaN
}

function weightsOf(
  block: Panel,
  weights: NonNullable<HierarchyOptions['weights']>,
  recent: number,
  cutoff: number,
): number[] {
  if (weights instanceof Map) return block.ids.map((id) => weights.get(id) ?? 0)
  const price = weights === 'units' ? undefined : block.columns.get((weights as { price: string }).price)?.values
  return block.ids.map((_, i) => {
    const from = Math.max(at(block.offsets, i), at(block.offsets, i) + cutoff + 1 - recent - at(block.start, i))
    let sum = 0
    for (let k = from; k < at(block.offsets, i + 1); k++) {
      const value = at(block.target, k) * (price ? at(price, k) : 1)
      if (!Number.isNaN(value)) sum += value
    }
    return Math.max(0, sum)
  })
}
