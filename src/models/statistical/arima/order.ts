/**
 * Orders of a seasonal ARIMA(p,d,q)(P,D,Q)m, and whether it has a constant: a mean where nothing is differenced, a drift
 * where one difference is taken; more differences take none.
 */
export interface Order {
  readonly p: number
  readonly d: number
  readonly q: number
  readonly P: number
  readonly D: number
  readonly Q: number
  /** Length of the season in periods, 1 for none. */
  readonly m: number
  readonly constant: boolean
}

/** How many coefficients of the ARMA part are estimated. */
export const armaCount = (o: Order) => o.p + o.q + o.P + o.Q

/** How many values differencing takes away. */
export const lost = (o: Order) => o.d + o.D * o.m

/** Whether a constant is estimated: `mean`, `drift`, or none although it was wished for, as differencing removes it. */
export function constantOf(o: Order): 'none' | 'mean' | 'drift' {
  if (!o.constant || o.d + o.D > 1) return 'none'
  return o.d + o.D === 0 ? 'mean' : 'drift'
}

/** Writes an order as the literature does: `ARIMA(1,1,1)(0,1,1)[12] with drift`. */
export function orderText(o: Order): string {
  const seasonal = o.m > 1 && o.P + o.D + o.Q > 0 ? `(${o.P},${o.D},${o.Q})[${o.m}]` : ''
  const constant = { none: '', mean: ' with mean', drift: ' with drift' }[constantOf(o)]
  return `ARIMA(${o.p},${o.d},${o.q})${seasonal}${constant}`
}

/** Coefficients c of y(t) = c₁·y(t−1) + … + w(t), where w is y differenced d times at lag 1 and D times at lag m. */
export function differenceCoefficients(o: Pick<Order, 'd' | 'D' | 'm'>): Float64Array {
  let polynomial = Float64Array.of(1)
  const times = (lag: number) => {
    const next = new Float64Array(polynomial.length + lag)
    for (let i = 0; i < polynomial.length; i++) {
      const c = polynomial[i] as number
      next[i] = (next[i] as number) + c
      next[i + lag] = (next[i + lag] as number) - c
    }
    polynomial = next
  }
  for (let i = 0; i < o.d; i++) times(1)
  for (let i = 0; i < o.D; i++) times(o.m)
  return polynomial.subarray(1).map((c) => -c)
}

/** The values differenced d times at lag 1 and D times at lag m; shorter by {@link lost}. */
export function difference(values: Float64Array, o: Pick<Order, 'd' | 'D' | 'm'>): Float64Array {
  let out = values
  const lags = [...new Array<number>(o.D).fill(o.m), ...new Array<number>(o.d).fill(1)]
  for (const lag of lags) {
    const next = new Float64Array(Math.max(0, out.length - lag))
    for (let i = 0; i < next.length; i++) next[i] = (out[i + lag] as number) - (out[i] as number)
    out = next
  }
  return out
}
