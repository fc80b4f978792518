/** One number that a bench measures, beside the goal set for it. */
export interface Figure {
  readonly figure: string
  readonly value: number
  readonly unit: string
  /** What is asked for, in words as short as `≤ 30` or `= 1.2015 ± 0.0001`; absent where nothing is. */
  readonly goal?: string
  readonly met?: boolean
  /** Who or what the value is compared with, and its value. */
  readonly against?: string
}

/** What a bench is run with. */
export interface BenchContext {
  /** Folder of the real data sets, `FORETIDE_DATA` or `../shared/data`. */
  readonly data: string
  /** Python of the rivals' virtual environment, or undefined when it was not set up (`bench/peers/README.md`). */
  readonly python: string | undefined
  /** The same of AutoGluon, whose packages need others' versions. */
  readonly autogluon: string | undefined
  /** A quick run that proves that the bench works, its numbers being worth nothing. */
  readonly smoke: boolean
  /** Prints a line of progress to stderr. */
  log(line: string): void
}

/** Thrown where a bench lacks what it needs; it is then reported as skipped, with the reason. */
export class Skip extends Error {}

/** One bench: a file `bench/AREA/NAME.ts` exports it by default. */
export interface Bench {
  readonly about: string
  measure(context: BenchContext): Promise<readonly Figure[]>
}

/** A figure that must not exceed a goal. */
export function atMost(figure: string, value: number, goal: number, unit: string, against?: string): Figure {
  return { figure, value, unit, goal: `≤ ${goal}`, met: value <= goal, ...(against ? { against } : {}) }
}

/** A figure that must not fall below a goal. */
export function atLeast(figure: string, value: number, goal: number, unit: string, against?: string): Figure {
  return { figure, value, unit, goal: `≥ ${goal}`, met: value >= goal, ...(against ? { against } : {}) }
}

/** A figure that must lie between two bounds. */
export function between(
  figure: string,
  value: number,
  low: number,
  high: number,
  unit: string,
  against?: string,
): Figure {
  return {
    figure,
    value,
    unit,
    goal: `${low} … ${high}`,
    met: value >= low && value <= high,
    ...(against ? { against } : {}),
  }
}

/** A figure that must equal a published one to within half of its last printed digit, or a given tolerance. */
export function equals(
  figure: string,
  value: number,
  goal: number,
  tolerance: number,
  unit: string,
  against?: string,
): Figure {
  return {
    figure,
    value,
    unit,
    goal: `= ${goal} ± ${tolerance}`,
    met: Math.abs(value - goal) <= tolerance,
    ...(against ? { against } : {}),
  }
}

/** A figure that is only shown. */
export function shown(figure: string, value: number, unit: string, against?: string): Figure {
  return { figure, value, unit, ...(against ? { against } : {}) }
}
