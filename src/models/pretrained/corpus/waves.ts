import type { Random } from '../../../core/random.ts'

/** An absolute value of a normal number: how strong something is. */
export const strength = (random: Random, deviation: number): number => Math.abs(random.normal()) * deviation

/** A number between two, its logarithm uniform. */
export const between = (random: Random, least: number, most: number): number =>
  least * (most / least) ** random.uniform()

/** One of several, with chances that go with their weights. */
export function chosen<T>(random: Random, choices: readonly (readonly [T, number])[]): T {
  let left = random.uniform() * choices.reduce((sum, [, weight]) => sum + weight, 0)
  for (const [choice, weight] of choices) {
    left -= weight
    if (left < 0) return choice
  }
  return (choices.at(-1) as readonly [T, number])[0]
}

/** A shape of a season: one number a phase, mean 0 and deviation 1, of a few waves or of phases by chance. */
export function seasonShape(random: Random, period: number): Float64Array {
  const shape = new Float64Array(period)
  const kind = random.uniform()
  if (kind < 0.35 || (period > 60 && kind < 0.8)) {
    const waves = 1 + random.integer(Math.min(4, Math.max(1, period >> 1)))
    for (let j = 1; j <= waves; j++) {
      const [a, b] = [random.normal() / j, random.normal() / j]
      for (let p = 0; p < period; p++) {
        const angle = (2 * Math.PI * j * p) / period
        shape[p] = (shape[p] as number) + a * Math.sin(angle) + b * Math.cos(angle)
      }
    }
  } else if (kind < 0.75) {
    for (let p = 0; p < period; p++) shape[p] = random.normal()
    if (period > 12) smooth(shape, 1 + random.integer(Math.ceil(period / 8)))
  } else {
    // A stretch of the season that stands out, such as a weekend or the weeks before a festival.
    const from = random.integer(period)
    const length = 1 + random.integer(Math.max(1, Math.ceil(period / 4)))
    for (let k = 0; k < length; k++) shape[(from + k) % period] = 1 + 0.3 * random.normal()
    for (let p = 0; p < period; p++) shape[p] = (shape[p] as number) + 0.1 * random.normal()
  }
  let mean = 0
  for (const v of shape) mean += v / period
  let square = 0
  for (const v of shape) square += (v - mean) ** 2 / period
  const deviation = Math.sqrt(square) || 1
  for (let p = 0; p < period; p++) shape[p] = ((shape[p] as number) - mean) / deviation
  return shape
}

/** Means over a few neighbours around the circle. */
function smooth(shape: Float64Array, reach: number): void {
  const from = shape.slice()
  const n = shape.length
  for (let p = 0; p < n; p++) {
    let sum = 0
    for (let k = -reach; k <= reach; k++) sum += from[(p + k + 4 * n) % n] as number
    shape[p] = sum
  }
}

/** Adds a first-order autoregression of stationary deviation 1, times `scale`. */
export function addAutoregression(random: Random, into: Float64Array, persistence: number, scale: number): void {
  const fresh = Math.sqrt(1 - persistence * persistence)
  let x = random.normal()
  for (let t = 0; t < into.length; t++) {
    into[t] = (into[t] as number) + scale * x
    x = persistence * x + fresh * random.normal()
  }
}

/** Adds a smooth function by chance: a Gaussian process by random Fourier features (Rahimi and Recht, 2007). */
export function addSmooth(random: Random, into: Float64Array, length: number, scale: number): void {
  for (let j = 0; j < 3; j++) {
    const frequency = random.normal() / length
    const phase = 2 * Math.PI * random.uniform()
    const amplitude = scale * Math.sqrt(2 / 3)
    for (let t = 0; t < into.length; t++) into[t] = (into[t] as number) + amplitude * Math.cos(frequency * t + phase)
  }
}

/** Adds what wanders: a random walk, a line, a break, and the rise and fall of a life. */
export function addTrend(random: Random, into: Float64Array, seen: number): void {
  const n = into.length
  if (random.uniform() < 0.5) {
    const step = strength(random, 0.6) / Math.sqrt(n)
    let x = 0
    for (let t = 0; t < n; t++) {
      into[t] = (into[t] as number) + x
      x += step * random.normal()
    }
  }
  if (random.uniform() < 0.3) {
    const slope = (0.7 * random.normal()) / n
    for (let t = 0; t < n; t++) into[t] = (into[t] as number) + slope * t
  }
  if (random.uniform() < 0.2) {
    const from = random.integer(n)
    const jump = 0.6 * random.normal()
    for (let t = from; t < n; t++) into[t] = (into[t] as number) + jump
  }
  if (random.uniform() < 0.12) {
    // A launch: a steep rise that settles.
    const pace = between(random, 3, Math.max(4, seen / 2))
    const depth = strength(random, 1.5)
    for (let t = 0; t < n; t++) into[t] = (into[t] as number) - depth * Math.exp(-t / pace)
  }
  if (random.uniform() < 0.08) {
    // An end: less and less from some day on.
    const from = Math.floor(random.uniform() * n)
    const pace = between(random, 5, n)
    for (let t = from; t < n; t++) into[t] = (into[t] as number) - (t - from) / pace
  }
}
