/** A text in UTF-16. */
export function utf16(text: string, little: boolean, mark: boolean): Uint8Array {
  const bytes = Buffer.from(mark ? `\ufeff${text}` : text, 'utf16le')
  return little ? bytes : bytes.swap16()
}

let pairs: Map<string, number> | undefined

/** A text in GB 18030, as far as its two-byte characters go: the decoder's table turned round. */
export function gb18030(text: string): Uint8Array {
  if (!pairs) {
    pairs = new Map()
    const decoder = new TextDecoder('gb18030')
    for (let lead = 0x81; lead <= 0xfe; lead++)
      for (let trail = 0x40; trail <= 0xfe; trail++) {
        const character = decoder.decode(Uint8Array.of(lead, trail))
        if (character.length === 1 && !pairs.has(character)) pairs.set(character, lead * 256 + trail)
      }
  }
  const out: number[] = []
  for (const character of text) {
    const code = character.charCodeAt(0)
    const pair = pairs.get(character)
    if (code < 0x80) out.push(code)
    else if (pair) out.push(pair >> 8, pair & 255)
    else throw new Error(`no two bytes for ${character}`)
  }
  return Uint8Array.from(out)
}
