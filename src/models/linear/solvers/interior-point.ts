import { cholesky, choleskySolve } from '../algebra/cholesky.ts'
import { addGram, mirror, TILE, tileOf } from '../algebra/gram.ts'

/** Rows of a quantile regression with a level each; row by row, weights multiplied in. */
export interface PinballRows {
  readonly rows: number
  readonly columns: number
  readonly x: Float64Array
  readonly y: Float64Array
  /** Level of each row. */
  readonly level: Float64Array
}

/** What an interior point method found. */
export interface InteriorPoint {
  readonly beta: Float64Array
  /** Loss above that of the dual: how far from the optimum it can be. */
  readonly gap: number
  readonly steps: number
}

/** How far to the border of the feasible a step may go. */
const STEP = 0.99995

/**
 * Minimises Σ ρ(y − xβ) to a duality gap, by the interior point method of Portnoy and Koenker (1997) with Mehrotra's corrector,
 * on the bounded dual: max y'a with x'a = x'(1 − level), 0 ≤ a ≤ 1.
 */
export function interiorPoint(given: PinballRows, gap: number, limit = 80): InteriorPoint {
  const { rows: n, columns: p, x, y, level } = given
  // As in the authors' program: minimise c'a with c = −y; the multipliers of the equations are −β.
  const a = level.map((t) => 1 - t)
  const s = level.slice()
  const rhs = new Float64Array(p)
  const normal = new Float64Array(p * p)
  const q = new Float64Array(n).fill(1)
  const r = new Float64Array(n)
  const z = new Float64Array(n)
  const w = new Float64Array(n)
  const da = new Float64Array(n)
  const dz = new Float64Array(n)
  const dw = new Float64Array(n)
  const corrector = new Float64Array(n)
  const equal = new Float64Array(p)
  for (let i = 0; i < n; i++)
    for (let j = 0; j < p; j++) equal[j] = (equal[j] as number) + (x[i * p + j] as number) * (1 - (level[i] as number))

  factor(given, q, normal)
  const beta = choleskySolve(normal, p, transposed(given, y, rhs).slice())
  let spread = 0
  for (let i = 0; i < n; i++) {
    const left = (y[i] as number) - dot(x, i * p, beta, p)
    r[i] = -left
    spread += Math.abs(left)
  }
  const least = Math.max(1e-300, (1e-3 * spread) / Math.max(1, n))
  for (let i = 0; i < n; i++) {
    z[i] = Math.max(r[i] as number, 0) + least
    w[i] = (z[i] as number) - (r[i] as number)
  }
  let steps = 0
  let current = Number.POSITIVE_INFINITY
  for (; steps < limit; steps++) {
    current = dualityGap(a, z, s, w)
    if (current <= gap) break
    for (let i = 0; i < n; i++) {
      q[i] = 1 / ((z[i] as number) / (a[i] as number) + (w[i] as number) / (s[i] as number))
      r[i] = (z[i] as number) - (w[i] as number)
    }
    factor(given, q, normal)
    // Both infeasibilities are 0 but for rounding, which each step mends.
    const lacking = transposed(given, a, rhs).map((v, j) => (equal[j] as number) - v)
    const dual = dualResidual(given, beta, z, w)
    for (let i = 0; i < n; i++) corrector[i] = (q[i] as number) * ((r[i] as number) + (dual[i] as number))
    const dy = solveFor(given, corrector, lacking, normal, rhs)
    for (let i = 0; i < n; i++) {
      const move = (q[i] as number) * (dot(x, i * p, dy, p) - (r[i] as number) - (dual[i] as number))
      da[i] = move
      dz[i] = -(z[i] as number) * (1 + move / (a[i] as number))
      dw[i] = -(w[i] as number) * (1 - move / (s[i] as number))
    }
    let fp = primalLength(a, s, da)
    let fd = dualLength(z, w, dz, dw)
    if (Math.min(fp, fd) < 1) {
      let before = 0
      let after = 0
      for (let i = 0; i < n; i++) {
        const move = da[i] as number
        before += (z[i] as number) * (a[i] as number) + (w[i] as number) * (s[i] as number)
        after +=
          ((z[i] as number) + fd * (dz[i] as number)) * ((a[i] as number) + fp * move) +
          ((w[i] as number) + fd * (dw[i] as number)) * ((s[i] as number) - fp * move)
      }
      const mu = (before * (after / before) ** 3) / (2 * n)
      for (let i = 0; i < n; i++) {
        const xi = mu / (a[i] as number) - mu / (s[i] as number)
        const second =
          ((da[i] as number) * (dz[i] as number)) / (a[i] as number) +
          ((da[i] as number) * (dw[i] as number)) / (s[i] as number)
        // r is turned into the corrector's right side.
        r[i] = (r[i] as number) + (dual[i] as number) + second - xi
        corrector[i] = (q[i] as number) * (r[i] as number)
      }
      const dy2 = solveFor(given, corrector, lacking, normal, rhs)
      dy.set(dy2)
      for (let i = 0; i < n; i++) {
        const ai = a[i] as number
        const si = s[i] as number
        const predicted = da[i] as number
        const move = (q[i] as number) * (dot(x, i * p, dy, p) - (r[i] as number))
        dz[i] = mu / ai - (z[i] as number) - ((z[i] as number) * move + predicted * (dz[i] as number)) / ai
        dw[i] = mu / si - (w[i] as number) + ((w[i] as number) * move + predicted * (dw[i] as number)) / si
        da[i] = move
      }
      fp = primalLength(a, s, da)
      fd = dualLength(z, w, dz, dw)
    }
    for (let i = 0; i < n; i++) {
      a[i] = (a[i] as number) + fp * (da[i] as number)
      s[i] = (s[i] as number) - fp * (da[i] as number)
      z[i] = (z[i] as number) + fd * (dz[i] as number)
      w[i] = (w[i] as number) + fd * (dw[i] as number)
    }
    for (let j = 0; j < p; j++) beta[j] = (beta[j] as number) - fd * (dy[j] as number)
  }
  return { beta, gap: current, steps }
}

/** c + xβ − z + w, which is 0 but for rounding. */
function dualResidual(
  { rows: n, columns: p, x, y }: PinballRows,
  beta: Float64Array,
  z: Float64Array,
  w: Float64Array,
): Float64Array {
  const out = new Float64Array(n)
  for (let i = 0; i < n; i++) out[i] = -(y[i] as number) + dot(x, i * p, beta, p) - (z[i] as number) + (w[i] as number)
  return out
}

function dot(x: Float64Array, from: number, beta: Float64Array, p: number): number {
  let sum = 0
  for (let j = 0; j < p; j++) sum += (x[from + j] as number) * (beta[j] as number)
  return sum
}

/** x'v into `out`. */
function transposed({ rows, columns: p, x }: PinballRows, v: Float64Array, out: Float64Array): Float64Array {
  out.fill(0)
  for (let i = 0; i < rows; i++) {
    const vi = v[i] as number
    if (vi === 0) continue
    const from = i * p
    for (let j = 0; j < p; j++) out[j] = (out[j] as number) + vi * (x[from + j] as number)
  }
  return out
}

function solveFor(
  given: PinballRows,
  v: Float64Array,
  lacking: Float64Array,
  normal: Float64Array,
  rhs: Float64Array,
): Float64Array {
  const b = transposed(given, v, rhs).slice()
  for (let j = 0; j < b.length; j++) b[j] = (b[j] as number) + (lacking[j] as number)
  return choleskySolve(normal, given.columns, b)
}

/** Cholesky factor of x' diag(q) x. */
function factor({ rows, columns: p, x }: PinballRows, q: Float64Array, normal: Float64Array): void {
  normal.fill(0)
  const tile = tileOf(p)
  for (let i = 0; i < rows; i++) {
    const root = Math.sqrt(q[i] as number)
    const from = i * p
    for (let j = 0; j < p; j++) tile.values[j * TILE + tile.rows] = root * (x[from + j] as number)
    if (++tile.rows === TILE) {
      addGram(tile, normal)
      tile.rows = 0
    }
  }
  addGram(tile, normal)
  cholesky(mirror(normal, p), p)
}

function dualityGap(a: Float64Array, z: Float64Array, s: Float64Array, w: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (z[i] as number) * (a[i] as number) + (w[i] as number) * (s[i] as number)
  return sum
}

function primalLength(a: Float64Array, s: Float64Array, da: Float64Array): number {
  let most = Number.POSITIVE_INFINITY
  for (let i = 0; i < a.length; i++) {
    const move = da[i] as number
    if (move < 0) most = Math.min(most, -(a[i] as number) / move)
    else if (move > 0) most = Math.min(most, (s[i] as number) / move)
  }
  return Math.min(1, STEP * most)
}

function dualLength(z: Float64Array, w: Float64Array, dz: Float64Array, dw: Float64Array): number {
  let most = Number.POSITIVE_INFINITY
  for (let i = 0; i < z.length; i++) {
    if ((dz[i] as number) < 0) most = Math.min(most, -(z[i] as number) / (dz[i] as number))
    if ((dw[i] as number) < 0) most = Math.min(most, -(w[i] as number) / (dw[i] as number))
  }
  return Math.min(1, STEP * most)
}
