import { ForetideError } from '../../core/errors.ts'
import { at, type Panel } from '../../core/panel.ts'
import type { Ledger } from './ledger.ts'

/** Columns that move demand, each about its mean within a series and of spread 1 over all, 0 where missing. */
export interface Drivers {
  readonly columns: readonly Float64Array[]
  /** The effect of each column on each series, on the scale of logarithms. */
  readonly effects: readonly Float64Array[]
}

/** Names of the columns known ahead that are numbers and not the plan of closures. */
export function usualDrivers(panel: Panel): string[] {
  return [...panel.columns.values()]
    .filter(({ name, knownAhead, categories }) => knownAhead && !categories && name !== 'closed')
    .map(({ name }) => name)
}

/** Prepares columns; positive ones as logarithms, so that a price acts by its elasticity. Refuses unknown names. */
export function openDrivers({ panel, known }: Ledger, names: readonly string[]): Drivers {
  const columns: Float64Array[] = []
  for (const name of names) {
    const column = panel.columns.get(name)
    if (!column)
      throw new ForetideError('hiddenDemand.column', { column: name, columns: [...panel.columns.keys()].join(', ') })
    const made = centred(panel, known, column.values)
    if (made) columns.push(made)
  }
  return { columns, effects: columns.map(() => new Float64Array(panel.ids.length)) }
}

function centred(panel: Panel, known: Uint8Array, values: Float64Array): Float64Array | undefined {
  const positive = values.every((v) => !(v <= 0))
  const made = Float64Array.from(values, (v) => (positive ? Math.log(v) : v))
  let squares = 0
  let count = 0
  for (let i = 0; i < panel.ids.length; i++) {
    let sum = 0
    let cells = 0
    const [from, to] = [at(panel.offsets, i), at(panel.offsets, i + 1)]
    for (let k = from; k < to; k++) {
      if (at(known, k) === 0 || Number.isNaN(at(made, k))) continue
      sum += at(made, k)
      cells++
    }
    for (let k = from; k < to; k++) {
      const z = at(made, k) - sum / cells
      made[k] = Number.isFinite(z) ? z : 0
      squares += at(made, k) ** 2
    }
    count += cells
  }
  const spread = Math.sqrt(squares / Math.max(1, count))
  if (!(spread > 1e-9)) return undefined
  // A value many spreads off would rule alone.
  return made.map((z) => Math.max(-FURTHEST, Math.min(FURTHEST, z / spread)))
}

const FURTHEST = 8
/** Overdispersion for the weights of cells: days of large expectation do not rule alone. */
const SCATTER = 4
const STEPS = 2

/**
 * Steps of Fisher's scoring for each column in turn: one effect for all series, then each series' own departure from it, shrunk by how much
 * departures scatter beyond chance. Changes `usual` along.
 */
export function updateDrivers(ledger: Ledger, { columns, effects }: Drivers, unit: number): void {
  for (let step = 0; step < STEPS; step++)
    columns.forEach((z, c) => {
      const { score, information, chance } = slopes(ledger, z, unit)
      let allScore = 0
      let allInformation = 1
      for (let i = 0; i < score.length; i++) {
        allScore += at(score, i)
        allInformation += at(information, i)
      }
      const common = clamp(allScore / allInformation)
      let excess = 0
      let squares = 0
      for (let i = 0; i < score.length; i++) {
        const left = at(score, i) - common * at(information, i)
        excess += left * left - at(chance, i)
        squares += at(information, i) ** 2
      }
      const variance = Math.max(0, excess / Math.max(1e-9, squares))
      const moves = score.map((s, i) => {
        const info = at(information, i)
        const noise = info > 0 ? at(chance, i) / info : 1
        const own = variance > 0 ? (s - common * info) / (info + noise / variance) : 0
        return clamp(common + own)
      })
      apply(ledger, z, moves)
      const effect = effects[c] as Float64Array
      for (let i = 0; i < moves.length; i++) effect[i] = at(effect, i) + at(moves, i)
    })
}

const clamp = (step: number) => Math.max(-0.5, Math.min(0.5, step))

/** Score and information of a column's effect on each series, and the variance that the score has by chance. */
function slopes({ panel, demand, usual, weight }: Ledger, z: Float64Array, unit: number) {
  const n = panel.ids.length
  const score = new Float64Array(n)
  const information = new Float64Array(n)
  const chance = new Float64Array(n)
  for (let i = 0; i < n; i++)
    for (let k = at(panel.offsets, i); k < at(panel.offsets, i + 1); k++) {
      const m = at(usual, k)
      const x = at(z, k)
      if (x === 0 || !(m > 0) || !(at(weight, k) > 0)) continue
      const w = at(weight, k) / (unit + m / SCATTER)
      const pull = w * (Math.min(at(demand, k), 8 * m) - m) * x
      score[i] = at(score, i) + pull
      information[i] = at(information, i) + w * m * x * x
      chance[i] = at(chance, i) + pull * pull
    }
  return { score, information, chance }
}

function apply({ panel, usual }: Ledger, z: Float64Array, moves: Float64Array): void {
  for (let i = 0; i < panel.ids.length; i++) {
    const move = at(moves, i)
    if (move === 0) continue
    for (let k = at(panel.offsets, i); k < at(panel.offsets, i + 1); k++)
      if (at(z, k) !== 0) usual[k] = at(usual, k) * Math.exp(move * at(z, k))
  }
}
