import { at } from '../../core/panel.ts'
import { type Piece, priorOf } from './answer/belief.ts'
import type { Catalogue } from './history/catalogue.ts'
import { type Learned, type Told, tell } from './learned.ts'
import type { Traits } from './likeness/traits.ts'
import { predecessorOf, type Succession } from './successors.ts'

/** What is believed of a product before its own sales are looked at. */
export interface Expectation extends Told {
  readonly succession: Succession | undefined
  /** Logarithms of belief in levels beside the told one, on the grid. */
  readonly prior: Float64Array
}

/** Weight of the surprises of all products, as so many neighbours as near as the nearest. */
const ALL = 4
/** What the surprises are smoothed by, as a variance of the logarithm. */
const SMOOTH = 0.09
/** How far the level of a product departs from that of the one that it replaces, as a variance. */
const HEIR = 0.12

/** Puts together what neighbours and a predecessor say of product `p`, `span` being the periods within which one follows the other. */
export function expectationOf(
  learned: Learned,
  catalogue: Catalogue,
  traits: Traits,
  p: number,
  span: number,
): Expectation {
  const { references, surprise } = learned
  const id = catalogue.products[p] as string
  const told = tell(learned, traits, p, id)
  const launch = at(catalogue.launch, p)
  const succession =
    at(catalogue.launched, p) === 1 ? predecessorOf(traits, p, id, launch, references, span) : undefined
  const prior = priorOf(piecesOf(told, surprise), SMOOTH)
  if (!succession) return { ...told, succession, prior }
  const { place, chance } = succession
  const heir = priorOf([{ at: at(references.known.level, place) - told.level, weight: 1 }], HEIR)
  return {
    ...told,
    succession,
    // Those who bought the old one buy the new one at once: no launch to wait for.
    curve: told.curve.map((c) => c + chance * (1 - c)),
    prior: prior.map((log, g) => Math.log((1 - chance) * Math.exp(log) + chance * Math.exp(at(heir, g)))),
  }
}

/** How far products depart from what their neighbours say of them: those of the neighbours, and of all. */
function piecesOf({ near }: Told, surprise: Float64Array): Piece[] {
  const own = near.flatMap(({ place, weight }) =>
    Number.isNaN(at(surprise, place)) ? [] : [{ at: at(surprise, place), weight }],
  )
  const total = own.reduce((sum, { weight }) => sum + weight, 0) || 1
  // Neighbours as near as the nearest, in number: they are heard as they are many.
  const nearest = total / (near[0]?.weight || 1)
  const all = [...surprise].filter((s) => !Number.isNaN(s))
  if (all.length === 0)
    return [
      { at: 0, weight: 1 },
      { at: -1, weight: 0.5 },
      { at: 1, weight: 0.5 },
    ]
  const share = ALL / (ALL + nearest)
  return drawnIn([
    ...own.map(({ at: place, weight }) => ({ at: place, weight: ((1 - share) * weight) / total })),
    ...all.map((s) => ({ at: s, weight: share / all.length })),
  ])
}

/** Draws pieces in about their mean, so that smoothing them leaves their variance as it was (Silverman, 1986, §6.4). */
function drawnIn(pieces: readonly Piece[]): Piece[] {
  const mean = pieces.reduce((sum, piece) => sum + piece.weight * piece.at, 0)
  const variance = pieces.reduce((sum, piece) => sum + piece.weight * (piece.at - mean) ** 2, 0)
  const scale = Math.sqrt(Math.max(0, 1 - SMOOTH / variance))
  return pieces.map((piece) => ({ at: mean + scale * (piece.at - mean), weight: piece.weight }))
}
