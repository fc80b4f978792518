import { ForetideError } from '../../core/errors.ts'
import { at, type Panel, seriesId, seriesParts } from '../../core/panel.ts'
import { type Summing, summingOf } from './summing.ts'

/** One level of a hierarchy: nodes that share the values of some columns. */
interface HierarchyLevel {
  /** The columns joined by `+`, `total` where there are none. */
  readonly name: string
  readonly columns: readonly string[]
  /** Its nodes are `from … to − 1`. */
  readonly from: number
  readonly to: number
}

/** Series and what they sum up to: nodes level by level in the order given, the series themselves last. */
export interface Hierarchy extends Summing {
  readonly levels: readonly HierarchyLevel[]
  /** One identity a node: that of the series, or `Σ/column=value/…`; the total is `Σ`. */
  readonly ids: readonly string[]
}

/**
 * The hierarchy of a panel's series, given its levels as sets of static columns or parts of the identity; `[]` is the total, the series
 * themselves are always the last level. Levels need not nest. Series without a value in a column share the node of an empty one.
 *
 * Only the node of each series at each level is kept (levels × series whole numbers) and its reverse. Refuses an unknown column
 * and a level given twice.
 *
 * @example
 * const day = new Calendar({ unit: 'day' })
 * const sold = ['north/tea', 'north/rice', 'south/tea'].map((id) => ({ id, start: 0, values: [1] }))
 * const tree = hierarchyOf(panelOf(sold, { calendar: day, keys: ['shop', 'item'] }), [[], ['shop']])
 * tree.ids // → ['Σ', 'Σ/shop=north', 'Σ/shop=south', 'north/tea', 'north/rice', 'south/tea']
 */
export function hierarchyOf(
  panel: Pick<Panel, 'ids' | 'keys' | 'statics'>,
  levels: readonly (readonly string[])[],
): Hierarchy {
  const bottoms = panel.ids.length
  const made: HierarchyLevel[] = []
  const ids: string[] = []
  const above: Int32Array[] = []
  for (const columns of levels.filter((names) => !isBottom(panel, names))) {
    const name = levelName(columns)
    if (made.some((level) => level.name === name))
      throw new ForetideError('hierarchy.twice', { level: name }, { fault: 'usage' })
    const from = ids.length
    above.push(nodesAt(panel, columns, ids))
    made.push({ name, columns, from, to: ids.length })
  }
  const uppers = ids.length
  for (const id of panel.ids) ids.push(id)
  const bottom = { name: levelName(panel.keys), columns: panel.keys, from: uppers, to: uppers + bottoms }
  return { ...summingOf(above, uppers, bottoms), levels: [...made, bottom], ids }
}

const levelName = (columns: readonly string[]) => (columns.length === 0 ? 'total' : columns.toSorted().join('+'))

function isBottom({ keys }: Pick<Panel, 'keys'>, columns: readonly string[]): boolean {
  return keys.length > 0 && keys.every((key) => columns.includes(key))
}

/** Numbers the nodes of a level on from the identities so far, adding theirs; returns the node of each series. */
function nodesAt(
  panel: Pick<Panel, 'ids' | 'keys' | 'statics'>,
  columns: readonly string[],
  ids: string[],
): Int32Array {
  const labels = columns.map((name) => labelsOf(panel, name))
  const known = new Map<string, number>()
  return Int32Array.from(panel.ids, (_, i) => {
    const id = seriesId(['Σ', ...columns.map((name, k) => `${name}=${labels[k]?.[i] ?? ''}`)])
    let node = known.get(id)
    if (node === undefined) {
      node = ids.push(id) - 1
      known.set(id, node)
    }
    return node
  })
}

function labelsOf(panel: Pick<Panel, 'ids' | 'keys' | 'statics'>, name: string): readonly string[] {
  const column = panel.statics.get(name)
  if (column)
    return Array.from(column.values, (value) => (Number.isNaN(value) ? '' : (column.categories?.[value] ?? `${value}`)))
  const part = panel.keys.indexOf(name)
  if (part >= 0) return panel.ids.map((id) => seriesParts(id)[part] ?? '')
  const columns = [...panel.statics.keys(), ...panel.keys].join(', ')
  throw new ForetideError('hierarchy.column', { column: name, columns }, { fault: 'usage' })
}

/** Which level of a hierarchy has a name (`total`, `shop`, `item+shop`); refuses one that it does not have. */
export function levelAt({ levels }: Pick<Hierarchy, 'levels'>, name: string): number {
  const found = levels.findIndex((level) => level.name === name)
  if (found >= 0) return found
  const names = levels.map((level) => level.name).join(', ')
  throw new ForetideError('hierarchy.level', { level: name, levels: names }, { fault: 'usage' })
}

/** Refuses an array of another length than what it describes. */
export function checkLength(what: string, whatZh: string, array: { readonly length: number }, wanted: number): void {
  if (array.length !== wanted)
    throw new ForetideError('hierarchy.shape', { what, whatZh, wanted, found: array.length }, { fault: 'usage' })
}

/** For each node the level that it lies in. */
export function levelOfNodes({ levels, nodes }: Pick<Hierarchy, 'levels' | 'nodes'>): Int32Array {
  const of = new Int32Array(nodes)
  levels.forEach(({ from, to }, l) => {
    of.fill(l, from, to)
  })
  return of
}

/** The bottom or upper node above bottom `i` at a level; the last level is the bottom itself. */
export function nodeAt({ above, uppers }: Summing, level: number, i: number): number {
  const nodes = above[level]
  return nodes ? at(nodes, i) : uppers + i
}
