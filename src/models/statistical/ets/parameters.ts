import { At, runFilter, type Track, trackOf } from './filter.ts'
import { codeOf, type Form, formOf } from './form.ts'
import { type Outlook, outlookOf } from './outlook.ts'
import type { Chosen } from './select.ts'

/** Flat layout of a fitted series: code of the form, length of the cycle, variance, −2 log likelihood, criterion, then {@link At}. */
const HEAD = 5

/** Lays out a fitted form as numbers. */
export function packed({ form, m, x, variance, deviance, score }: Omit<Chosen, 'form'> & { form: Form }): Float64Array {
  const flat = new Float64Array(HEAD + x.length)
  flat.set([codeOf(form), m, variance, deviance, score])
  flat.set(x, HEAD)
  return flat
}

/** Reads back what {@link packed} laid out. */
export function unpacked(flat: Float64Array): Chosen {
  const [code, m, variance, deviance, score] = flat as unknown as [number, number, number, number, number]
  return { form: formOf(code), m, variance, deviance, score, x: flat.subarray(HEAD) }
}

/** Runs fitted parameters through a series; undefined where a multiplicative form cannot follow it. */
export function follow(values: Float64Array, { form, m, x, variance }: Chosen): Outlook | undefined {
  const track: Track = trackOf(values, m)
  return Number.isFinite(runFilter(track, form, x)) ? outlookOf(track, form, x, variance) : undefined
}

/** Parameters of a level that moves with `alpha` from `level`, without trend or season. */
export function levelOnly(level: number, alpha: number, variance: number): Chosen {
  const x = new Float64Array(At.season + 1)
  x[At.alpha] = alpha
  x[At.level] = level
  return {
    form: { error: 0, trend: 0, damped: false, season: 0 },
    m: 1,
    x,
    variance,
    score: Number.NaN,
    deviance: Number.NaN,
  }
}
