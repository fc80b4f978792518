import { At, type Track } from './filter.ts'
import type { Form } from './form.ts'

/** Memory for derivatives of the one-step means with respect to `free` parameters (indices as in {@link At}). */
export interface Slopes {
  readonly free: Int32Array
  /** `jacobian[k · n + t]` = ∂μ(t) / ∂free(k), 0 where the value is missing. */
  readonly jacobian: Float64Array
  readonly level: Float64Array
  readonly growth: Float64Array
  /** `ring[j · p + k]` */
  readonly ring: Float64Array
}

export function slopesOf(track: Track, free: Int32Array): Slopes {
  const p = free.length
  return {
    free,
    jacobian: new Float64Array(p * track.y.length),
    level: new Float64Array(p),
    growth: new Float64Array(p),
    ring: new Float64Array(p * track.m),
  }
}

/**
 * Forward sensitivities: the derivatives of every one-step mean by every free parameter, along the path that
 * {@link runFilter} would take at `x`, which must be one where that is finite.
 *
 * The last seasonal state is what the others leave of their fixed sum, so it moves against each of them. Each update is linear
 * in the sensitivities of level, growth and season, with coefficients that the form decides once a step.
 */
export function runSlopes(track: Track, form: Form, x: Float64Array, slopes: Slopes): void {
  const { y, m } = track
  const { trend, season } = form
  const { free, jacobian, level: dl, growth: db, ring: ds } = slopes
  const n = y.length
  const p = free.length
  const alpha = x[At.alpha] as number
  const betaShare = x[At.betaShare] as number
  const gammaShare = x[At.gammaShare] as number
  const beta = alpha * betaShare
  const gamma = (1 - alpha) * gammaShare
  const phi = form.damped ? (x[At.phi] as number) : 1
  let l = x[At.level] as number
  let b = x[At.growth] as number
  const ring = track.ring
  dl.fill(0)
  db.fill(0)
  ds.fill(0)
  let kAlpha = -1
  let kBeta = -1
  let kGamma = -1
  let kPhi = -1
  for (let k = 0; k < p; k++) {
    const at = free[k] as number
    if (at === At.alpha) kAlpha = k
    else if (at === At.betaShare) kBeta = k
    else if (at === At.gammaShare) kGamma = k
    else if (at === At.phi) kPhi = k
    else if (at === At.level) dl[k] = 1
    else if (at === At.growth) db[k] = 1
    else {
      ds[(at - At.season) * p + k] = 1
      ds[(m - 1) * p + k] = -1
    }
  }
  if (season !== 0) for (let j = 0; j < m; j++) ring[j] = x[At.season + j] as number
  let j = 0
  for (let t = 0; t < n; t++) {
    let grown = 0
    let q = l
    let qByL = 1
    let qByB = 0
    let bByB = 0
    if (trend === 1) {
      grown = phi * b
      q = l + grown
      qByB = phi
      bByB = phi
      if (kPhi >= 0) db[kPhi] = (db[kPhi] as number) + b / phi
    } else if (trend === 2) {
      grown = phi === 1 ? b : b ** phi
      q = l * grown
      qByL = grown
      bByB = (phi * grown) / b
      qByB = l * bByB
      // The whole effect of φ on b^φ, as if b had moved: it then reaches mean and growth alike.
      if (kPhi >= 0) db[kPhi] = (db[kPhi] as number) + (b * Math.log(b)) / phi
    }
    const s = season === 0 ? 0 : (ring[j] as number)
    const mean = season === 0 ? q : season === 1 ? q + s : q * s
    const value = y[t] as number
    const seen = !Number.isNaN(value) ? 1 : 0
    const miss = seen === 1 ? value - mean : 0
    const shock = season === 2 ? miss / s : miss
    const shockByMean = season === 2 ? -seen / s : -seen
    const bByShock = trend === 2 ? beta / l : beta
    if (season === 0) {
      if (trend === 0) {
        const keep = 1 + alpha * shockByMean
        for (let k = 0, c = t; k < p; k++, c += n) {
          const d = dl[k] as number
          jacobian[c] = seen * d
          dl[k] = keep * d
        }
      } else {
        const bByL = trend === 2 ? (-bByShock * shock) / l : 0
        for (let k = 0, c = t; k < p; k++, c += n) {
          const dLevel = dl[k] as number
          const dGrowth = db[k] as number
          const dq = qByL * dLevel + qByB * dGrowth
          const dShock = shockByMean * dq
          jacobian[c] = seen * dq
          dl[k] = dq + alpha * dShock
          db[k] = bByB * dGrowth + bByL * dLevel + bByShock * dShock
        }
      }
    } else {
      const meanByQ = season === 1 ? 1 : s
      const meanByS = season === 1 ? 1 : q
      const shockByS = season === 2 ? -shock / s : 0
      const turn = season === 1 ? miss : miss / q
      const turnByMean = season === 1 ? -seen : -seen / q
      const turnByQ = season === 1 ? 0 : -turn / q
      const bByL = trend === 2 ? (-bByShock * shock) / l : 0
      const row = j * p
      for (let k = 0, c = t; k < p; k++, c += n) {
        const dLevel = dl[k] as number
        const dGrowth = db[k] as number
        const dSeason = ds[row + k] as number
        const dq = qByL * dLevel + qByB * dGrowth
        const dMean = meanByQ * dq + meanByS * dSeason
        const dShock = shockByMean * dMean + shockByS * dSeason
        jacobian[c] = seen * dMean
        dl[k] = dq + alpha * dShock
        db[k] = bByB * dGrowth + bByL * dLevel + bByShock * dShock
        ds[row + k] = dSeason + gamma * (turnByMean * dMean + turnByQ * dq)
      }
      ring[j] = s + gamma * turn
      if (kAlpha >= 0) ds[row + kAlpha] = (ds[row + kAlpha] as number) - gammaShare * turn
      if (kGamma >= 0) ds[row + kGamma] = (ds[row + kGamma] as number) + (1 - alpha) * turn
      j = j + 1 === m ? 0 : j + 1
    }
    const push = trend === 2 ? shock / l : shock
    if (kAlpha >= 0) {
      dl[kAlpha] = (dl[kAlpha] as number) + shock
      db[kAlpha] = (db[kAlpha] as number) + betaShare * push
    }
    if (kBeta >= 0) db[kBeta] = (db[kBeta] as number) + alpha * push
    if (trend === 1) b = grown + beta * shock
    else if (trend === 2) b = grown + (beta * shock) / l
    l = q + alpha * shock
  }
}
