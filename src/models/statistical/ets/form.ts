/** Error: 0 additive, 1 multiplicative. */
export type ErrorKind = 0 | 1
/** Trend or season: 0 none, 1 additive, 2 multiplicative. */
export type PartKind = 0 | 1 | 2

/** One model of the ETS taxonomy (Hyndman, Koehler, Ord and Snyder 2008, table 2.2–2.3). */
export interface Form {
  readonly error: ErrorKind
  readonly trend: PartKind
  readonly damped: boolean
  readonly season: PartKind
}

const ERRORS = ['A', 'M'] as const
const PARTS = ['N', 'A', 'M'] as const

/** The name that the literature gives a form, such as `ETS(M,Ad,N)`. */
export function nameOf({ error, trend, damped, season }: Form): string {
  return `ETS(${ERRORS[error]},${PARTS[trend]}${damped ? 'd' : ''},${PARTS[season]})`
}

/** A form as one number, and back, for the flat parameters of a fitted series. */
export function codeOf({ error, trend, damped, season }: Form): number {
  return error + 2 * trend + 6 * season + (damped ? 18 : 0)
}
export function formOf(code: number): Form {
  return {
    error: (code % 2) as ErrorKind,
    trend: (Math.floor(code / 2) % 3) as PartKind,
    season: (Math.floor(code / 6) % 3) as PartKind,
    damped: code >= 18,
  }
}

/** Whether the variance of a form stays well-behaved; the others are numerically unstable (Hyndman et al. 2008, ch. 15). */
function isStable({ error, trend, season }: Form): boolean {
  if (error === 0) return trend !== 2 && season !== 2
  return !(trend === 2 && season === 1)
}

/** Estimated parameters: smoothing constants, initial states (seasonal ones sum to a constant) and, with `spread`, the variance. */
export function countOf({ trend, damped, season }: Form, m: number, spread: boolean): number {
  return 2 + (trend ? 2 : 0) + (damped ? 1 : 0) + (season ? m : 0) + (spread ? 1 : 0)
}

/** Which forms are allowed: error, trend and season each a letter, Z for any; trend `Ad` and `Md` by `damped`. */
export interface Family {
  /** Three letters as in R: error A, M or Z; trend N, A, M or Z; season N, A, M or Z. */
  readonly form: string
  /** Whether trends are damped; undefined tries both. */
  readonly damped: boolean | undefined
  /** Whether `Z` for the trend includes multiplicative ones. */
  readonly multiplicativeTrend: boolean
  /** Whether unstable forms are left out. */
  readonly restrict: boolean
}

/** The forms of a family, fewest parameters first, additive errors before multiplicative ones. */
export function formsOf({ form, damped, multiplicativeTrend, restrict }: Family): Form[] {
  const pick = (letter: string, all: readonly string[]) =>
    letter === 'Z' ? all.map((_, k) => k) : [all.indexOf(letter)]
  const [e = 'Z', t = 'Z', s = 'Z'] = form
  const trends = pick(t, PARTS).filter((k) => t !== 'Z' || k < 2 || multiplicativeTrend)
  const forms: Form[] = []
  for (const season of pick(s, PARTS))
    for (const trend of trends)
      for (const damping of trend === 0 ? [false] : damped === undefined ? [false, true] : [damped])
        for (const error of pick(e, ERRORS)) {
          const candidate = { error, trend, damped: damping, season } as Form
          if (!restrict || isStable(candidate)) forms.push(candidate)
        }
  return forms
}
