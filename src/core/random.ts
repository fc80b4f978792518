/**
 * A seeded source of random numbers, the same on every machine and for every number of threads.
 *
 * Generator: xoshiro128** (Blackman and Vigna, 2018), seeded by splitmix32 from a hash of seed and stream name.
 *
 * @example
 * Random.of(7, 'demo').uniform() === Random.of(7, 'demo').uniform() // → true
 */
export class Random {
  #a: number
  #b: number
  #c: number
  #d: number
  #spare = Number.NaN

  constructor(seed: number) {
    let state = seed | 0
    const next = () => {
      state = (state + 0x9e3779b9) | 0
      let z = state
      z = Math.imul(z ^ (z >>> 16), 0x85ebca6b)
      z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35)
      return z ^ (z >>> 16)
    }
    this.#a = next()
    this.#b = next()
    this.#c = next()
    this.#d = next() | 1
  }

  /** The source that belongs to a name under a seed; other names are independent of it. */
  static of(seed: number, stream: string): Random {
    return new Random(hash32(`${seed}:${stream}`))
  }

  /** A whole number of 32 bits. */
  uint32(): number {
    const result = Math.imul(rotl(Math.imul(this.#b, 5), 7), 9) >>> 0
    const t = this.#b << 9
    this.#c ^= this.#a
    this.#d ^= this.#b
    this.#b ^= this.#c
    this.#a ^= this.#d
    this.#c ^= t
    this.#d = rotl(this.#d, 11)
    return result
  }

  /** Uniform on [0, 1), with 53 bits. */
  uniform(): number {
    return ((this.uint32() >>> 5) * 67108864 + (this.uint32() >>> 6)) / 9007199254740992
  }

  /** A whole number from 0 to `below` − 1. */
  integer(below: number): number {
    return Math.floor(this.uniform() * below)
  }

  /** Standard normal, by the polar method of Marsaglia. */
  normal(): number {
    if (!Number.isNaN(this.#spare)) {
      const spare = this.#spare
      this.#spare = Number.NaN
      return spare
    }
    for (;;) {
      const u = 2 * this.uniform() - 1
      const v = 2 * this.uniform() - 1
      const s = u * u + v * v
      if (s > 0 && s < 1) {
        const f = Math.sqrt((-2 * Math.log(s)) / s)
        this.#spare = v * f
        return u * f
      }
    }
  }

  /** Gamma of a shape and scale 1, by Marsaglia and Tsang (2000). */
  gamma(shape: number): number {
    if (shape < 1) return this.gamma(shape + 1) * (1 - this.uniform()) ** (1 / shape)
    const d = shape - 1 / 3
    const c = 1 / Math.sqrt(9 * d)
    for (;;) {
      const x = this.normal()
      const v = (1 + c * x) ** 3
      if (v > 0 && Math.log(1 - this.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v
    }
  }

  /** Poisson of a mean: by multiplication for small means, by a gamma split for large ones (Ahrens and Dieter, 1974). */
  poisson(mean: number): number {
    let base = 0
    let rate = mean
    while (rate > 30) {
      const m = Math.floor((rate * 7) / 8)
      const x = this.gamma(m)
      if (x > rate) return base + this.binomial(m - 1, rate / x)
      base += m
      rate -= x
    }
    const limit = Math.exp(-rate)
    let product = this.uniform()
    let count = 0
    while (product > limit) {
      product *= this.uniform()
      count++
    }
    return base + count
  }

  /** Binomial of `trials` and a chance, by halving through beta variates (Ahrens and Dieter, 1974). */
  binomial(trials: number, chance: number): number {
    let n = trials
    let p = chance
    let count = 0
    while (n > 20) {
      const a = 1 + Math.floor(n / 2)
      const b = n + 1 - a
      const x = this.gamma(a)
      const y = x / (x + this.gamma(b))
      if (y >= p) {
        n = a - 1
        p /= y
      } else {
        count += a
        n = b - 1
        p = (p - y) / (1 - y)
      }
    }
    for (let i = 0; i < n; i++) if (this.uniform() < p) count++
    return count
  }

  /** Negative binomial of a mean and a dispersion r (variance mean + mean² / r). */
  negativeBinomial(mean: number, dispersion: number): number {
    return mean <= 0 ? 0 : this.poisson((this.gamma(dispersion) * mean) / dispersion)
  }

  /** Puts an array into random order, in place (Fisher and Yates). */
  shuffle<T>(items: T[]): T[] {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1)
      const held = items[i] as T
      items[i] = items[j] as T
      items[j] = held
    }
    return items
  }
}

const rotl = (x: number, k: number) => (x << k) | (x >>> (32 - k))

/** A well-mixed 32-bit hash of a text (FNV-1a with the finaliser of MurmurHash 3). */
export function hash32(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
