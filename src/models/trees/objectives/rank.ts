import { ForetideError } from '../../../core/errors.ts'
import { checkTargets, neverRenewed } from './check.ts'
import { quickExp } from './exp.ts'
import type { Objective, ObjectiveOptions, ObjectiveRows } from './objective.ts'
import { orderByScore } from './order.ts'

/** Grades are below this (LightGBM's default `label_gain`), or their gains would not fit. */
const GRADES = 31

/**
 * LambdaMART (Burges, From RankNet to LambdaRank to LambdaMART, 2010) with NDCG at `truncation`, 30 unless given: puts rows of a query
 * in the order of their grades 0, 1, 2, …, where a grade g gains 2^g − 1. Its loss is 1 − NDCG, queries weighing what their rows do on average.
 */
export function rank(options: Extract<ObjectiveOptions, { loss: 'rank' }>): Objective {
  const { truncation = 30 } = options
  if (!(Number.isInteger(truncation) && truncation >= 1))
    throw new ForetideError('trees.truncation', { truncation }, { fault: 'usage' })
  const allowed = (value: number) => Number.isInteger(value) && value >= 0 && value < GRADES
  return {
    options,
    outputs: 1,
    trees: 1,
    link: 'identity',
    constantHessian: false,
    renews: false,
    check: (rows) => {
      queriesOf(rows)
      checkTargets(rows, 'rank', 'trees.notGrade', allowed, GRADES - 1)
    },
    start: () => new Float64Array(1),
    gradients: (rows, _tree, _round, from, to, gradient, hessian) =>
      lambdas(rows, truncation, from, to, gradient, hessian),
    renew: neverRenewed,
    loss: (rows) => 1 - meanGain(rows, truncation),
  }
}

function queriesOf({ queries }: ObjectiveRows): Int32Array {
  if (!queries) throw new ForetideError('trees.queries', {}, { fault: 'badInput' })
  return queries
}

const discount = (place: number) => 1 / Math.log2(2 + place)
const gain = (grade: number) => 2 ** grade - 1

/** Lambdas of the queries that lie between two rows, as LightGBM has them. */
function lambdas(
  rows: ObjectiveRows,
  truncation: number,
  from: number,
  to: number,
  gradient: Float32Array,
  hessian: Float32Array,
): void {
  const queries = queriesOf(rows)
  let q = 0
  while (q + 1 < queries.length && (queries[q] as number) < from) q++
  const room = new Room()
  for (; q + 1 < queries.length && (queries[q] as number) < to; q++) {
    const first = queries[q] as number
    ofQuery(rows, first, (queries[q + 1] as number) - first, truncation, room)
    for (let i = 0; i < (queries[q + 1] as number) - first; i++) {
      const w = rows.weight === undefined ? 1 : (rows.weight[first + i] as number)
      gradient[first + i] = w * (room.lambda[i] as number)
      hessian[first + i] = w * (room.hessian[i] as number)
    }
  }
}

/** Scratch of one query. */
class Room {
  lambda = new Float64Array(0)
  hessian = new Float64Array(0)
  order = new Int32Array(0)
  other = new Int32Array(0)
  gains = new Float64Array(0)
  discounts = new Float64Array(0)

  clear(count: number): void {
    if (this.lambda.length < count) {
      this.lambda = new Float64Array(2 * count)
      this.hessian = new Float64Array(2 * count)
      this.order = new Int32Array(2 * count)
      this.other = new Int32Array(2 * count)
      this.gains = new Float64Array(2 * count)
      this.discounts = Float64Array.from({ length: 2 * count }, (_, place) => discount(place))
    }
    this.lambda.fill(0, 0, count)
    this.hessian.fill(0, 0, count)
  }
}

function ofQuery({ target, score }: ObjectiveRows, first: number, count: number, truncation: number, room: Room): void {
  room.clear(count)
  const { lambda, hessian, order, gains, discounts } = room
  orderByScore(score, first, count, order, room.other)
  const ideal = bestGain(target, first, count, truncation)
  if (ideal === 0) return
  const perGain = 1 / ideal
  for (let i = 0; i < count; i++) gains[i] = gain(target[first + i] as number)
  const top = score[first + (order[0] as number)] as number
  const bottom = score[first + (order[count - 1] as number)] as number
  let sum = 0
  for (let i = 0; i < count - 1 && i < truncation; i++) {
    const a = order[i] as number
    for (let j = i + 1; j < count; j++) {
      const b = order[j] as number
      const gap = (gains[a] as number) - (gains[b] as number)
      if (gap === 0) continue
      const high = gap > 0 ? a : b
      const low = gap > 0 ? b : a
      const apart = (score[first + high] as number) - (score[first + low] as number)
      let delta = Math.abs(gap) * ((discounts[i] as number) - (discounts[j] as number)) * perGain
      if (top !== bottom) delta /= 0.01 + Math.abs(apart)
      const p = 1 / (1 + quickExp(apart))
      const l = p * delta
      const h = p * (1 - p) * delta
      lambda[low] = (lambda[low] as number) + l
      lambda[high] = (lambda[high] as number) - l
      hessian[low] = (hessian[low] as number) + h
      hessian[high] = (hessian[high] as number) + h
      sum += 2 * l
    }
  }
  if (!(sum > 0)) return
  const norm = Math.log2(1 + sum) / sum
  for (let i = 0; i < count; i++) {
    lambda[i] = (lambda[i] as number) * norm
    hessian[i] = (hessian[i] as number) * norm
  }
}

/** The discounted gain of the best order. */
function bestGain(target: Float32Array, first: number, count: number, truncation: number): number {
  const grades = new Int32Array(GRADES)
  for (let i = first; i < first + count; i++) {
    const grade = target[i] as number
    grades[grade] = (grades[grade] as number) + 1
  }
  let sum = 0
  let place = 0
  for (let grade = GRADES - 1; grade > 0; grade--)
    for (let n = grades[grade] as number; n > 0 && place < truncation; n--) sum += gain(grade) * discount(place++)
  return sum
}

/** Mean NDCG of the queries; one without any grade above 0 counts 1. */
function meanGain(rows: ObjectiveRows, truncation: number): number {
  const queries = queriesOf(rows)
  const { target, score, weight } = rows
  const room = new Room()
  let sum = 0
  let total = 0
  for (let q = 0; q + 1 < queries.length; q++) {
    const first = queries[q] as number
    const count = (queries[q + 1] as number) - first
    room.clear(count)
    const { order, discounts } = room
    orderByScore(score, first, count, order, room.other)
    let found = 0
    for (let i = 0; i < count && i < truncation; i++)
      found += gain(target[first + (order[i] as number)] as number) * (discounts[i] as number)
    const ideal = bestGain(target, first, count, truncation)
    let w = weight === undefined ? 1 : 0
    if (weight) for (let i = 0; i < count; i++) w += (weight[first + i] as number) / count
    sum += w * (ideal > 0 ? found / ideal : 1)
    total += w
  }
  return sum / total
}
