import type { Unit } from '../../../core/calendar.ts'
import type { Random } from '../../../core/random.ts'
import { AHEAD, SEASONS } from '../shape.ts'
import type { Told } from '../told.ts'
import { addCovariates, type Driven } from './covariates.ts'
import { addAutoregression, addSmooth, addTrend, between, chosen, seasonShape, strength } from './waves.ts'

/** How often units of time come, and the shortest and the longest past of each. */
const TIMES: readonly (readonly [readonly [Unit, number, number], number])[] = [
  [['day', 14, 800], 0.5],
  [['week', 12, 260], 0.2],
  [['month', 10, 150], 0.16],
  [['hour', 48, 700], 0.08],
  [['quarter', 6, 60], 0.04],
  [['year', 5, 40], 0.02],
]

/**
 * Draws a series of demand as shops have them: seasons, trends, lives, promotions and prices, families, counts and amounts, gaps and empty shelves.
 *
 * What lies after its origin is the truth to be foretold.
 */
export function drawnSeries(random: Random): Told {
  const [unit, least, most] = chosen(random, TIMES)
  const seen = Math.round(between(random, least, most))
  const n = seen + AHEAD
  const [main, longer] = SEASONS[unit]
  const phases: [number, number] = [random.integer(Math.max(1, main)), random.integer(Math.max(1, longer))]
  const log = new Float64Array(n)
  if (main > 0 && random.uniform() < 0.8) addSeason(random, log, main, phases[0], 0.4)
  if (longer > 0 && random.uniform() < 0.5) addSeason(random, log, longer, phases[1], 0.35)
  if (unit === 'day' && random.uniform() < 0.12) addSeason(random, log, 30, random.integer(30), 0.15)
  addTrend(random, log, seen)
  if (random.uniform() < 0.35) addSmooth(random, log, between(random, 3, n), strength(random, 0.25))
  if (random.uniform() < 0.7) addAutoregression(random, log, 0.95 * random.uniform(), strength(random, 0.2))
  if (random.uniform() < 0.25) addCovariates(random, log, 1) // promotions that nobody wrote down
  const driven: Driven =
    random.uniform() < 0.45 ? addCovariates(random, log, 1 + random.integer(4)) : { covariates: [] }
  const mood = random.uniform() < 0.35 ? addFamily(random, log) : undefined
  const level = Math.exp(random.uniform() < 0.8 ? 1 + 1.6 * random.normal() : -3 + 16 * random.uniform())
  const values = observed(random, log, level)
  const censored = random.uniform() < 0.4 ? emptyShelves(random, values, seen) : undefined
  spoil(random, values, seen, main)
  return {
    ...{ unit, values, from: 0, origin: seen - 1, phases },
    ...(censored && { censored }),
    ...(mood && { mood }),
    ...(driven.covariates.length > 0 && driven),
  }
}

/** A season whose strength may change. */
function addSeason(random: Random, log: Float64Array, period: number, phase: number, deviation: number): void {
  const shape = seasonShape(random, period)
  const amplitude = strength(random, deviation)
  const change = random.uniform() < 0.2 ? random.normal() / log.length : 0
  for (let t = 0; t < log.length; t++)
    log[t] = (log[t] as number) + amplitude * Math.max(0, 1 + change * t) * (shape[(t + phase) % period] as number)
}

/** What a whole family has in common, and how it is seen in the others. */
function addFamily(random: Random, log: Float64Array): Float64Array {
  const common = new Float64Array(log.length)
  addAutoregression(random, common, 0.5 + 0.48 * random.uniform(), strength(random, 0.4))
  if (random.uniform() < 0.4) addTrend(random, common, log.length)
  const loading = random.uniform() < 0.8 ? 0.4 + 0.8 * random.uniform() : 0
  const noise = 0.3 * random.uniform()
  const mood = new Float64Array(log.length)
  let size = 0
  for (let t = 0; t < log.length; t++) {
    // The others have the seasons and events of this one in part, too.
    mood[t] = Math.exp(within(common[t] as number) + 0.7 * within(log[t] as number) + noise * random.normal())
    size += (mood[t] as number) / log.length
    log[t] = (log[t] as number) + loading * (common[t] as number)
  }
  for (let t = 0; t < log.length; t++) mood[t] = (mood[t] as number) / size
  return mood
}

const within = (x: number) => Math.max(-6, Math.min(6, x))

/** Demand as it is counted, of a level times the exponential of `log`. */
function observed(random: Random, log: Float64Array, level: number): Float64Array {
  const kind = chosen(random, [
    ['poisson', 0.12],
    ['overdispersed', 0.3],
    ['intermittent', 0.22],
    ['amount', 0.22],
    ['fraction', 0.1],
    ['additive', 0.04],
  ] as const)
  const n = log.length
  const values = new Float64Array(n)
  const mean = (t: number) => level * Math.exp(within(log[t] as number))
  if (kind === 'poisson' || kind === 'overdispersed') {
    const dispersion = kind === 'poisson' ? 0 : Math.exp(0.8 + 1.1 * random.normal())
    const pack = random.uniform() < 0.08 ? 2 + random.integer(11) : 1
    for (let t = 0; t < n; t++) {
      const mu = Math.min(mean(t), 1e9) / pack
      const rate = dispersion > 0 ? (mu * random.gamma(dispersion)) / dispersion : mu
      // Counts this large are as good as normal.
      values[t] = pack * (rate > 1e4 ? Math.round(rate + Math.sqrt(rate) * random.normal()) : random.poisson(rate))
    }
  } else if (kind === 'intermittent') {
    // Demand comes in bouts: whether it comes goes with whether it came.
    const share = 0.02 + 0.7 * random.uniform() ** 1.5
    const clings = random.uniform() < 0.5 ? 0.7 * random.uniform() : 0
    const shape = between(random, 0.5, 8)
    const size = Math.max(1, level)
    const whole = random.uniform() < 0.85
    let on = random.uniform() < share
    for (let t = 0; t < n; t++) {
      const chance = Math.min(0.98, share * Math.exp(0.7 * within(log[t] as number)))
      on = random.uniform() < clings ? on : random.uniform() < chance
      if (!on) continue
      const amount = (size * Math.exp(0.3 * within(log[t] as number)) * random.gamma(shape)) / shape
      values[t] = whole ? Math.max(1, Math.round(amount)) : amount
    }
  } else if (kind === 'amount') {
    const deviation = strength(random, 0.3)
    for (let t = 0; t < n; t++) values[t] = mean(t) * Math.exp(deviation * random.normal())
  } else if (kind === 'fraction') {
    // Amounts in steps, many of them 0: weights, or counts that somebody has divided.
    const step = 1 / (2 + random.integer(20))
    const shape = between(random, 0.5, 6)
    for (let t = 0; t < n; t++)
      values[t] =
        level * step * random.poisson((Math.exp(within(log[t] as number)) / step) * (random.gamma(shape) / shape))
  } else {
    const deviation = strength(random, 0.4)
    for (let t = 0; t < n; t++)
      values[t] =
        level * Math.max(random.uniform() < 0.98 ? 0 : -9, 1 + 0.4 * (log[t] as number) + deviation * random.normal())
  }
  return values
}

/** Periods that were sold out, as marks where they were marked. Undefined where nobody wrote them down. */
function emptyShelves(random: Random, values: Float64Array, seen: number): Float64Array | undefined {
  const censored = new Float64Array(values.length)
  const kind = random.uniform()
  if (kind < 0.65) sellOut(random, values, censored)
  if (kind > 0.45) runDry(random, values, censored, seen)
  return random.uniform() < 0.75 ? censored : undefined
}

/**
 * Shelves that are filled by what sold of late: what is asked for beyond that is not sold. Most marks of real shops are of this kind, on days that sold more than others (of fresh-daily's
 * training part, days with up to ten of sixteen hours sold out sold more than days with none): marks must not mean that little was sold.
 */
function sellOut(random: Random, values: Float64Array, censored: Float64Array): void {
  const whole = values.every((y) => Number.isInteger(y))
  const filled = between(random, 0.8, 2.5)
  const spread = between(random, 0.05, 0.6)
  const memory = between(random, 0.03, 0.4)
  let usual = 0
  for (let t = 0; t < Math.min(8, values.length); t++) usual += (values[t] as number) / Math.min(8, values.length)
  for (let t = 0; t < values.length; t++) {
    const asked = values[t] as number
    const shelf = usual * filled * Math.exp(spread * random.normal())
    const stock = whole ? Math.max(1, Math.round(shelf)) : shelf
    usual += memory * (asked - usual)
    if (!(asked > 0) || asked < stock) continue
    censored[t] = 1
    values[t] = stock
  }
}

/** Stretches in which little or nothing could be bought, whatever was asked for; those after the origin are no truths. */
function runDry(random: Random, values: Float64Array, censored: Float64Array, seen: number): void {
  const n = values.length
  const pause = between(random, 5, 2 * n)
  const length = between(random, 1, 12)
  let t = Math.floor(-pause * Math.log(1 - random.uniform()))
  while (t < n) {
    const end = t + Math.max(1, Math.round(-length * Math.log(1 - random.uniform())))
    const partly = random.uniform() < 0.5
    for (; t < end && t < n; t++) {
      censored[t] = 1
      const y = values[t] as number
      const left = 1 - random.uniform() ** 2
      values[t] = partly ? (Number.isInteger(y) ? Math.floor(y * left) : y * left) : 0
      if (t >= seen) values[t] = Number.NaN
    }
    t += Math.max(1, Math.floor(-pause * Math.log(1 - random.uniform())))
  }
}

/** Gaps, days of the week on which a shop is closed, and numbers that are wrong. */
function spoil(random: Random, values: Float64Array, seen: number, main: number): void {
  const n = values.length
  if (random.uniform() < 0.12) {
    const share = 0.2 * random.uniform()
    for (let t = 0; t < seen; t++) if (random.uniform() < share) values[t] = Number.NaN
  }
  if (main === 7 && random.uniform() < 0.06) {
    const day = random.integer(7)
    for (let t = day; t < n; t += 7) values[t] = 0
  }
  if (random.uniform() < 0.06) {
    const times = 1 + random.integer(2)
    for (let k = 0; k < times; k++) {
      const t = random.integer(seen)
      values[t] = (values[t] as number) * between(random, 2, 30)
    }
  }
}
