import { at, Mask } from '../../../core/panel.ts'
import { periodsOf } from '../options.ts'
import type { History } from './gather.ts'

/** When each series began to sell; one value a series. */
export interface Lives {
  /** Period of the first observed cell that belongs to its life, NaN where nothing was observed. */
  readonly first: Float64Array
  /** Period of the last sale, NaN where there was none. */
  readonly lastSale: Float64Array
  /** Cells observed since the first. */
  readonly observed: Int32Array
  /** 1 where a value is below zero. */
  readonly negative: Uint8Array
  /** First period observed of any series. */
  readonly opening: number
  /** Last period observed of any series. */
  readonly latest: number
}

/** Zeros at the head of a series are taken for its time before the launch where they last this many days, and three times as long as zeros do afterwards. */
const LEAST_LEAD = 28
const USUAL = 3

/** Reads off when each series began and last sold. A long head of zeros, as of dense tables, is no part of a life. */
export function livesOf(history: History): Lives {
  const n = history.ids.length
  const first = new Float64Array(n).fill(Number.NaN)
  const lastSale = new Float64Array(n).fill(Number.NaN)
  const observed = new Int32Array(n)
  const negative = new Uint8Array(n)
  const least = periodsOf(LEAST_LEAD, history.calendar)
  let opening = Number.POSITIVE_INFINITY
  let latest = Number.NEGATIVE_INFINITY
  for (let i = 0; i < n; i++) {
    const life = lifeOf(history, i)
    if (life.seen === 0) continue
    opening = Math.min(opening, life.first)
    latest = Math.max(latest, life.last)
    negative[i] = life.negative ? 1 : 0
    lastSale[i] = life.lastSale
    const lead = life.firstSale - life.first
    const after = life.last - life.firstSale + 1
    const late = lead >= least && lead > (USUAL * after) / Math.max(1, life.sales)
    first[i] = late ? life.firstSale : life.first
    observed[i] = late ? life.seen - life.lead : life.seen
  }
  return { first, lastSale, observed, negative, opening, latest }
}

function lifeOf({ start, offsets, target, mask }: History, i: number) {
  const life = {
    first: Number.NaN,
    firstSale: Number.NaN,
    lastSale: Number.NaN,
    last: Number.NaN,
    seen: 0,
    lead: 0,
    sales: 0,
    negative: false,
  }
  const from = at(offsets, i)
  for (let k = from; k < at(offsets, i + 1); k++) {
    const y = at(target, k)
    if (Number.isNaN(y) || (at(mask, k) & Mask.closed) !== 0) continue
    const period = at(start, i) + k - from
    if (life.seen++ === 0) life.first = period
    life.last = period
    if (y < 0) life.negative = true
    if (y > 0) {
      if (life.sales++ === 0) {
        life.firstSale = period
        life.lead = life.seen - 1
      }
      life.lastSale = period
    }
  }
  return life
}
