import { closeSync, openSync, writeSync } from 'node:fs'

const COMMA = 44
const NEWLINE = 10
const MINUS = 45
const DOT = 46
const ZERO = 48
const SIZE = 1 << 20
/** The longest row that may come, in bytes. */
const ROOM = 1 << 14

/** Writes rows of comma-separated values straight into bytes, so that millions of rows are not held as texts. */
export class CsvWriter {
  readonly path: string
  /** Data rows written so far. */
  rows = 0
  readonly #file: number
  readonly #buffer = Buffer.allocUnsafe(SIZE)
  #at = 0
  #first = true

  constructor(path: string, header: readonly string[]) {
    this.path = path
    this.#file = openSync(path, 'w')
    this.#at = this.#buffer.write(`${header.join(',')}\n`, 0)
  }

  /** A cell of text, quoted where it must be. */
  text(value: string): this {
    this.#separate()
    const cell = /[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
    this.#at += this.#buffer.write(cell, this.#at)
    return this
  }

  /** A cell of bytes that need no quotes, such as a date or an id that comes again and again. */
  bytes(value: Uint8Array): this {
    this.#separate()
    const buffer = this.#buffer
    let at = this.#at
    for (let i = 0; i < value.length; i++) buffer[at++] = value[i] as number
    this.#at = at
    return this
  }

  /** A cell with a number rounded to so many decimals, the zeros at its end left out; NaN makes an empty cell. */
  number(value: number, decimals = 0): this {
    this.#separate()
    if (Number.isNaN(value)) return this
    const scale = SCALES[decimals] as number
    let units = Math.round(Math.abs(value) * scale)
    if (units > Number.MAX_SAFE_INTEGER) {
      this.#at += this.#buffer.write(String(value), this.#at)
      return this
    }
    if (value < 0 && units > 0) this.#buffer[this.#at++] = MINUS
    const whole = Math.floor(units / scale)
    this.#digits(whole, 1)
    units -= whole * scale
    if (units > 0) {
      let places = decimals
      while (units % 10 === 0) {
        units /= 10
        places--
      }
      this.#buffer[this.#at++] = DOT
      this.#digits(units, places)
    }
    return this
  }

  /** Ends the row. */
  end(): void {
    this.#buffer[this.#at++] = NEWLINE
    this.#first = true
    this.rows++
    if (this.#at > SIZE - ROOM) this.#flush()
  }

  close(): void {
    this.#flush()
    closeSync(this.#file)
  }

  #separate(): void {
    if (this.#first) this.#first = false
    else this.#buffer[this.#at++] = COMMA
  }

  #digits(value: number, atLeast: number): void {
    let length = atLeast
    for (let rest = value, n = 1; rest >= 10; rest = Math.floor(rest / 10)) if (++n > length) length = n
    let rest = value
    for (let i = this.#at + length - 1; i >= this.#at; i--) {
      const next = Math.floor(rest / 10)
      this.#buffer[i] = ZERO + rest - next * 10
      rest = next
    }
    this.#at += length
  }

  #flush(): void {
    for (let done = 0; done < this.#at; ) done += writeSync(this.#file, this.#buffer, done, this.#at - done)
    this.#at = 0
  }
}

const SCALES = Array.from({ length: 9 }, (_, n) => 10 ** n)
