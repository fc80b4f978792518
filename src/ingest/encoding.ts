import { isUtf8 } from 'node:buffer'

/** How the bytes of a text file are to be read. */
export interface Encoding {
  /** A label for TextDecoder. */
  readonly label: string
  /** Bytes of a byte order mark to skip. */
  readonly bom: number
  /** Whether some bytes do not fit the encoding, so that their rows will be rejected. */
  readonly damaged: boolean
  /** Whether it was concluded from the bytes and not written in a mark. */
  readonly guessed: boolean
}

const UTF8: Encoding = { label: 'utf-8', bom: 0, damaged: false, guessed: false }

/**
 * The encoding of a text from its first bytes (or from a sample of its lines): UTF-8, UTF-16, GB 18030 (of which GBK and
 * GB 2312 are parts) or Windows-1252.
 *
 * Bytes that are none of them are taken for damaged UTF-8.
 */
export function encodingOf(bytes: Uint8Array): Encoding {
  const [a, b, c] = bytes
  if (a === 0xef && b === 0xbb && c === 0xbf) return { ...encodingOf(bytes.subarray(3)), bom: 3 }
  if (a === 0xff && b === 0xfe) return { ...UTF8, label: 'utf-16le', bom: 2 }
  if (a === 0xfe && b === 0xff) return { ...UTF8, label: 'utf-16be', bom: 2 }
  const wide = utf16(bytes)
  if (wide) return { ...UTF8, label: wide, guessed: true }
  const whole = wholeCharacters(bytes)
  if (isUtf8(whole)) return UTF8
  return legacy(whole)
}

/** UTF-16 without a mark: in mostly Latin or digit text every other byte is zero. */
function utf16(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const n = Math.min(bytes.length, 4096) & ~1
  if (n < 8) return undefined
  const zeros = [0, 0]
  for (let i = 0; i < n; i++) if (bytes[i] === 0) zeros[i & 1] = (zeros[i & 1] as number) + 1
  const [even = 0, odd = 0] = zeros
  if (odd > n * 0.15 && even < odd / 8) return 'utf-16le'
  if (even > n * 0.15 && odd < even / 8) return 'utf-16be'
  return undefined
}

/** Drops the bytes of a character that the end of the sample may have cut. */
function wholeCharacters(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number
    if (byte < 0x80) return bytes
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
      return back < length ? bytes.subarray(0, bytes.length - back) : bytes
    }
  }
  return bytes
}

/** Which of the encodings that are not UTF-8 the lines with other than ASCII characters speak for. */
function legacy(bytes: Uint8Array): Encoding {
  const damaged: Encoding = { ...UTF8, damaged: true, guessed: true }
  const odd: Uint8Array[] = []
  let valid = 0
  for (let from = 0; from < bytes.length; ) {
    const lf = bytes.indexOf(10, from)
    const line = bytes.subarray(from, lf < 0 ? bytes.length : lf)
    from = lf < 0 ? bytes.length : lf + 1
    if (!line.some((byte) => byte >= 0x80)) continue
    if (isUtf8(line)) valid++
    else odd.push(line)
  }
  if (valid >= odd.length) return damaged
  if (speaksGb(odd)) return { ...UTF8, label: 'gb18030', guessed: true }
  if (speaksLatin(odd)) return { ...UTF8, label: 'windows-1252', guessed: true }
  return damaged
}

/** Text in GB 18030 is pairs of which most lie in the block of common characters (rows B0–F7, cells A1–FE). */
function speaksGb(lines: readonly Uint8Array[]): boolean {
  let common = 0
  let other = 0
  for (const line of lines)
    for (let i = 0; i < line.length; i++) {
      const lead = line[i] as number
      if (lead < 0x80) continue
      const trail = line[i + 1] ?? 0
      if (lead >= 0xa1 && lead <= 0xf7 && trail >= 0xa1 && trail <= 0xfe) common++
      else other++
      i++
    }
  return common > 0 && common >= 4 * other
}

/** Text in Windows-1252 has lone accented letters beside plain ones. */
function speaksLatin(lines: readonly Uint8Array[]): boolean {
  const letter = (byte = 0) => (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122) || byte >= 0xc0
  let fitting = 0
  let other = 0
  for (const line of lines)
    for (let i = 0; i < line.length; i++) {
      const byte = line[i] as number
      if (byte < 0x80) continue
      const accented = byte >= 0xc0 && byte !== 0xff && byte !== 0xd7 && byte !== 0xf7
      if ((accented && (letter(line[i - 1]) || letter(line[i + 1]))) || byte === 0xa3 || byte === 0x80) fitting++
      else other++
    }
  return fitting > 0 && fitting >= 4 * other
}
