/** What the recursions of an ARMA process begin with: gain K₁ and variance f₁ of the first innovation, noise variance 1. */
export class Stationary {
  /** Autocovariances of the process at lags 0, 1, …. */
  gamma = new Float64Array(0)
  /** Weights of past noise, ψ₀ = 1, ψ₁, …. */
  psi = new Float64Array(0)
  #levels = new Float64Array(0)
  #pure = new Float64Array(0)
  #square = new Float64Array(0)

  /**
   * Computes autocovariances and ψ weights at lags 0 … r of y(t) = Σ φᵢ y(t−i) + ε(t) + Σ θⱼ ε(t−j), with r the longer of
   * both; autocovariances of the autoregression come from a reversed Levinson recursion, O(r²) in place of a linear system.
   */
  compute(phi: Float64Array, theta: Float64Array): void {
    const p = phi.length
    const q = theta.length
    const r = Math.max(p, q)
    if (this.gamma.length < r + 1) this.#grow(r + 1)
    const { gamma, psi } = this
    for (let k = 0; k <= r; k++) {
      let sum = k === 0 ? 1 : k <= q ? (theta[k - 1] as number) : 0
      const reach = Math.min(k, p)
      for (let j = 1; j <= reach; j++) sum += (phi[j - 1] as number) * (psi[k - j] as number)
      psi[k] = sum
    }
    const pure = this.#pure
    const count = r + q + 1
    this.#autoregressive(phi, count)
    if (q === 0) {
      for (let k = 0; k <= r; k++) gamma[k] = pure[k] as number
      return
    }
    const square = this.#square
    for (let l = 0; l <= q; l++) {
      let sum = l === 0 ? 1 : (theta[l - 1] as number)
      for (let j = 1; j + l <= q; j++) sum += (theta[j - 1] as number) * (theta[j + l - 1] as number)
      square[l] = sum
    }
    for (let k = 0; k <= r; k++) {
      let sum = (square[0] as number) * (pure[k] as number)
      for (let l = 1; l <= q; l++) {
        const weight = square[l] as number
        if (weight !== 0) sum += weight * ((pure[k + l] as number) + (pure[k > l ? k - l : l - k] as number))
      }
      gamma[k] = sum
    }
  }

  #autoregressive(phi: Float64Array, count: number): void {
    const p = phi.length
    const pure = this.#pure
    const levels = this.#levels
    let variance = 1
    for (let i = 0; i < p; i++) levels[p * p + i] = phi[i] as number
    for (let k = p; k > 0; k--) {
      const a = levels[k * p + k - 1] as number
      const scale = 1 / (1 - a * a)
      variance *= scale
      for (let i = 0; i < k - 1; i++)
        levels[(k - 1) * p + i] = ((levels[k * p + i] as number) + a * (levels[k * p + k - 2 - i] as number)) * scale
    }
    pure[0] = variance
    for (let k = 1; k < count; k++) {
      let sum = 0
      if (k <= p) {
        const row = (k - 1) * p
        for (let j = 1; j < k; j++) sum += (levels[row + j - 1] as number) * (pure[k - j] as number)
        const a = levels[k * p + k - 1] as number
        sum += a * variance
        variance *= 1 - a * a
      } else for (let j = 1; j <= p; j++) sum += (phi[j - 1] as number) * (pure[k - j] as number)
      pure[k] = sum
    }
  }

  #grow(size: number): void {
    this.gamma = new Float64Array(size)
    this.psi = new Float64Array(size)
    this.#levels = new Float64Array(size * size)
    this.#pure = new Float64Array(2 * size)
    this.#square = new Float64Array(size)
  }
}

/**
 * Covariance of the state, when nothing has been observed, with itself: the state's i-th entry is what is known before
 * t of y(t+i), and the noise variance is 1. Row-major r × r.
 */
export function stateCovariance(phi: Float64Array, theta: Float64Array, known: Stationary): Float64Array {
  const r = Math.max(phi.length, theta.length)
  const out = new Float64Array(r * r)
  const f = (i: number) => (i < phi.length ? (phi[i] as number) : 0)
  const g = (i: number) => f(i) + (i < theta.length ? (theta[i] as number) : 0)
  const { gamma, psi } = known
  for (let i = 0; i < r; i++) {
    let sum = 0
    for (let j = i + 1; j <= r; j++) {
      sum += f(j - 1) * (gamma[j - i] as number)
      if (j <= theta.length) sum += (theta[j - 1] as number) * (psi[j - i] as number)
    }
    out[i * r] = sum
    out[i] = sum
  }
  for (let i = 0; i < r; i++)
    for (let j = i; j < r - 1; j++) {
      const next =
        (out[i * r + j] as number) -
        f(i) * f(j) * (out[0] as number) -
        f(i) * (out[j + 1] as number) -
        f(j) * (out[i + 1 < r ? i + 1 : 0] as number) * (i + 1 < r ? 1 : 0) -
        g(i) * g(j)
      if (i + 1 < r) {
        out[(i + 1) * r + j + 1] = next
        out[(j + 1) * r + i + 1] = next
      }
    }
  return out
}
