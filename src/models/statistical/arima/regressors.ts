import type { Sample } from './estimate.ts'
import { wholeRows } from './gapped.ts'
import { project } from './regression.ts'

/** The values less what a straight regression on the regressors and a constant explains; NaN where something is missing. */
export function residualsOf(sample: Sample): Float64Array {
  const { values, regressors } = sample
  if (regressors.length === 0) return values
  const whole = wholeRows([values, ...regressors])
  const rows = whole.flatMap((is, t) => (is ? [t] : []))
  const n = rows.length
  const columns = [values, values.map(() => 1), ...regressors]
  const flat = new Float64Array(n * columns.length)
  columns.forEach((column, i) => {
    rows.forEach((t, j) => {
      flat[i * n + j] = column[t] as number
    })
  })
  const k = columns.length
  const out = new Float64Array(n)
  project(flat, n, k, new Float64Array(k * k), new Float64Array(k - 1), out)
  const result = new Float64Array(values.length).fill(Number.NaN)
  rows.forEach((t, j) => {
    result[t] = out[j] as number
  })
  return result
}
