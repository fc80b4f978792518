import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import type { Locale } from '../core/errors.ts'
import { type Details, textOf } from '../core/errors.ts'
import type { MessageCode } from '../core/messages/index.ts'
import type { RawRejects } from './raw.ts'

const quoted = (cell: string) => (/[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

/** Writes records to a temporary CSV, in pieces and never faster than the disk takes them. */
export class CsvWriter {
  readonly path: string
  count = 0
  readonly #stream: WriteStream
  #lines: string[] = []
  #size = 0
  #error: Error | undefined

  constructor(path: string) {
    this.path = path
    this.#stream = createWriteStream(path)
    this.#stream.on('error', (error) => {
      this.#error = error
    })
  }

  async write(cells: readonly string[]): Promise<void> {
    const line = cells.map(quoted).join(',')
    this.#lines.push(line)
    this.#size += line.length
    this.count++
    if (this.#size > 1 << 19) await this.#flush()
  }

  async close(): Promise<void> {
    await this.#flush()
    const closed = once(this.#stream, 'close')
    this.#stream.end()
    await closed
    if (this.#error) throw this.#error
  }

  async #flush(): Promise<void> {
    if (this.#error) throw this.#error
    if (this.#lines.length === 0) return
    const text = `${this.#lines.join('\n')}\n`
    this.#lines = []
    this.#size = 0
    if (!this.#stream.write(text)) await once(this.#stream, 'drain')
  }
}

/** The columns of the quarantine file. */
export const QUARANTINE = ['file', 'row', 'column', 'value', 'code', 'reason', 'raw'] as const
const RAW_LENGTH = 10_000

/** Keeps the rows that could not be cut into cells until their table's quarantine file is written. */
export class RejectWriter {
  readonly #writer: CsvWriter
  readonly #byCode: Record<string, number> = {}
  readonly #file: string
  readonly #locale: Locale

  constructor(path: string, file: string, locale: Locale) {
    this.#writer = new CsvWriter(path)
    this.#file = file
    this.#locale = locale
  }

  async reject(row: number, code: MessageCode, details: Details, raw: string): Promise<void> {
    this.#byCode[code] = (this.#byCode[code] ?? 0) + 1
    const reason = textOf(code, { file: this.#file, row, ...details }, this.#locale)
    const text = raw.length > RAW_LENGTH ? `${raw.slice(0, RAW_LENGTH)}…` : raw
    await this.#writer.write([this.#file, String(row), '', '', code, reason, text])
  }

  async close(): Promise<RawRejects | undefined> {
    await this.#writer.close()
    if (this.#writer.count === 0) return undefined
    return { path: this.#writer.path, count: this.#writer.count, byCode: this.#byCode }
  }
}
