import { ForetideError } from '../../core/errors.ts'
import { sharedFloat64 } from '../../core/memory.ts'
import { at, Mask, type Panel } from '../../core/panel.ts'
import { hourlyShares } from './hours.ts'
import type { HiddenDemandSettings } from './options.ts'

/**
 * For each cell of a panel the share of its usual demand that falls into the time in stock, between 0 and 1: by the hour where hours are given,
 * else by the share of the day, else by how long it was out of stock; 1 where it was in stock, NaN where it was not and nothing is known.
 */
export function inStockShares(
  panel: Panel,
  { share, hoursOut, profile }: Pick<HiddenDemandSettings, 'share' | 'hoursOut' | 'profile'>,
  hourly?: Panel,
): Float64Array {
  const shares = hourly ? hourlyShares(panel, hourly) : sharedFloat64(panel.target.length).fill(Number.NaN)
  const given = share === undefined ? undefined : valuesOfColumn(panel, share)
  const hours = hoursOut && valuesOfColumn(panel, hoursOut.column)
  const left = hoursOut && shareByHours(hoursOut.of, profile)
  for (let k = 0; k < shares.length; k++) {
    if ((at(panel.mask, k) & Mask.censored) === 0) shares[k] = 1
    else if (Number.isNaN(at(shares, k)))
      shares[k] = bounded(given ? at(given, k) : hours && left ? left(at(hours, k)) : Number.NaN)
  }
  return shares
}

const bounded = (share: number) => (Number.isNaN(share) ? share : Math.max(0, Math.min(1, share)))

function valuesOfColumn(panel: Panel, name: string): Float64Array {
  const column = panel.columns.get(name)
  if (!column)
    throw new ForetideError('hiddenDemand.column', { column: name, columns: [...panel.columns.keys()].join(', ') })
  return column.values
}

/** What is left of a day that is out of stock for so many hours at its end, by a profile of the hours or evenly. */
function shareByHours(of: number, profile?: readonly number[]): (hours: number) => number {
  if (!profile) return (hours) => 1 - hours / of
  const total = profile.reduce((a, b) => a + b, 0)
  const sums = [0]
  for (const p of profile) sums.push((sums.at(-1) as number) + p / total)
  return (hours) => {
    const place = Math.max(0, Math.min(profile.length, ((of - hours) / of) * profile.length))
    const low = Math.min(profile.length - 1, Math.floor(place))
    return (sums[low] as number) + (place - low) * ((sums[low + 1] as number) - (sums[low] as number))
  }
}
