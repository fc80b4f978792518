/** Why a line could not be cut into cells. */
export type RecordFault = 'quote' | 'columns' | 'bytes' | 'long'

/** One record of a delimited text: its cells, or the fault for which its line is set aside. */
export interface TextRecord {
  readonly cells: readonly string[]
  readonly raw: string
  readonly fault?: RecordFault
}

/** How a delimited text is written. */
export interface Dialect {
  readonly delimiter: string
  readonly quote: string
}

/** The longest record that is read; what is longer is rejected. */
const MAX_RECORD = 4_000_000
/** The most lines that a quoted cell may run over before its quote counts as never closed. */
const MAX_QUOTED_LINES = 200

/**
 * Cuts a delimited text, given in pieces, into records, and never lets one bad line take the good ones after it along.
 *
 * Line ends may be LF, CRLF, CR or mixed. A quote that opens and is not properly closed makes its own line the fault: reading
 * goes on at the next line. Blank lines are no records.
 *
 * @example
 * const reader = new RecordReader({ delimiter: ',', quote: '"' }, 2)
 * reader.push('1,"2\n3,4\n')
 * ;[...reader.take(true)].map((r) => r.fault ?? r.cells.join('+')) // → ['quote', '3+4']
 */
export class RecordReader {
  readonly #delimiter: string
  readonly #quote: string
  readonly #columns: number
  #text = ''
  #at = 0
  /** Whether the head of an overlong line was already dropped. */
  #skipping = false

  /** `columns` is how many cells a record must have, or 0 for any number. */
  constructor({ delimiter, quote }: Dialect, columns: number) {
    this.#delimiter = delimiter
    this.#quote = quote
    this.#columns = columns
  }

  push(piece: string): void {
    this.#text = this.#at > 0 ? this.#text.slice(this.#at) + piece : this.#text + piece
    this.#at = 0
  }

  /** The records that are complete by now; at the end of the text, the rest too. */
  *take(final: boolean): Generator<TextRecord> {
    for (;;) {
      const end = this.#lineEnd(this.#at)
      if (end < 0 && !final) {
        if (this.#text.length - this.#at > MAX_RECORD) yield* this.#tooLong()
        return
      }
      const stop = end < 0 ? this.#text.length : end
      if (stop === this.#at && end < 0) return
      if (end === this.#text.length - 1 && this.#text[end] === '\r' && !final) return
      if (this.#skipping || stop - this.#at > MAX_RECORD) {
        const was = this.#skipping
        this.#skipping = false
        if (!was) yield { cells: [], raw: this.#text.slice(this.#at, this.#at + 1000), fault: 'long' }
        this.#at = this.#after(stop)
        continue
      }
      const line = this.#text.slice(this.#at, stop)
      if (line.trim() === '') {
        if (line === '' || this.#columns !== 1) {
          this.#at = this.#after(stop)
          if (line !== '' && line.includes(this.#delimiter)) yield this.#record(line.split(this.#delimiter), line)
          continue
        }
      }
      if (!line.includes(this.#quote)) {
        this.#at = this.#after(stop)
        yield this.#record(line.split(this.#delimiter), line)
        continue
      }
      const parsed = this.#parse(this.#at, final)
      if (parsed === 'more') return
      if (parsed === 'fault' || this.#swallows(parsed, stop)) {
        this.#at = this.#after(stop)
        yield { cells: [], raw: line, fault: 'quote' }
        continue
      }
      const raw = this.#text.slice(this.#at, parsed.end)
      this.#at = this.#after(parsed.end)
      yield this.#record(parsed.cells, raw)
    }
  }

  *#tooLong(): Generator<TextRecord> {
    if (!this.#skipping) yield { cells: [], raw: this.#text.slice(this.#at, this.#at + 1000), fault: 'long' }
    this.#skipping = true
    this.#at = this.#text.length
  }

  #record(cells: string[], raw: string): TextRecord {
    if (raw.includes('\ufffd')) return { cells, raw, fault: 'bytes' }
    if (this.#columns > 0 && cells.length !== this.#columns) {
      if (cells.length === this.#columns + 1 && cells[this.#columns]?.trim() === '') cells.pop()
      else return { cells, raw, fault: 'columns' }
    }
    return { cells, raw }
  }

  /** Whether a quoted cell runs over lines that are good records by themselves: then its quote was opened by mistake. */
  #swallows(parsed: { cells: string[]; end: number }, stop: number): boolean {
    if (parsed.end === stop || this.#columns === 0) return false
    if (parsed.cells.length !== this.#columns) return true
    const inner = this.#text
      .slice(this.#after(stop), parsed.end)
      .split(/\r\n|\n|\r/)
      .slice(0, -1)
    return inner.length > 0 && inner.every((line) => line.split(this.#delimiter).length === this.#columns)
  }

  #lineEnd(from: number): number {
    const lf = this.#text.indexOf('\n', from)
    // The search for CR is limited to the line, so that files of plain LF are not searched to their end each time.
    const head = lf < 0 ? this.#text : this.#text.slice(from, lf)
    const cr = head.indexOf('\r', lf < 0 ? from : 0)
    if (cr < 0) return lf
    return lf < 0 ? cr : from + cr
  }

  #after(end: number): number {
    return this.#text[end] === '\r' && this.#text[end + 1] === '\n' ? end + 2 : Math.min(end + 1, this.#text.length)
  }

  #parse(start: number, final: boolean): { cells: string[]; end: number } | 'fault' | 'more' {
    const text = this.#text
    const quote = this.#quote
    const cells: string[] = []
    let at = start
    for (;;) {
      if (text[at] !== quote) {
        const next = text.indexOf(this.#delimiter, at)
        const end = this.#lineEnd(at)
        if (next >= 0 && (end < 0 || next < end)) {
          cells.push(text.slice(at, next))
          at = next + 1
          continue
        }
        if (end < 0 && !final) return 'more'
        const stop = end < 0 ? text.length : end
        cells.push(text.slice(at, stop))
        return { cells, end: stop }
      }
      const closed = this.#closing(at + 1)
      if (closed < 0) return final || this.#hopeless(at) ? 'fault' : 'more'
      if (closed + 1 >= text.length && !final) return 'more'
      cells.push(
        text
          .slice(at + 1, closed)
          .replaceAll(quote + quote, quote)
          .replaceAll(`\\${quote}`, quote),
      )
      const follows = text[closed + 1]
      if (follows === this.#delimiter) at = closed + 2
      else if (follows === undefined || follows === '\n' || follows === '\r') return { cells, end: closed + 1 }
      else return 'fault'
    }
  }

  /** Where the quote that closes a cell is, −1 where there is none. */
  #closing(from: number): number {
    const quote = this.#quote
    let at = from
    for (;;) {
      at = this.#text.indexOf(quote, at)
      if (at < 0) return -1
      if (this.#text[at + 1] === quote) at += 2
      else if (this.#text[at - 1] === '\\' && !this.#endsCell(at + 1)) at += 1
      else return at
    }
  }

  #endsCell(at: number): boolean {
    const c = this.#text[at]
    return c === undefined || c === this.#delimiter || c === '\n' || c === '\r'
  }

  #hopeless(from: number): boolean {
    if (this.#text.length - from > MAX_RECORD) return true
    let lines = 0
    for (let at = from; at >= 0 && lines <= MAX_QUOTED_LINES; at = this.#text.indexOf('\n', at + 1)) lines++
    return lines > MAX_QUOTED_LINES
  }
}
