import { ForetideError } from '../../core/errors.ts'
import { at } from '../../core/panel.ts'
import { type Hierarchy, nodeAt } from './hierarchy.ts'
import { nests } from './solver.ts'

/**
 * Keeps the base forecasts of one level and hands each down to the next level by the base forecasts there, and so on to the bottoms
 * (Athanasopoulos, Ahmed and Hyndman, 2009): top-down where the level is the total, middle-out elsewhere.
 *
 * Siblings whose forecasts sum to 0 or less share alike. Refuses levels below the kept one that do not nest.
 *
 * @returns bottoms × columns of base forecasts of nodes × columns
 */
export function byForecastProportions(
  hierarchy: Hierarchy,
  level: number,
  base: Float64Array,
  columns: number,
  method: string,
): Float64Array {
  let kept = base
  for (let l = level; l + 1 < hierarchy.levels.length; l++) {
    checkNested(hierarchy, l, l + 1, method)
    kept = handDown(hierarchy, l, kept, base, columns)
  }
  return kept.slice(hierarchy.uppers * columns)
}

/**
 * Keeps the base forecasts of one level and hands them to the bottoms by what each has sold on average (the second way of Gross and
 * Sohl, 1990); bottoms of a node that sold nothing share alike.
 */
export function byAverages(
  hierarchy: Hierarchy,
  level: number,
  base: Float64Array,
  columns: number,
  averages: Float64Array,
  method: string,
): Float64Array {
  const { uppers, bottoms } = hierarchy
  const last = hierarchy.levels.length - 1
  if (level === last) return base.slice(uppers * columns)
  checkNested(hierarchy, level, last, method)
  const weights = new Float64Array(hierarchy.nodes * columns)
  for (let i = 0; i < bottoms; i++)
    weights.fill(Math.max(0, at(averages, i)), (uppers + i) * columns, (uppers + i + 1) * columns)
  return shared(hierarchy, level, last, base, weights, columns).slice(uppers * columns)
}

const handDown = (hierarchy: Hierarchy, level: number, kept: Float64Array, base: Float64Array, columns: number) =>
  shared(hierarchy, level, level + 1, kept, base, columns)

/** Shares the values of a level among the nodes of a finer one by their weights; all arrays are nodes × columns. */
function shared(
  hierarchy: Hierarchy,
  level: number,
  finer: number,
  values: Float64Array,
  weights: Float64Array,
  columns: number,
): Float64Array {
  const parent = parentsOf(hierarchy, level, finer)
  const sums = new Float64Array(hierarchy.nodes * columns)
  const siblings = new Float64Array(hierarchy.nodes)
  for (const [node, above] of parent) {
    siblings[above] = at(siblings, above) + 1
    for (let c = 0; c < columns; c++)
      sums[above * columns + c] = at(sums, above * columns + c) + at(weights, node * columns + c)
  }
  const out = new Float64Array(hierarchy.nodes * columns)
  for (const [node, above] of parent)
    for (let c = 0; c < columns; c++) {
      const sum = at(sums, above * columns + c)
      const share = sum > 0 ? at(weights, node * columns + c) / sum : 1 / at(siblings, above)
      out[node * columns + c] = share * at(values, above * columns + c)
    }
  return out
}

/** The node of the upper level above each node of the finer one. */
function parentsOf(hierarchy: Hierarchy, level: number, finer: number): Map<number, number> {
  const parent = new Map<number, number>()
  for (let i = 0; i < hierarchy.bottoms; i++) parent.set(nodeAt(hierarchy, finer, i), nodeAt(hierarchy, level, i))
  return parent
}

function checkNested(hierarchy: Hierarchy, level: number, finer: number, method: string): void {
  if (nests(hierarchy, finer, level)) return
  const [above, below] = [hierarchy.levels[level]?.name, hierarchy.levels[finer]?.name]
  throw new ForetideError('hierarchy.notNested', { method, above, below }, { fault: 'usage' })
}
