import { at } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { drawScores } from '../../models/global/paths.ts'

/** How the normal scores of cells go together, as shares of their variance: what all series have in common, a family, and what is a series' own. */
export interface Dependence {
  /** The static column whose values are families; absent where all series are one. */
  readonly family?: string
  readonly shares: { readonly all: number; readonly family: number; readonly own: number }
  /** Correlation of neighbouring steps in each part. */
  readonly rhos: { readonly all: number; readonly family: number; readonly own: number }
}

/** Scores of held-out cells in order of windows, series and steps; `follows` is 1 where a cell is the step after the cell before. */
export interface Scored {
  readonly z: Float64Array
  /** Cells of one number were observed in the same step of the same window. */
  readonly time: Int32Array
  /** The number of that step after the one before, −1 for first steps. */
  readonly before: Int32Array
  readonly family: Int32Array
  readonly follows: Uint8Array
}

export const INDEPENDENT: Dependence = {
  shares: { all: 0, family: 0, own: 1 },
  rhos: { all: 0, family: 0, own: 0 },
}

/** Parts beyond this leave a series too little of its own to tell chance from pattern in a few windows. */
const MOST = 0.6
const bounded = (x: number, low: number, high: number) => (Number.isFinite(x) ? Math.min(high, Math.max(low, x)) : low)

/**
 * Estimates a factor copula from normal scores of held-out errors: pairs of series of one family, and of different families, in the same step give the
 * shares; the same pairs one step apart give how each part goes on (Oh and Patton, 2017, with moments in the place of simulation).
 */
export function dependenceOf({ z, time, before, family, follows }: Scored, name?: string): Dependence {
  const cells = z.length
  const times = new Map<number, Moments>()
  for (let c = 0; c < cells; c++) {
    const t = at(time, c)
    const found = times.get(t) ?? {
      sum: 0,
      squares: 0,
      count: 0,
      families: new Map<number, [number, number, number]>(),
    }
    times.set(t, found)
    found.sum += at(z, c)
    found.squares += at(z, c) ** 2
    found.count++
    const own = found.families.get(at(family, c)) ?? [0, 0, 0]
    own[0] += at(z, c)
    own[1] += at(z, c) ** 2
    own[2]++
    found.families.set(at(family, c), own)
  }
  // Products of pairs within a family and across families, at the same step and one step apart.
  const same = { within: 0, withinPairs: 0, across: 0, acrossPairs: 0, squares: 0, count: 0 }
  const next = { within: 0, withinPairs: 0, across: 0, acrossPairs: 0 }
  const earlier = new Map<number, number>()
  for (let c = 0; c < cells; c++) earlier.set(at(time, c), at(before, c))
  for (const [t, here] of times) {
    const one = pairsAt(here, here, true)
    add(same, one)
    same.squares += here.squares
    same.count += here.count
    const last = times.get(earlier.get(t) ?? -1)
    if (last) add(next, pairsAt(here, last, false))
  }
  let [own, ownCount] = [0, 0]
  for (let c = 1; c < cells; c++)
    if (at(follows, c) === 1) {
      own += at(z, c) * at(z, c - 1)
      ownCount++
    }
  const variance = same.count > 0 ? same.squares / same.count : 1
  const ratio = (sum: number, pairs: number) => (pairs > 0 && variance > 0 ? sum / pairs / variance : 0)
  const all = bounded(ratio(same.across, same.acrossPairs), 0, MOST)
  const both = bounded(ratio(same.within, same.withinPairs), name === undefined ? all : 0, MOST)
  const families = name === undefined ? 0 : Math.max(0, both - all)
  const shares = { all, family: families, own: 1 - all - families }
  const nextAll = ratio(next.across, next.acrossPairs)
  const nextBoth = ratio(next.within, next.withinPairs)
  const nextOwn = ownCount > 0 && variance > 0 ? own / ownCount / variance : 0
  const rho = (part: number, share: number) => (share > 0.01 ? bounded(part / share, -0.5, 0.95) : 0)
  const rhos = {
    all: rho(nextAll, all),
    family: rho(nextBoth - nextAll, families),
    own: rho(nextOwn - (name === undefined ? nextAll : nextBoth), shares.own),
  }
  return { ...(name !== undefined && { family: name }), shares, rhos }
}

interface Moments {
  sum: number
  squares: number
  count: number
  readonly families: Map<number, [sum: number, squares: number, count: number]>
}

interface Pairs {
  within: number
  withinPairs: number
  across: number
  acrossPairs: number
}

function add(into: Pairs, from: Pairs): void {
  into.within += from.within
  into.withinPairs += from.withinPairs
  into.across += from.across
  into.acrossPairs += from.acrossPairs
}

/** Sums of products over pairs of different series; one step apart, the few pairs of a series with itself are left in. */
function pairsAt(here: Moments, there: Moments, together: boolean): Pairs {
  let [within, withinPairs, self, selfPairs] = [0, 0, 0, 0]
  for (const [family, [sum, squares, count]] of here.families) {
    const other = there.families.get(family)
    if (!other) continue
    within += sum * other[0] - (together ? squares : 0)
    withinPairs += count * other[2] - (together ? count : 0)
    self += sum * other[0]
    selfPairs += count * other[2]
  }
  return {
    ...{ within, withinPairs },
    across: here.sum * there.sum - self,
    acrossPairs: here.count * there.count - selfPairs,
  }
}

/** Draws the normal scores of the paths of one series after the other; series share what is common by number of the path. */
export function scoreDrawer(
  { shares, rhos }: Dependence,
  {
    horizon,
    paths,
    seed,
    name,
  }: { readonly horizon: number; readonly paths: number; readonly seed: number; readonly name: string },
): (id: string, family: string, into: Float64Array) => void {
  const part = (share: number, rho: number, stream: string) => {
    const drawn = new Float64Array(share > 0 ? paths * horizon : 0)
    if (share > 0) drawScores(horizon, rho, Random.of(seed, `${name}:${stream}`), drawn)
    return drawn
  }
  const all = part(shares.all, rhos.all, 'all series')
  const families = new Map<string, Float64Array>()
  const weights = [Math.sqrt(shares.all), Math.sqrt(shares.family), Math.sqrt(shares.own)] as const
  return (id, family, into) => {
    const common = families.get(family) ?? part(shares.family, rhos.family, `family ${family}`)
    families.set(family, common)
    drawScores(horizon, rhos.own, Random.of(seed, `${name}:${id}`), into)
    for (let k = 0; k < into.length; k++)
      into[k] =
        weights[2] * at(into, k) +
        (all.length > 0 ? weights[0] * at(all, k) : 0) +
        (common.length > 0 ? weights[1] * at(common, k) : 0)
  }
}
