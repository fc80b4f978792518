import { at } from '../../../core/panel.ts'
import { learnWords, meaningsOf, type WordVectors } from './embedding.ts'
import { rowProduct, type Sparse } from './sparse.ts'
import { type Rarity, rarityOf, tfidf } from './tfidf.ts'

/** What was learned of the texts of a catalogue, by which any text becomes vectors. */
export interface TextSpace {
  readonly rarity: Rarity
  readonly words: WordVectors
}

/** Texts placed in a {@link TextSpace}: their spelling and their meaning. */
export interface PlacedTexts {
  readonly spelling: Sparse
  readonly width: number
  readonly meaning: Float64Array
}

/**
 * Learns from the texts of a catalogue (names, attributes; English, Chinese or both) how rare each n-gram is and which words keep the same company.
 *
 * @example
 * const texts = ['绿茶 100克', '绿茶 250克', '折叠椅', '户外折叠椅']
 * const placed = placeTexts(texts, learnTexts(texts, 1))
 * likenessOf(placed, 0, placed, 1).spelling > likenessOf(placed, 0, placed, 2).spelling // → true
 */
export function learnTexts(texts: readonly string[], seed: number): TextSpace {
  return { rarity: rarityOf(texts), words: learnWords(texts, seed) }
}

/** Places texts, those of the catalogue or new ones. */
export function placeTexts(texts: readonly string[], space: TextSpace): PlacedTexts {
  return { spelling: tfidf(texts, space.rarity), width: space.words.width, meaning: meaningsOf(texts, space.words) }
}

/** How alike two texts are spelt and meant: cosines of their vectors, 0 where either text is empty. */
export function likenessOf(
  a: PlacedTexts,
  i: number,
  b: PlacedTexts,
  j: number,
): { readonly spelling: number; readonly meaning: number } {
  let meaning = 0
  for (let k = 0; k < a.width; k++) meaning += at(a.meaning, i * a.width + k) * at(b.meaning, j * b.width + k)
  return { spelling: rowProduct(a.spelling, i, b.spelling, j), meaning: Math.max(0, meaning) }
}
