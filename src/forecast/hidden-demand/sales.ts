import { ForetideError } from '../../core/errors.ts'
import type { Forecast } from '../../core/forecast.ts'
import { sharedFloat64 } from '../../core/memory.ts'
import { at } from '../../core/panel.ts'

/**
 * What can be sold: `units` a step (each step by itself), the `share` of a step's usual demand that falls into the time in stock, or the stock
 * `onHand` at the cutoff of each series, which runs down, with what is `arriving` in the morning of each step. `units`, `share` and
 * `arriving` are laid out as the mean of a forecast is: series · horizon + step.
 */
export type Availability =
  | { readonly units: Float64Array }
  | { readonly share: Float64Array }
  | { readonly onHand: Float64Array; readonly arriving?: Float64Array }

/**
 * What will be sold of what is wanted: E[min(D, A)] and the quantiles of min(D, A), from a forecast of demand D and what is available A.
 *
 * `units` act on the quantiles, between which demand is taken to lie evenly, and beyond the last as an exponential tail that gives the mean;
 * `onHand` acts on sample paths and refuses a forecast without them. A share takes its part of every quantile. Refuses arrays of another
 * length. The answer keeps the names of who forecast demand.
 *
 * @example
 * const demand = { ids: ['tea'], horizon: 1, levels: [0.1, 0.5, 0.9], mean: Float64Array.of(10), quantiles: Float64Array.of(5, 10, 15) }
 * expectedSales(demand, { units: Float64Array.of(10) }).mean[0].toFixed(2) // → '8.25'
 */
export function expectedSales(demand: Forecast, availability: Availability): Forecast {
  const { mean, ids } = demand
  if ('share' in availability) {
    checked('share', availability.share, mean.length, 'step')
    return scaled(demand, availability.share)
  }
  if ('units' in availability) {
    checked('units', availability.units, mean.length, 'step')
    return capped(demand, availability.units)
  }
  checked('onHand', availability.onHand, ids.length, 'series')
  if (availability.arriving) checked('arriving', availability.arriving, mean.length, 'step')
  return runDown(demand, availability.onHand, availability.arriving)
}

const UNIT_ZH = { step: '步', series: '序列' } as const

function checked(what: string, values: Float64Array, needs: number, unit: keyof typeof UNIT_ZH): void {
  if (values.length !== needs)
    throw new ForetideError('hiddenDemand.shape', { what, has: values.length, needs, unit, unitZh: UNIT_ZH[unit] })
}

function copyOf(forecast: Forecast) {
  const copy = (values: Float64Array) => {
    const made = sharedFloat64(values.length)
    made.set(values)
    return made
  }
  const { mean, quantiles, paths } = forecast
  return {
    ...forecast,
    mean: copy(mean),
    quantiles: copy(quantiles),
    ...(paths ? { paths: { count: paths.count, values: copy(paths.values) } } : {}),
  }
}

/** Calls back for every number of every sample path, with the row of its step. */
function eachOfPaths({ ids, horizon, paths }: Forecast, call: (place: number, row: number) => void): void {
  if (!paths) return
  for (let i = 0; i < ids.length; i++)
    for (let p = 0; p < paths.count; p++)
      for (let h = 0; h < horizon; h++) call((i * paths.count + p) * horizon + h, i * horizon + h)
}

function scaled(demand: Forecast, shares: Float64Array): Forecast {
  const sales = copyOf(demand)
  const levels = demand.levels.length
  for (let row = 0; row < sales.mean.length; row++) {
    const share = Math.max(0, Math.min(1, at(shares, row)))
    sales.mean[row] = share * at(sales.mean, row)
    for (let l = row * levels; l < (row + 1) * levels; l++) sales.quantiles[l] = share * at(sales.quantiles, l)
  }
  eachOfPaths(sales, (place, row) => {
    const { values } = sales.paths as { values: Float64Array }
    values[place] = Math.max(0, Math.min(1, at(shares, row))) * at(values, place)
  })
  return sales
}

function capped(demand: Forecast, units: Float64Array): Forecast {
  const sales = copyOf(demand)
  const levels = demand.levels.length
  for (let row = 0; row < sales.mean.length; row++) {
    const most = Math.max(0, at(units, row))
    const quantiles = demand.quantiles.subarray(row * levels, (row + 1) * levels)
    sales.mean[row] = leastOf(at(demand.mean, row), demand.levels, quantiles, most)
    for (let l = 0; l < levels; l++) sales.quantiles[row * levels + l] = Math.min(most, at(quantiles, l))
  }
  eachOfPaths(sales, (place, row) => {
    const { values } = sales.paths as { values: Float64Array }
    values[place] = Math.min(Math.max(0, at(units, row)), at(values, place))
  })
  return sales
}

/** E[min(D, most)] of demand with a mean and quantiles. */
function leastOf(mean: number, levels: readonly number[], quantiles: Float64Array, most: number): number {
  if (Number.isNaN(mean) || Number.isNaN(most)) return Number.NaN
  if (most === Number.POSITIVE_INFINITY) return mean
  const last = levels.length - 1
  if (last < 0) return Math.min(mean, most)
  // Below the first quantile demand lies evenly down to nothing.
  let [whole, part] = [evenly(0, at(quantiles, 0), Number.POSITIVE_INFINITY), evenly(0, at(quantiles, 0), most)]
  whole *= at(levels, 0)
  part *= at(levels, 0)
  for (let l = 1; l <= last; l++) {
    const width = at(levels, l) - at(levels, l - 1)
    whole += width * evenly(at(quantiles, l - 1), at(quantiles, l), Number.POSITIVE_INFINITY)
    part += width * evenly(at(quantiles, l - 1), at(quantiles, l), most)
  }
  const rest = 1 - at(levels, last)
  const high = at(quantiles, last)
  const excess = Math.max(0, (mean - whole) / rest - high)
  whole += rest * (high + excess)
  part += rest * (most <= high ? most : high + excess * (excess > 0 ? 1 - Math.exp((high - most) / excess) : 0))
  // Where quantiles say more than the mean does, they give the shape and the mean the size.
  return Math.min(mean, most, whole > 0 ? (part * mean) / whole : part)
}

/** E[min(D, most)] of demand that lies evenly between two values. */
function evenly(low: number, high: number, most: number): number {
  if (most >= high) return (low + high) / 2
  if (most <= low) return most
  const inside = (most - low) / (high - low)
  return inside * ((low + most) / 2) + (1 - inside) * most
}

function runDown(demand: Forecast, onHand: Float64Array, arriving?: Float64Array): Forecast {
  const { horizon, levels } = demand
  if (!demand.paths) throw new ForetideError('hiddenDemand.paths', {}, { fault: 'usage' })
  const sales = copyOf(demand)
  const { count, values } = sales.paths as { count: number; values: Float64Array }
  const sample = new Float64Array(count)
  for (let i = 0; i < demand.ids.length; i++) {
    for (let p = 0; p < count; p++) {
      let stock = Math.max(0, at(onHand, i))
      for (let h = 0; h < horizon; h++) {
        const place = (i * count + p) * horizon + h
        stock += arriving ? Math.max(0, at(arriving, i * horizon + h)) : 0
        const sold = Math.min(stock, Math.max(0, at(values, place)))
        values[place] = sold
        stock -= sold
      }
    }
    for (let h = 0; h < horizon; h++) {
      for (let p = 0; p < count; p++) sample[p] = at(values, (i * count + p) * horizon + h)
      sample.sort()
      const row = i * horizon + h
      sales.mean[row] = sample.reduce((a, b) => a + b, 0) / count
      levels.forEach((level, l) => {
        sales.quantiles[row * levels.length + l] = at(sample, Math.min(count - 1, Math.floor(level * count)))
      })
    }
  }
  return sales
}
