import { at } from '../../../core/panel.ts'
import { type Kernel, weightAt } from './kernel.ts'
import type { References } from './references.ts'
import { distances, type Traits } from './traits.ts'

/** A product beside another, by its place among the references, and how alike they are: from 0 to 1. */
export interface Near {
  readonly place: number
  readonly weight: number
}

/** The references most like product `p` of a table of traits, the most alike first, itself left out; those whose level nobody knows are no help. */
export function nearestTo(
  traits: Traits,
  p: number,
  id: string,
  references: References,
  kernel: Kernel,
  most: number,
): readonly Near[] {
  const distance = new Float64Array(kernel.weights.length)
  const found: Near[] = []
  for (let q = 0; q < references.ids.length; q++) {
    if (!(at(references.known.trust, q) > 0) || references.ids[q] === id) continue
    distances(traits, p, references.traits, q, distance)
    found.push({ place: q, weight: weightAt(kernel.weights, distance) })
  }
  return found.sort((a, b) => b.weight - a.weight || a.place - b.place).slice(0, most)
}
