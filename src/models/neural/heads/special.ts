/** Lanczos' coefficients for g = 7, n = 9 (Godfrey, 2001). */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const

/** The logarithm of the gamma function of a positive number (Lanczos, 1964). */
export function logGammaOf(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGammaOf(1 - x)
  let sum: number = LANCZOS[0]
  for (let k = 1; k < LANCZOS.length; k++) sum += (LANCZOS[k] as number) / (x - 1 + k)
  const t = x + 6.5
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum)
}

const PRECISION = 1e-14
const ROUNDS = 100_000

/** The regularised lower incomplete gamma function P(a, x): the chance that a gamma variate of shape a is at most x (Press et al., 2007, 6.2). */
export function gammaBelow(a: number, x: number): number {
  if (x <= 0) return 0
  const front = Math.exp(a * Math.log(x) - x - logGammaOf(a))
  if (x < a + 1) {
    let term = 1 / a
    let sum = term
    for (let n = 1; n < ROUNDS && Math.abs(term) > PRECISION * sum; n++) {
      term *= x / (a + n)
      sum += term
    }
    return Math.min(1, front * sum)
  }
  return Math.max(0, 1 - front * lentz((n) => (n === 0 ? [1, x + 1 - a] : [-n * (n - a), x + 2 * n + 1 - a])))
}

/** The regularised incomplete beta function I_x(a, b): the chance that a beta variate is at most x (Press et al., 2007, 6.4). */
export function betaBelow(a: number, b: number, x: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  if (x > (a + 1) / (a + b + 2)) return 1 - betaBelow(b, a, 1 - x)
  const front = Math.exp(
    logGammaOf(a + b) - logGammaOf(a) - logGammaOf(b) + a * Math.log(x) + b * Math.log1p(-x) - Math.log(a),
  )
  const fraction = lentz((n) => {
    if (n === 0) return [1, 1]
    const m = n >> 1
    if (n % 2 === 0) return [(m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)), 1]
    return [(-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)), 1]
  })
  return Math.min(1, front * fraction)
}

/** The continued fraction a₀ / (b₀ + a₁ / (b₁ + …)), by the method of Lentz as Thompson and Barnett (1986) have it. */
function lentz(term: (n: number) => readonly [a: number, b: number]): number {
  const TINY = 1e-300
  let [a, b] = term(0)
  let c = a / TINY
  let d = 1 / b
  let f = a * d
  c = b + a / TINY
  for (let n = 1; n < ROUNDS; n++) {
    ;[a, b] = term(n)
    d = b + a * d
    if (Math.abs(d) < TINY) d = TINY
    c = b + a / c
    if (Math.abs(c) < TINY) c = TINY
    d = 1 / d
    const change = c * d
    f *= change
    if (Math.abs(change - 1) < PRECISION) break
  }
  return f
}

/** The least number at which an ascending function of it reaches `level`, between 0 and `high` or beyond, to a relative precision of 1e-9. */
export function inverted(below: (x: number) => number, level: number, high: number): number {
  let [low, top] = [0, Math.max(high, 1e-12)]
  if (below(0) >= level) return 0
  while (below(top) < level && top < 1e300) {
    low = top
    top *= 2
  }
  for (let k = 0; k < 200 && top - low > 1e-9 * top; k++) {
    const middle = (low + top) / 2
    if (below(middle) < level) low = middle
    else top = middle
  }
  return top
}

/** The least count whose chance to be it or less reaches `level`. */
export function invertedCount(below: (k: number) => number, level: number, guess: number): number {
  let low = -1
  let top = Math.max(0, Math.ceil(guess))
  let reach = 1
  while (below(top) < level && top < Number.MAX_SAFE_INTEGER) {
    low = top
    top += reach
    reach *= 2
  }
  while (top - low > 1) {
    const middle = Math.floor((low + top) / 2)
    if (below(middle) < level) low = middle
    else top = middle
  }
  return top
}
