import { at } from '../../../core/panel.ts'
import { Random } from '../../../core/random.ts'
import { sparseOf } from './sparse.ts'
import { strongest } from './svd.ts'

const DIMENSIONS = 32
/** Words in fewer texts than this say nothing of their company; of the rest the most frequent are kept. */
const LEAST_TEXTS = 2
const MOST_WORDS = 4000
/** Weight of a word by its frequency f: a / (a + f), as of Arora, Liang and Ma (2017). */
const SMOOTH = 1e-2
const HAN = /\p{Script=Han}/u

/** Vectors of the words of a catalogue, learned from the company that they keep. */
export interface WordVectors {
  readonly width: number
  readonly words: readonly string[]
  /** `vectors[word · width + k]`. */
  readonly vectors: Float64Array
  /** How much each word counts in a text. */
  readonly weights: Float64Array
}

/**
 * Learns word vectors from the texts of a catalogue alone: positive pointwise mutual information of words within a text, factorised by truncated randomised SVD (Levy, Goldberg
 * and Dagan, 2015). Each vector is its word's row of that matrix in few dimensions, so that words lie close by the company they keep and not by standing together. Words are runs of letters or digits, and of Chinese single signs and pairs. Words that share their company lie close though they share no letter; the same under a seed.
 *
 * @example
 * const learned = learnWords(['red silk scarf', 'blue silk scarf', 'red wool scarf', 'blue wool scarf'], 1)
 * learned.words.length // → 5
 */
export function learnWords(texts: readonly string[], seed: number, dimensions = DIMENSIONS): WordVectors {
  const bags = texts.map((text) => [...new Set(wordsOf(text))])
  const frequency = new Map<string, number>()
  for (const bag of bags) for (const word of bag) frequency.set(word, (frequency.get(word) ?? 0) + 1)
  const words = [...frequency]
    .filter(([, count]) => count >= LEAST_TEXTS)
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, MOST_WORDS)
    .map(([word]) => word)
  const place = new Map(words.map((word, k) => [word, k]))
  const together: Map<number, number>[] = words.map(() => new Map())
  for (const bag of bags) {
    const known = bag.flatMap((word) => place.get(word) ?? [])
    for (const a of known)
      for (const b of known.filter((other) => other !== a))
        (together[a] as Map<number, number>).set(b, ((together[a] as Map<number, number>).get(b) ?? 0) + 1)
  }
  const matrix = sparseOf(together.map((row, a) => informationOf(row, a, words, frequency, texts.length)))
  const { rank, values, vectors } = strongest(matrix, Math.min(dimensions, words.length), Random.of(seed, 'words'))
  for (let w = 0; w < words.length; w++)
    for (let k = 0; k < rank; k++) vectors[w * rank + k] = at(vectors, w * rank + k) * Math.abs(at(values, k))
  const weights = Float64Array.from(words, (word) => SMOOTH / (SMOOTH + (frequency.get(word) as number) / texts.length))
  return { width: rank, words, vectors, weights }
}

/** How much likelier two words stand together than by chance, on the logarithm, where it is likelier at all. */
function informationOf(
  row: ReadonlyMap<number, number>,
  a: number,
  words: readonly string[],
  frequency: ReadonlyMap<string, number>,
  documents: number,
): Map<number, number> {
  const kept = new Map<number, number>()
  const own = frequency.get(words[a] as string) as number
  for (const [b, count] of row) {
    const other = frequency.get(words[b] as string) as number
    const information = Math.log((count * documents) / (own * other))
    if (information > 0) kept.set(b, information)
  }
  return kept
}

/** Texts as vectors of length 1, the weighted means of their words' vectors; zeros where no word is known. `[text · width + k]`. */
export function meaningsOf(texts: readonly string[], learned: WordVectors): Float64Array {
  const { width, words, vectors, weights } = learned
  const place = new Map(words.map((word, k) => [word, k]))
  const out = new Float64Array(texts.length * width)
  texts.forEach((text, i) => {
    const into = out.subarray(i * width, (i + 1) * width)
    for (const word of new Set(wordsOf(text))) {
      const w = place.get(word)
      if (w === undefined) continue
      for (let k = 0; k < width; k++) into[k] = at(into, k) + at(weights, w) * at(vectors, w * width + k)
    }
    const length = Math.hypot(...into)
    if (length > 0) for (let k = 0; k < width; k++) into[k] = at(into, k) / length
  })
  return out
}

function* wordsOf(text: string): Generator<string> {
  for (const [word] of text
    .normalize('NFKC')
    .toLowerCase()
    .matchAll(/\p{Script=Han}+|[\p{L}\p{N}]+/gu)) {
    if (!HAN.test(word)) {
      yield word
      continue
    }
    const signs = [...word]
    for (let k = 0; k < signs.length; k++) {
      yield signs[k] as string
      if (k + 1 < signs.length) yield `${signs[k]}${signs[k + 1]}`
    }
  }
}
