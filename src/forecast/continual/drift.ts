/** How losses are watched: plain data that is kept from one update to the next. */
export interface Watch {
  /** Mean loss that was expected when the model was fitted; null until there is one. */
  readonly expected: number | null
  /** How far losses have run above it, in multiples of it, less what is forgiven. */
  readonly excess: number
  /** Updates since the fit. */
  readonly updates: number
}

/** When losses count as drifted. */
export interface DriftPolicy {
  /** Share above what was expected that is forgiven at every update; 0.1 unless given. */
  readonly forgiven?: number
  /** Excess at which the model is fitted anew: 1 is one whole loss above; 1 unless given. */
  readonly limit?: number
}

export const FRESH_WATCH: Watch = { expected: null, excess: 0, updates: 0 }

/**
 * Adds a loss to a watch: a one-sided cumulative sum (Page, 1954) of how far losses run above the first ones. Scale-free, so that large and small shops are watched alike.
 *
 * The mean of the first losses (up to four) is what is expected.
 *
 * @example
 * const calm = [1, 1.05, 0.95].reduce((watch, loss) => watched(watch, loss), { expected: null, excess: 0, updates: 0 })
 * hasDrifted(calm) // → false
 * hasDrifted([2.2, 2.4].reduce((watch, loss) => watched(watch, loss), calm)) // → true
 */
export function watched(watch: Watch, loss: number, { forgiven = 0.1 }: DriftPolicy = {}): Watch {
  if (!Number.isFinite(loss)) return { ...watch, updates: watch.updates + 1 }
  if (watch.expected === null) return { expected: loss, excess: 0, updates: watch.updates + 1 }
  const above = watch.expected > 0 ? loss / watch.expected - 1 - forgiven : 0
  const first = watch.updates < FIRST && above < forgiven
  return {
    expected: first ? watch.expected + (loss - watch.expected) / (watch.updates + 1) : watch.expected,
    excess: Math.max(0, watch.excess + above),
    updates: watch.updates + 1,
  }
}

/** Losses whose mean is what is expected. */
const FIRST = 4

/** Whether a watch has seen enough. */
export const hasDrifted = ({ excess }: Watch, { limit = 1 }: DriftPolicy = {}): boolean => excess >= limit
