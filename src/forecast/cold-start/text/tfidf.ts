import { hash32 } from '../../../core/random.ts'
import { gramsOf } from '../../../models/pretrained/texts.ts'
import { type Sparse, sparseOf } from './sparse.ts'

/** Places that n-grams are hashed to. */
const PLACES = 1 << 18
const LETTERS = 5
const SIGNS = 4

/** How much each n-gram of a catalogue tells: the rarer, the more. */
export interface Rarity {
  readonly documents: number
  /** In how many texts each place occurs. */
  readonly counts: ReadonlyMap<number, number>
}

/** Counts in how many texts of a catalogue each hashed n-gram occurs. */
export function rarityOf(texts: readonly string[]): Rarity {
  const counts = new Map<number, number>()
  for (const text of texts) for (const place of countsOf(text).keys()) counts.set(place, (counts.get(place) ?? 0) + 1)
  return { documents: texts.length, counts }
}

/**
 * Texts as sparse vectors of length 1: hashed character n-grams (of words up to 5 letters, of Chinese up to 4 signs), 1 + log of their count times the log of their rarity
 * (Salton and Buckley, 1988); a text without letters is an empty row.
 *
 * @example
 * const texts = ['green tea 100 g', 'black tea 100 g', 'garden chair']
 * const table = tfidf(texts, rarityOf(texts))
 * table.offsets.length // → 4
 */
export function tfidf(texts: readonly string[], { documents, counts }: Rarity): Sparse {
  return sparseOf(
    texts.map((text) => {
      const row = new Map<number, number>()
      let square = 0
      for (const [place, count] of countsOf(text)) {
        const weight = (1 + Math.log(count)) * (1 + Math.log((1 + documents) / (1 + (counts.get(place) ?? 0))))
        row.set(place, weight)
        square += weight * weight
      }
      for (const [place, weight] of row) row.set(place, weight / Math.sqrt(square))
      return row
    }),
  )
}

function countsOf(text: string): Map<number, number> {
  const row = new Map<number, number>()
  for (const gram of gramsOf(text, LETTERS, SIGNS)) {
    const place = hash32(gram) % PLACES
    row.set(place, (row.get(place) ?? 0) + 1)
  }
  return row
}

/** The rarity of a catalogue as plain data, and back. */
export const rarityToJson = ({ documents, counts }: Rarity) => ({ documents, counts: [...counts] })
export const rarityFromJson = (kept: ReturnType<typeof rarityToJson>): Rarity => ({
  documents: kept.documents,
  counts: new Map(kept.counts),
})
