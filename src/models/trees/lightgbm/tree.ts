import { Rule } from '../ensemble.ts'
import { refuse, type Section } from './sections.ts'

/** One tree of a model file, its nodes as in a {@link TreeEnsemble}: the root first, each node before its children. */
export interface ReadTree {
  readonly feature: number[]
  readonly threshold: number[]
  readonly rule: number[]
  /** Numbers of the children within the tree; −1 at a leaf. */
  readonly left: number[]
  readonly right: number[]
  readonly value: number[]
  readonly cover: number[]
  readonly gain: number[]
  /** The words of each node's set of categories; empty where it has none. */
  readonly sets: readonly (readonly number[])[]
}

/** Bits of LightGBM's `decision_type`; bits 2 and 3 are the missing type. */
const CATEGORICAL = 1
const DEFAULT_LEFT = 2
/** Rules by missing type (None, Zero, NaN), beside the default direction. */
const MISSING = [Rule.nanIsZero, Rule.zeroIsMissing, 0] as const

/** Our rule for LightGBM's `decision_type`; a missing category always goes right there (`Tree::CategoricalDecision`). */
function ruleOf(decision: number): number {
  if (decision & CATEGORICAL) return Rule.categorical
  const missing = (decision >> 2) & 3
  // Without missing values the default direction is never asked for.
  return (MISSING[missing] as number) | (missing > 0 && decision & DEFAULT_LEFT ? Rule.missingLeft : 0)
}

/** Everything that a tree's section says, checked for length and range. */
function fieldsOf(section: Section, features: number) {
  const leaves = section.whole('num_leaves', 1)
  const splits = leaves - 1
  if (section.has('is_linear') && section.whole('is_linear', 0) !== 0) refuse('lightgbm.linear', section.line)
  const sets = section.has('num_cat') ? section.whole('num_cat', 0) : 0
  const optional = (field: string, count: number): number[] =>
    section.has(field) && section.words(field).length > 0 ? section.numbers(field, count) : new Array(count).fill(0)
  const bounds = sets > 0 ? section.wholes('cat_boundaries', sets + 1, 0, Number.MAX_SAFE_INTEGER) : [0]
  const children = splits === 0 ? { left: [], right: [] } : childrenOf(section, leaves)
  return {
    splits,
    ...children,
    feature: splits > 0 ? section.wholes('split_feature', splits, 0, features - 1) : [],
    threshold: splits > 0 ? section.numbers('threshold', splits) : [],
    // The missing type 3 does not exist: 0 … 11.
    decision: splits > 0 ? section.wholes('decision_type', splits, 0, 11) : [],
    gain: optional('split_gain', splits),
    inner: { value: optional('internal_value', splits), cover: optional('internal_count', splits) },
    leaf: { value: section.numbers('leaf_value', leaves), cover: optional('leaf_count', leaves) },
    sets,
    bounds,
    words: sets > 0 ? section.wholes('cat_threshold', bounds.at(-1) as number, 0, 2 ** 32 - 1) : [],
  }
}

/** Children as LightGBM writes them: a split's number, or −1 − leaf. */
function childrenOf(section: Section, leaves: number) {
  return {
    left: section.wholes('left_child', leaves - 1, -leaves, leaves - 2),
    right: section.wholes('right_child', leaves - 1, -leaves, leaves - 2),
  }
}

/** Reads the section of one tree; refuses leaves that are linear models, values outside, and nodes that form no tree. */
export function readTree(section: Section, features: number): ReadTree {
  const told = fieldsOf(section, features)
  const tree = { feature: [], threshold: [], rule: [], left: [], right: [], value: [], cover: [], gain: [], sets: [] }
  const made: { -readonly [K in keyof ReadTree]: K extends 'sets' ? number[][] : number[] } = tree
  const reached = new Set<number>()
  // The child that a node is goes to `into[of]` of its parent; an explicit stack, as trees may be deep.
  const stack: { node: number; into?: number[]; of?: number }[] = [{ node: told.splits > 0 ? 0 : -1 }]
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { node, into, of } = next
    if (reached.has(node)) refuse('lightgbm.shape', section.line, { node })
    reached.add(node)
    const place = made.feature.length
    if (into) into[of as number] = place
    const split = node >= 0
    const decision = split ? (told.decision[node] as number) : 0
    const from = split ? told.inner : told.leaf
    const index = split ? node : -1 - node
    made.feature.push(split ? (told.feature[node] as number) : -1)
    made.threshold.push(split && !(decision & CATEGORICAL) ? (told.threshold[node] as number) : 0)
    made.rule.push(split ? ruleOf(decision) : 0)
    made.left.push(-1)
    made.right.push(-1)
    made.value.push(from.value[index] as number)
    made.cover.push(from.cover[index] as number)
    made.gain.push(split ? (told.gain[node] as number) : 0)
    made.sets.push(decision & CATEGORICAL ? setOf(section, told, node) : [])
    if (!split) continue
    stack.push({ node: told.right[node] as number, into: made.right, of: place })
    stack.push({ node: told.left[node] as number, into: made.left, of: place })
  }
  for (let node = -1 - told.splits; node < told.splits; node++)
    if (!reached.has(node)) refuse('lightgbm.shape', section.line, { node })
  return made
}

/** The words of a categorical split; its threshold is the number of its set. */
function setOf(section: Section, told: ReturnType<typeof fieldsOf>, node: number): number[] {
  const set = told.threshold[node] as number
  const from = told.bounds[set]
  const to = told.bounds[set + 1]
  if (set < told.sets && from !== undefined && to !== undefined && from <= to && to <= told.words.length)
    return told.words.slice(from, to)
  const wanted = { wanted: 'the number of a set', wantedZh: '集合的编号' }
  return refuse('lightgbm.value', section.lineOf('threshold'), { field: 'threshold', value: set, ...wanted })
}
