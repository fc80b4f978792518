/** None, simple (whole states a cycle ago), partial (a real seasonal state beside), full (a complex one beside). */
export const KINDS = ['none', 'simple', 'partial', 'full'] as const
export type CesKind = (typeof KINDS)[number]

/** How each kind moves. */
interface Rule {
  /** States: level and its potential, then the season and its potential. */
  readonly states: number
  /** Smoothing numbers: α₀, α₁ and, for a separate season, β₀ or β₀, β₁. */
  readonly free: number
  /** Whether level and potential are those of a cycle ago. */
  readonly lagged: boolean
}

export const RULES: { readonly [K in CesKind]: Rule } = {
  none: { states: 2, free: 2, lagged: false },
  simple: { states: 2, free: 2, lagged: true },
  partial: { states: 3, free: 3, lagged: false },
  full: { states: 4, free: 4, lagged: false },
}

/** A series and the states over it: `lead` rows before the first value, one a value, `lead` rows projected after the last. */
export interface Track {
  readonly y: Float64Array
  readonly kind: CesKind
  /** Rows that a state looks back at the most: the cycle, 1 without a season. */
  readonly lead: number
  /** `rows[row · 4 + state]` */
  readonly rows: Float64Array
  /** One-step errors, 0 where the value is missing. */
  readonly e: Float64Array
}

export function trackOf(y: Float64Array, m: number, kind: CesKind): Track {
  const lead = kind === 'none' ? 1 : m
  return { y, kind, lead, rows: new Float64Array(4 * (y.length + 2 * lead)), e: new Float64Array(y.length) }
}

/**
 * Runs complex exponential smoothing forwards from the first `lead` rows, projects `lead` rows beyond the end, and returns Σe².
 *
 * Equations: Svetunkov, Kourentzes and Ord (2022), "Complex exponential smoothing"; `smooth` holds α₀, α₁, β₀, β₁. With
 * `mirrored` the series is read from its end.
 */
export function runCes({ y, kind, lead, rows, e }: Track, smooth: ArrayLike<number>, mirrored = false): number {
  const n = y.length
  const a0 = smooth[0] as number
  const a1 = smooth[1] as number
  const b0 = kind === 'partial' || kind === 'full' ? (smooth[2] as number) : 0
  const b1 = kind === 'full' ? (smooth[3] as number) : 0
  const separate = kind === 'partial' || kind === 'full'
  const back = 4 * (RULES[kind].lagged ? lead : 1)
  const cycle = 4 * lead
  let sum = 0
  for (let i = 0; i < n + lead; i++) {
    const row = 4 * (lead + i)
    const level = rows[row - back] as number
    const potential = rows[row - back + 1] as number
    const season = separate ? (rows[row - cycle + 2] as number) : 0
    let miss = 0
    if (i < n) {
      const t = mirrored ? n - 1 - i : i
      const value = y[t] as number
      miss = !Number.isNaN(value) ? value - level - season : 0
      e[t] = miss
      sum += miss * miss
    }
    rows[row] = level - (1 - a1) * potential + (a0 - a1) * miss
    rows[row + 1] = level + (1 - a0) * potential + (a0 + a1) * miss
    if (kind === 'partial') rows[row + 2] = season + b0 * miss
    else if (kind === 'full') {
      const other = rows[row - cycle + 3] as number
      rows[row + 2] = season - (1 - b1) * other + (b0 - b1) * miss
      rows[row + 3] = season + (1 - b0) * other + (b0 + b1) * miss
    }
  }
  return !Number.isNaN(sum) ? sum : Number.POSITIVE_INFINITY
}

/** Runs forwards, backwards and forwards again, which improves the states before the first value; returns the last Σe². */
export function backcast(track: Track, smooth: ArrayLike<number>): number {
  runCes(track, smooth)
  mirror(track.rows)
  runCes(track, smooth, true)
  mirror(track.rows)
  return runCes(track, smooth)
}

/** Puts the rows into the opposite order. */
function mirror(rows: Float64Array): void {
  const count = rows.length / 4
  for (let i = 0, j = count - 1; i < j; i++, j--)
    for (let s = 0; s < 4; s++) {
      const held = rows[4 * i + s] as number
      rows[4 * i + s] = rows[4 * j + s] as number
      rows[4 * j + s] = held
    }
}
