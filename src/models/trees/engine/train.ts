import { setImmediate } from 'node:timers/promises'
import { checkInterrupt, type Run } from '../../../core/run.ts'
import type { FeatureBins } from '../bins.ts'
import type { TreeEnsemble } from '../ensemble.ts'
import type { Objective } from '../objectives/objective.ts'
import type { SamplingOptions } from '../options.ts'
import { EnsembleBuilder } from './builder.ts'
import { type Crew, crewOf } from './crew.ts'
import { type GrownNode, type GrownTree, growTree } from './grow.ts'
import { leafOutput } from './growth.ts'
import type { Layout } from './layout.ts'
import { STEPS } from './layout.ts'
import type { Prepared } from './prepare.ts'
import { drawRows, takesAll } from './sampling.ts'
import { DEALT, Op, objectiveRows } from './thread.ts'

/** How many rounds, and how fast. */
export interface TrainOptions extends SamplingOptions {
  readonly rounds: number
  readonly learningRate: number
  readonly patience: number | undefined
  /** Trees that do not see each other, their answers averaged: a forest. */
  readonly averaged: boolean
  /** Named in progress reports. */
  readonly stage: string
  /** Is shown each tree with the rows of its leaves, segment by segment in `order`. */
  readonly onTree?: (tree: GrownTree, segments: Float64Array, order: Int32Array) => void
}

/** What training gives. */
export interface Trained {
  readonly ensemble: TreeEnsemble
  /** Loss on the validation rows after each round, where there were any. */
  readonly validation: readonly number[]
}

/** Milliseconds after which the event loop gets its turn, or an interrupt would never be heard. */
const BREATH = 50

/** Grows trees round by round, each on the gradients that the ones before have left (Friedman, 2001). */
export async function train(
  prepared: Prepared,
  objective: Objective,
  options: TrainOptions,
  run: Run,
): Promise<Trained> {
  const { layout, bins, featureOf } = prepared
  const { outputs } = objective
  const width = objective.trees === 1 ? outputs : 1
  const crew = await crewOf(layout)
  try {
    const rows = objectiveRows(layout, layout.train)
    const valid = layout.valid && objectiveRows(layout, layout.valid)
    objective.check(rows)
    if (valid) objective.check(valid)
    const base = startingScores(objective, rows, prepared.offsets)
    for (const part of valid ? [rows, valid] : [rows])
      for (let k = 0; k < outputs; k++)
        for (let i = k * part.rows; i < (k + 1) * part.rows; i++)
          part.score[i] = (part.score[i] as number) + (base[k] as number)
    if (layout.columnCells) crew.all(Op.columns)
    const frame = {
      features: bins.map((b) => (b as FeatureBins).feature),
      outputs,
      width,
      link: objective.link,
      averaged: options.averaged,
      ...(objective.levels ? { levels: objective.levels } : {}),
    }
    const builder = new EnsembleBuilder(frame, bins, featureOf)
    const round = roundOf(crew, prepared, objective, options, builder, run)
    const validation: number[] = []
    let best = { loss: Number.POSITIVE_INFINITY, trees: 0, round: -1 }
    let idle = 0
    let breath = performance.now()
    for (let r = 0; r < options.rounds; r++) {
      if (performance.now() - breath > BREATH) {
        run.progress({ stage: options.stage, done: r, total: options.rounds })
        await setImmediate()
        breath = performance.now()
      }
      checkInterrupt(run)
      idle = round(r) ? 0 : idle + 1
      if (valid) {
        const loss = options.averaged ? lossOfMean(objective, valid, base, r + 1) : objective.loss(valid)
        validation.push(loss)
        if (loss < best.loss) best = { loss, trees: builder.trees, round: r }
        if (options.patience !== undefined && r - best.round >= options.patience) break
      }
      // Two rounds without a split in a row: nothing is left to learn, unless other rows come by chance.
      if (idle >= 2 && !options.averaged && (options.rowShare ?? 1) === 1 && !options.goss) break
    }
    run.progress({ stage: options.stage, done: options.rounds, total: options.rounds })
    const trees = options.patience !== undefined && best.round >= 0 ? best.trees : builder.trees
    return { ensemble: builder.build(base, trees), validation }
  } finally {
    await crew.dismiss()
  }
}

type Rows = ReturnType<typeof objectiveRows>

/** The best constants, found by Newton's steps where rows begin from offsets of their own. */
function startingScores(objective: Objective, rows: Rows, offsets: boolean): Float64Array {
  if (!offsets) return objective.start(rows)
  const base = new Float64Array(objective.outputs)
  if (objective.renews) {
    const all = Int32Array.from({ length: rows.rows }, (_, i) => i)
    objective.renew(rows, all, base)
    return base
  }
  if (objective.trees > 1 || objective.options.loss === 'rank') return base
  const gradient = new Float32Array(rows.rows)
  const hessian = new Float32Array(rows.rows)
  const score = rows.score.slice()
  for (let step = 0; step < 30; step++) {
    objective.gradients({ ...rows, score }, 0, 0, 0, rows.rows, gradient, hessian)
    let g = 0
    let h = 0
    for (let i = 0; i < rows.rows; i++) {
      g += gradient[i] as number
      h += hessian[i] as number
    }
    const move = Math.max(-2, Math.min(2, -g / Math.max(1e-12, h)))
    base[0] = (base[0] as number) + move
    for (let i = 0; i < rows.rows; i++) score[i] = (score[i] as number) + move
    if (Math.abs(move) < 1e-9) break
  }
  return base
}

/** The loss of the mean over trees, where scores hold their sum. */
function lossOfMean(objective: Objective, rows: Rows, base: Float64Array, trees: number): number {
  const score = rows.score.map((s, i) => {
    const b = base[Math.floor(i / rows.rows)] as number
    return b + (s - b) / trees
  })
  return objective.loss({ ...rows, score })
}

/** A round of training as a function of its number, which says whether any tree was split. */
function roundOf(
  crew: Crew,
  prepared: Prepared,
  objective: Objective,
  options: TrainOptions,
  builder: EnsembleBuilder,
  run: Run,
): (round: number) => boolean {
  const { layout } = prepared
  const { train, valid, growth } = layout
  const { buffer } = layout.memory
  const { outputs, trees } = objective
  const width = trees === 1 ? outputs : 1
  const p = crew.parameters
  const control = new Int32Array(buffer, layout.control, 16)
  const results = new Float64Array(buffer, layout.results, 4 * layout.threads)
  const order = new Int32Array(buffer, layout.order, train.rows)
  const values = new Float64Array(buffer, layout.values, growth.leaves * Math.max(2, outputs))
  const segments = new Float64Array(buffer, layout.segments, 2 * growth.leaves)
  const scores = new Float64Array(buffer, train.score, train.rows * outputs)
  const before = new Float64Array(buffer, train.before, train.before ? train.rows * outputs : 0)
  const gradient = new Float32Array(buffer, layout.gradient, layout.gradient ? train.rows : 0)
  const hessian = new Float32Array(buffer, layout.hessian, layout.hessian ? train.rows : 0)
  const queries = train.queries ? new Int32Array(buffer, train.queries, train.queryCount + 1) : undefined
  const unit = objective.constantHessian && !train.weight && !options.goss && !options.bootstrap
  const forEachLeaf = (op: Op, count: number) => {
    control[DEALT] = 0
    p[0] = count
    crew.all(op)
  }
  const { goss: _, ...withoutGoss } = options
  /** GOSS begins once gradients say something (as in LightGBM). */
  const samplingOf = (round: number) => (round < 1 / options.learningRate ? withoutGoss : options)

  return (round) => {
    let split = false
    if (before.length > 0) before.set(scores)
    for (let k = 0; k < trees; k++) {
      const random = run.random(`trees:${layout.seed}:${round}:${k}`)
      p[0] = k
      p[1] = round
      crew.all(Op.gradients)
      const draw = { rows: train.rows, order, queries, gradient, hessian }
      const sampling = samplingOf(round)
      const all = takesAll(sampling)
      const taking = all ? train.rows : drawRows(draw, sampling, round, layout.seed, random)
      let most = 0
      let mostHessian = 0
      for (let t = 0; t < layout.threads; t++) {
        most = Math.max(most, results[2 * t] as number)
        mostHessian = Math.max(mostHessian, results[2 * t + 1] as number)
      }
      if (options.goss || options.bootstrap) {
        for (let i = 0; i < train.rows; i++) {
          most = Math.max(most, Math.abs(gradient[i] as number))
          mostHessian = Math.max(mostHessian, hessian[i] as number)
        }
      }
      const gStep = most > 0 ? most / STEPS : 1
      const hStep = unit ? 1 : mostHessian > 0 ? mostHessian / STEPS : 1
      p[2] = 1 / gStep
      p[3] = unit ? 0 : 1 / hStep
      p[4] = random.uint32() | 0
      p[5] = all ? 1 : 0
      crew.all(Op.quantise)
      const tree = growTree(crew, layout, { rows: taking, gStep, hStep, random })
      split ||= tree.leaves.length > 1
      const leafValues = valuesOfLeaves(tree)
      const rate = options.averaged ? 1 : options.learningRate
      for (let i = 0; i < leafValues.length; i++) leafValues[i] = (leafValues[i] as number) * rate
      builder.add(tree, trees > 1 ? k : 0, (node) =>
        node.leaf >= 0
          ? leafValues.subarray(node.leaf * width, (node.leaf + 1) * width)
          : new Array(width).fill(node.output * rate),
      )
      options.onTree?.(tree, segments, order)
      values.set(leafValues)
      const output = trees > 1 ? k : 0
      p[1] = width
      p[2] = output
      if (!options.averaged) forEachLeaf(Op.add, tree.leaves.length)
      if ((taking < train.rows && !options.averaged) || valid) {
        writeNodes(layout, tree)
        p[1] = width
        p[2] = output
        if (taking < train.rows && !options.averaged) descend(0, taking, train.rows)
        if (valid) descend(1, 0, valid.rows)
      }
    }
    return split
  }

  function descend(part: number, from: number, to: number): void {
    p[0] = part
    p[3] = from
    p[4] = to
    crew.all(Op.descend)
  }

  /** The values of all leaves, `width` each: by quantiles, by exact sums, or by rounded ones where memory is short. */
  function valuesOfLeaves(tree: GrownTree): Float64Array {
    const count = tree.leaves.length
    const made = new Float64Array(count * width)
    const nodeOf = (leaf: number) => tree.nodes[tree.leaves[leaf] as number] as GrownNode
    if (objective.renews) {
      forEachLeaf(Op.renew, count)
      for (let leaf = 0; leaf < count; leaf++) {
        const { lower, upper } = nodeOf(leaf)
        for (let k = 0; k < width; k++) {
          const value = values[leaf * width + k] as number
          const most = growth.maxLeafValue
          made[leaf * width + k] = Math.max(lower, Math.min(upper, Math.max(-most, Math.min(most, value))))
        }
      }
      return made
    }
    if (!layout.gradient) return made.map((_, leaf) => nodeOf(leaf).output)
    forEachLeaf(Op.sums, count)
    for (let leaf = 0; leaf < count; leaf++) {
      const node = nodeOf(leaf)
      const g = values[2 * leaf] as number
      const h = values[2 * leaf + 1] as number
      made[leaf] = leafOutput(growth, g, h, node.rows, node, node.l2)
    }
    return made
  }
}

/** Lays a tree out for rows to go down it by bins. */
function writeNodes(layout: Layout, tree: GrownTree): void {
  const nodes = new Int32Array(layout.memory.buffer, layout.nodes, layout.growth.leaves * 8)
  tree.nodes.forEach(({ split, leaf }, i) => {
    if (split) nodes.set([split.column, split.left, split.right, split.table], i * 4)
    else nodes.set([-1 - leaf, 0, 0, 0], i * 4)
  })
}
