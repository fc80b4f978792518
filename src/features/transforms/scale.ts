import { at } from '../../core/panel.ts'
import { observed, pointwise, type Transform } from './transform.ts'

/** x ↦ (x − centre) / scale; the scale is never 0. */
export interface ScaleState {
  readonly centre: number
  readonly scale: number
}

const scaling = (name: string, measure: (sample: Float64Array) => ScaleState): Transform<ScaleState> =>
  pointwise({
    name,
    fit: (values) => measure(observed(values, name)),
    forward: (x, { centre, scale }) => (x - centre) / scale,
    back: (z, { centre, scale }) => z * scale + centre,
  })

const mean = (sample: Float64Array) => sample.reduce((a, b) => a + b, 0) / sample.length
/** The first of some measures of spread that is neither 0 nor lost to overflow; 1 for a constant series. */
const firstSpread = (...spreads: (() => number)[]): number => {
  for (const spread of spreads) {
    const value = spread()
    if (value > 0 && Number.isFinite(value)) return value
  }
  return 1
}
const deviation = (sample: Float64Array, centre: number) =>
  Math.sqrt(sample.reduce((a, b) => a + (b - centre) ** 2, 0) / sample.length)
const meanDistance = (sample: Float64Array, centre: number) => mean(sample.map((x) => Math.abs(x - centre)))

/** A quantile of a sorted sample, interpolated linearly. */
function quantile(sorted: Float64Array, level: number): number {
  const position = level * (sorted.length - 1)
  const below = Math.floor(position)
  const left = at(sorted, below)
  return below + 1 < sorted.length ? left + (position - below) * (at(sorted, below + 1) - left) : left
}

/** To the range 0 … 1. */
export const minMax = scaling('minMax', (sample) => {
  const least = sample.reduce((a, b) => Math.min(a, b))
  const most = sample.reduce((a, b) => Math.max(a, b))
  return { centre: least, scale: firstSpread(() => most - least) }
})

/** To mean 0 and standard deviation 1. */
export const standard = scaling('standard', (sample) => {
  const centre = mean(sample)
  return { centre, scale: firstSpread(() => deviation(sample, centre)) }
})

/**
 * To median 0 and interquartile range 1, which outliers hardly move.
 *
 * Where most values are equal, as in intermittent demand, the range is 0: then the mean distance from the median stands in.
 */
export const robust = scaling('robust', (sample) => {
  const sorted = Float64Array.from(sample).sort()
  const centre = quantile(sorted, 0.5)
  return {
    centre,
    scale: firstSpread(
      () => quantile(sorted, 0.75) - quantile(sorted, 0.25),
      () => meanDistance(sample, centre),
    ),
  }
})

/** By the mean size of the values, zero staying zero (Salinas et al., 2020, DeepAR). */
export const meanScale = scaling('meanScale', (sample) => ({
  centre: 0,
  scale: firstSpread(() => meanDistance(sample, 0)),
}))
