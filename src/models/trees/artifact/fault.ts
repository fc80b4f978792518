import type { TreeEnsemble } from '../ensemble.ts'

/** What is wrong with an array of an ensemble, and where. */
export interface Fault {
  readonly field: keyof TreeEnsemble
  /** An index into the array; its length where that is wrong. */
  readonly place: number
  readonly found: number
}

/** The first fault in the arrays of an ensemble, or undefined: whoever goes down trees without one gets to a leaf of each. */
export function faultOf(trees: TreeEnsemble): Fault | undefined {
  return lengthFault(trees) ?? valueFault(trees) ?? nodeFault(trees)
}

function lengthFault(trees: TreeEnsemble): Fault | undefined {
  const nodes = trees.feature.length
  const { outputs, width, roots, categories } = trees
  if (width !== 1 && width !== outputs) return { field: 'width', place: 0, found: width }
  const wanted = {
    base: outputs,
    outputOf: roots.length - 1,
    threshold: nodes,
    rule: nodes,
    left: nodes,
    right: nodes,
    cover: nodes,
    gain: nodes,
    value: nodes * width,
    categoryFrom: nodes + 1,
  } as const
  for (const [name, length] of Object.entries(wanted)) {
    const field = name as keyof typeof wanted
    const found = trees[field].length
    if (found !== length) return { field, place: found, found }
  }
  return ascending(trees, 'roots', nodes, 1) ?? ascending(trees, 'categoryFrom', categories.length, 0)
}

/** Whether an array rises from 0 to `last` by `least` or more at each place. */
function ascending(
  trees: TreeEnsemble,
  field: 'roots' | 'categoryFrom',
  last: number,
  least: number,
): Fault | undefined {
  const array = trees[field]
  for (let place = 0; place < array.length; place++) {
    const found = array[place] as number
    if (place === 0 ? found !== 0 : found < (array[place - 1] as number) + least) return { field, place, found }
  }
  const found = array[array.length - 1] as number
  return found === last ? undefined : { field, place: array.length - 1, found }
}

function valueFault(trees: TreeEnsemble): Fault | undefined {
  const { outputs, features } = trees
  for (const [place, found] of trees.outputOf.entries())
    if (found < 0 || found >= outputs) return { field: 'outputOf', place, found }
  for (const [place, found] of trees.feature.entries())
    if (found < -1 || found >= features.length) return { field: 'feature', place, found }
  return undefined
}

/** Every node but a root must be the child of one node of its tree, which comes before it: no circle is possible then. */
function nodeFault({ feature, left, right, roots }: TreeEnsemble): Fault | undefined {
  const taken = new Uint8Array(feature.length)
  for (let t = 0; t + 1 < roots.length; t++) {
    const root = roots[t] as number
    const end = roots[t + 1] as number
    for (let node = root; node < end; node++) {
      if (node > root && taken[node] === 0) return { field: 'roots', place: t, found: node }
      if ((feature[node] as number) < 0) continue
      for (const [field, children] of [['left', left] as const, ['right', right] as const]) {
        const found = children[node] as number
        if (found <= node || found >= end || taken[found] !== 0) return { field, place: node, found }
        taken[found] = 1
      }
    }
  }
  return undefined
}
