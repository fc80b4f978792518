/**
 * The straight line that each one-step prediction starts from, as intercept and slope before every period.
 *
 * The standard and the optimised Theta model draw one line through the whole series; the dynamic ones redraw it with every
 * value (Fiorucci et al., 2016, equations 10 to 14).
 */
export interface Lines {
  readonly dynamic: boolean
  /** `intercept[t]`, `slope[t]` serve the prediction of value t; index 0 is not used. */
  readonly intercept: Float64Array
  readonly slope: Float64Array
  /** Running mean after the last value. */
  mean: number
}

/** One line through all values by least squares. */
export function staticLine(y: Float64Array): { intercept: number; slope: number } {
  const n = y.length
  let sum = 0
  let weighted = 0
  for (let t = 0; t < n; t++) {
    sum += y[t] as number
    weighted += (t + 1) * (y[t] as number)
  }
  const slope = n > 1 ? (6 * ((2 * weighted) / n - ((n + 1) * sum) / n)) / (n * n - 1) : 0
  return { intercept: sum / n - ((n + 1) * slope) / 2, slope }
}

/** The same line before every period. */
export function fixedLines(n: number, line: { intercept: number; slope: number }): Lines {
  return {
    dynamic: false,
    intercept: new Float64Array(n + 1).fill(line.intercept),
    slope: new Float64Array(n + 1).fill(line.slope),
    mean: 0,
  }
}

/** The line redrawn before every period from the values so far; the last entry serves the first forecast. */
export function dynamicLines(y: Float64Array): Lines {
  const n = y.length
  const intercept = new Float64Array(n + 1)
  const slope = new Float64Array(n + 1)
  let mean = y[0] as number
  let b = 0
  intercept[1] = mean
  for (let t = 1; t < n; t++) {
    const v = y[t] as number
    b = ((t - 1) * b + (6 * (v - mean)) / (t + 1)) / (t + 2)
    mean = (t * mean + v) / (t + 1)
    intercept[t + 1] = mean - (b * (t + 2)) / 2
    slope[t + 1] = b
  }
  return { dynamic: true, intercept, slope, mean }
}
