import type { Order } from './order.ts'

/**
 * Maps free numbers to the coefficients of a stationary autoregression: tanh gives partial autocorrelations, the
 * Durbin–Levinson recursion the coefficients (Jones, 1980; Monahan, 1984). `sign` −1 writes an invertible moving average.
 */
export function fromPartial(free: Float64Array, from: number, count: number, out: Float64Array, sign: number): void {
  for (let k = 0; k < count; k++) {
    const a = Math.tanh(free[from + k] as number)
    for (let i = 0, j = k - 1; i <= j; i++, j--) {
      const left = out[i] as number
      const right = out[j] as number
      out[i] = left - a * right
      if (i !== j) out[j] = right - a * left
    }
    out[k] = a
  }
  if (sign < 0) for (let k = 0; k < count; k++) out[k] = -(out[k] as number)
}

/**
 * Whether all roots of 1 − c₁z − c₂z² − … lie farther from zero than `radius`, by the Schur–Cohn recursion on the
 * coefficients scaled to that radius; no root is computed.
 */
export function rootsBeyond(coefficients: Float64Array, radius: number): boolean {
  const work = coefficients.slice()
  let power = 1
  for (let k = 0; k < work.length; k++) {
    power *= radius
    work[k] = (work[k] as number) * power
  }
  for (let k = work.length - 1; k >= 0; k--) {
    const a = work[k] as number
    if (!(Math.abs(a) < 1)) return false
    const scale = 1 / (1 - a * a)
    for (let i = 0, j = k - 1; i <= j; i++, j--) {
      const left = work[i] as number
      const right = work[j] as number
      work[i] = (left + a * right) * scale
      if (i !== j) work[j] = (right + a * left) * scale
    }
  }
  return true
}

/** The ARMA part of a model: the four small polynomials and their products over all lags. */
export interface Arma {
  readonly ar: Float64Array
  readonly ma: Float64Array
  readonly sar: Float64Array
  readonly sma: Float64Array
  /** Distance of the seasonal moving average's roots that the optimiser may not go below, 1 for none but the unit circle. */
  readonly seasonalRadius: number
  /** Autoregressive weights by lag − 1, seasonal part multiplied in. */
  readonly phi: Float64Array
  /** Moving average weights by lag − 1, seasonal part multiplied in. */
  readonly theta: Float64Array
}

/** Room for the coefficients of an order, all zero. */
export function armaOf(order: Order, seasonalRadius = 1): Arma {
  return {
    ar: new Float64Array(order.p),
    ma: new Float64Array(order.q),
    sar: new Float64Array(order.P),
    sma: new Float64Array(order.Q),
    seasonalRadius,
    phi: new Float64Array(order.p + order.P * order.m),
    theta: new Float64Array(order.q + order.Q * order.m),
  }
}

/** Fills coefficients from the free numbers of the optimiser: AR, MA, seasonal AR, seasonal MA. */
export function setFree(arma: Arma, free: Float64Array, m: number): void {
  const { ar, ma, sar, sma } = arma
  fromPartial(free, 0, ar.length, ar, 1)
  fromPartial(free, ar.length, ma.length, ma, -1)
  fromPartial(free, ar.length + ma.length, sar.length, sar, 1)
  fromPartial(free, ar.length + ma.length + sar.length, sma.length, sma, -1)
  let power = 1
  for (let i = 0; i < sma.length; i++) {
    power /= arma.seasonalRadius
    sma[i] = (sma[i] as number) * power
  }
  expand(arma, m)
}

/** Multiplies the seasonal into the plain polynomials. */
export function expand({ ar, ma, sar, sma, phi, theta }: Arma, m: number): void {
  multiply(ar, sar, m, phi, -1)
  multiply(ma, sma, m, theta, 1)
}

/** (1 + s·Σ aᵢBⁱ)(1 + s·Σ bⱼBᵐʲ) = 1 + s·Σ outₖBᵏ. */
function multiply(a: Float64Array, b: Float64Array, m: number, out: Float64Array, s: number): void {
  out.fill(0)
  for (let i = 0; i < a.length; i++) out[i] = a[i] as number
  for (let j = 0; j < b.length; j++) {
    const weight = b[j] as number
    const lag = (j + 1) * m
    out[lag - 1] = (out[lag - 1] as number) + weight
    for (let i = 0; i < a.length; i++) out[lag + i] = (out[lag + i] as number) + s * weight * (a[i] as number)
  }
}

/** Impulse response of 1 / (1 − Σ cᵢBⁱ), `count` values from lag 0. */
export function impulse(coefficients: Float64Array, count: number): Float64Array {
  const out = new Float64Array(count)
  for (let k = 0; k < count; k++) {
    let sum = k === 0 ? 1 : 0
    const reach = Math.min(k, coefficients.length)
    for (let j = 1; j <= reach; j++) sum += (coefficients[j - 1] as number) * (out[k - j] as number)
    out[k] = sum
  }
  return out
}
