/** Numbers of a vector of words. */
const WIDTH = 256
const HAN = /\p{Script=Han}/u

/**
 * A text as a vector of length 1: its character n-grams (two to four, of words with their edges marked; of Chinese each sign and each pair), hashed to 256 places with a sign
 * (Weinberger et al., 2009). Titles that share words or parts of words lie close, in English and in Chinese; a text without letters is all 0.
 *
 * @example
 * const cosine = (a, b) => textVector(a).reduce((sum, x, k) => sum + x * textVector(b)[k], 0)
 * cosine('green tea 100 g', 'green tea 250 g') > cosine('green tea 100 g', 'garden chair') // → true
 */
export function textVector(text: string): Float32Array {
  const vector = new Float32Array(WIDTH)
  for (const gram of gramsOf(text)) {
    const hash = hashOf(gram)
    const place = hash % WIDTH
    vector[place] = (vector[place] as number) + ((hash >>> 16) & 1 ? 1 : -1)
  }
  const length = Math.hypot(...vector)
  return length > 0 ? vector.map((x) => x / length) : vector
}

/**
 * The character n-grams of a text, after NFKC and in small letters: of words with their edges marked two to `letters` long and the word itself, of
 * Chinese one to `signs` long.
 */
export function* gramsOf(text: string, letters = 4, signs = 2): Generator<string> {
  const plain = text.normalize('NFKC').toLowerCase()
  for (const [word] of plain.matchAll(/\p{Script=Han}+|[\p{L}\p{N}]+/gu)) {
    const characters = [...word]
    if (HAN.test(word)) {
      for (let k = 0; k < characters.length; k++)
        for (let n = 1; n <= signs && k + n <= characters.length; n++) yield characters.slice(k, k + n).join('')
      continue
    }
    yield `<${word}>`
    const marked = ['<', ...characters, '>']
    for (let n = 2; n <= letters; n++)
      for (let k = 0; k + n <= marked.length; k++) yield marked.slice(k, k + n).join('')
  }
}

/** FNV-1a of the code units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let k = 0; k < text.length; k++) hash = Math.imul(hash ^ text.charCodeAt(k), 0x01000193) >>> 0
  // The lowest bits of short texts are alike; mix all into them.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0
  return (hash ^ (hash >>> 12)) >>> 0
}
