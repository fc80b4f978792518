import type { TableFeature } from '../../table.ts'
import { Rule, type TreeEnsemble } from '../ensemble.ts'
import { answerOf } from './objective.ts'
import { refuse, type Section, sectionsOf } from './sections.ts'
import { type ReadTree, readTree } from './tree.ts'

const VERSIONS = ['v3', 'v4']

/**
 * Reads the text of a LightGBM model (`Booster.save_model`, versions 3 and 4) as an ensemble that predicts what LightGBM does.
 *
 * Covers are the numbers of rows that LightGBM counted, as its own SHAP values need; the starting score is in its first trees.
 * Refuses cut or edited files, naming the line, linear leaves, and objectives whose answers are no link (`cross_entropy_lambda`,
 * `reg_sqrt`). Format: `src/io/gbdt_model_text.cpp` and `src/io/tree.cpp` of LightGBM.
 *
 * @example
 * lightgbmModel(await readFile('model.txt', 'utf8')).features[0]?.name // such as 'price'
 */
export function lightgbmModel(text: string): TreeEnsemble {
  const { head, trees: sections, parameters } = sectionsOf(text)
  const version = head.text('version').trim()
  if (!VERSIONS.includes(version)) refuse('lightgbm.version', head.lineOf('version'), { found: version })
  const { link, slope, levels } = answerOf(head, parameters)
  const outputs = head.whole('num_tree_per_iteration', 1)
  const count = head.whole('max_feature_idx', 0) + 1
  const trees = sections.map((section) => readTree(section, count))
  const features = featuresOf(head, count, trees)
  if (trees.length % outputs !== 0)
    refuse('lightgbm.cut', head.lineOf('num_tree_per_iteration'), {
      found: trees.length,
      wanted: Math.ceil(trees.length / outputs) * outputs,
    })

  const nodes = trees.reduce((sum, tree) => sum + tree.feature.length, 0)
  const words = trees.reduce((sum, tree) => tree.sets.reduce((s, set) => s + set.length, sum), 0)
  const made = {
    features,
    outputs,
    width: 1,
    link,
    averaged: head.has('average_output'),
    ...(levels ? { levels } : {}),
    base: new Float64Array(outputs),
    roots: new Int32Array(trees.length + 1),
    outputOf: Int32Array.from(trees, (_, t) => t % outputs),
    feature: new Int32Array(nodes),
    threshold: new Float64Array(nodes),
    rule: new Uint8Array(nodes),
    left: new Int32Array(nodes),
    right: new Int32Array(nodes),
    value: new Float64Array(nodes),
    cover: new Float64Array(nodes),
    gain: new Float64Array(nodes),
    categoryFrom: new Int32Array(nodes + 1),
    categories: new Uint32Array(words),
  }
  let from = 0
  let word = 0
  for (const [t, tree] of trees.entries()) {
    made.roots[t] = from
    for (const name of ['feature', 'threshold', 'rule', 'cover', 'gain'] as const) made[name].set(tree[name], from)
    const place = (child: number) => (child < 0 ? -1 : from + child)
    made.left.set(tree.left.map(place), from)
    made.right.set(tree.right.map(place), from)
    // LightGBM's sigmoid multiplies raw scores by its slope; ours has none.
    made.value.set(slope === 1 ? tree.value : tree.value.map((v) => v * slope), from)
    for (const [node, set] of tree.sets.entries()) {
      made.categoryFrom[from + node] = word
      made.categories.set(set, word)
      word += set.length
    }
    from += tree.feature.length
  }
  made.roots[trees.length] = from
  made.categoryFrom[from] = word
  return made
}

/** Names of the columns; categorical are those that sets are asked about, or whose values the head lists as codes. */
function featuresOf(head: Section, count: number, trees: readonly ReadTree[]): TableFeature[] {
  const names = head.words('feature_names')
  if (names.length !== count)
    refuse('lightgbm.count', head.lineOf('feature_names'), {
      field: 'feature_names',
      found: names.length,
      wanted: count,
    })
  const infos = head.has('feature_infos') ? head.words('feature_infos') : []
  const categorical = Array.from({ length: count }, (_, f) => /^-?\d+(:-?\d+)*$/.test(infos[f] ?? ''))
  for (const tree of trees)
    for (const [node, rule] of tree.rule.entries())
      if (rule & Rule.categorical) categorical[tree.feature[node] as number] = true
  return names.map((name, f) => ({ name, categorical: categorical[f] as boolean }))
}
