import { sharedFloat32 } from '../../core/memory.ts'
import { at } from '../../core/panel.ts'
import { cholesky, choleskySolve } from '../linear/algebra/cholesky.ts'
import type { Ground } from './ground.ts'
import { SEASONS } from './shape.ts'

/** Periods to each side of the local level. */
const AROUND = 10

/**
 * What covariates do by all series together: least squares of what lies above or below each series' local level and season, in inverse hyperbolic sines of scaled
 * values, on each covariate less its own mean; added up for every cell, those of the horizon too.
 */
export function poolEffects(ground: Ground): Float32Array {
  const { offsets, values, covariates, horizon, unit } = ground
  const k = covariates.length
  const matrix = new Float64Array(k * k)
  const right = new Float64Array(k)
  const x = new Float64Array(k)
  const count = offsets.length - 1
  const means = new Float64Array(count * k)
  const [main] = SEASONS[unit]
  for (let i = 0; i < count; i++) {
    const [from, end] = [at(offsets, i), at(offsets, i + 1) - horizon]
    let [size, n] = [0, 0]
    for (let c = from; c < end; c++) {
      const y = at(values, c)
      if (Number.isNaN(y)) continue
      size += Math.abs(y)
      n++
    }
    for (let a = 0; a < k; a++) means[i * k + a] = meanOf(covariates[a] as Float32Array, from, end)
    if (n < 4 || size === 0) continue
    const level = size / n
    const scaled = Float64Array.from({ length: end - from }, (_, t) => Math.asinh(at(values, from + t) / level))
    const off = offLevel(scaled, main > 0 && main <= 24 && scaled.length >= 2 * main ? main : 0)
    for (let t = 0; t < off.length; t++) {
      const r = at(off, t)
      if (Number.isNaN(r)) continue
      for (let a = 0; a < k; a++) x[a] = finite(at(covariates[a] as Float32Array, from + t) - at(means, i * k + a))
      for (let a = 0; a < k; a++) {
        right[a] = at(right, a) + at(x, a) * r
        for (let b = 0; b <= a; b++) matrix[a * k + b] = at(matrix, a * k + b) + at(x, a) * at(x, b)
      }
    }
  }
  for (let a = 0; a < k; a++) matrix[a * k + a] = (1 + 1e-6) * at(matrix, a * k + a) + 1
  const slopes = choleskySolve(cholesky(matrix, k), k, right)
  const pooled = sharedFloat32(values.length)
  for (let i = 0; i < count; i++)
    for (let c = at(offsets, i); c < at(offsets, i + 1); c++) {
      let sum = 0
      for (let a = 0; a < k; a++)
        sum += at(slopes, a) * finite(at(covariates[a] as Float32Array, c) - at(means, i * k + a))
      pooled[c] = sum
    }
  return pooled
}

const finite = (v: number) => (Number.isNaN(v) ? 0 : v)

function meanOf(x: Float32Array, from: number, end: number): number {
  let [sum, n] = [0, 0]
  for (let c = from; c < end; c++) {
    const v = at(x, c)
    if (Number.isNaN(v)) continue
    sum += v
    n++
  }
  return n > 0 ? sum / n : 0
}

/** Values less the mean of those around them, and less what is left of each phase of the season. */
function offLevel(scaled: Float64Array, main: number): Float64Array {
  const n = scaled.length
  const off = new Float64Array(n)
  for (let t = 0; t < n; t++) {
    let [sum, count] = [0, 0]
    for (let u = Math.max(0, t - AROUND); u <= Math.min(n - 1, t + AROUND); u++) {
      const z = at(scaled, u)
      if (Number.isNaN(z)) continue
      sum += z
      count++
    }
    off[t] = at(scaled, t) - (count > 0 ? sum / count : 0)
  }
  if (main === 0) return off
  for (let p = 0; p < main; p++) {
    let [sum, count] = [0, 0]
    for (let t = p; t < n; t += main) {
      if (Number.isNaN(at(off, t))) continue
      sum += at(off, t)
      count++
    }
    // The more seasons, the more of it is that of the season.
    const mean = sum / (count + 1)
    for (let t = p; t < n; t += main) off[t] = at(off, t) - mean
  }
  return off
}
