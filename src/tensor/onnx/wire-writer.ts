import type { Integer } from './model.ts'

const encoder = new TextEncoder()
const LENGTH_DELIMITED = 2
const FIXED32 = 5
const FIXED64 = 1

/**
 * Writes protobuf from the last byte to the first, so that the length of a nested message is known when it is to be written:
 * nothing is measured beforehand, nothing is moved afterwards, and a tensor is copied once. Fields are given last to first.
 */
export class WireWriter {
  private bytes: Uint8Array
  private view: DataView
  private at: number

  /** `capacity`: bytes expected; too few cost a copy. */
  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity)
    this.view = new DataView(this.bytes.buffer)
    this.at = capacity
  }

  finish(): Uint8Array {
    return this.bytes.subarray(this.at)
  }

  /** How many bytes are written: what a nested message begins with, to be handed to {@link endMessage}. */
  get written(): number {
    return this.bytes.length - this.at
  }

  /** Closes (at its front) the message whose fields were written since `written` was `before`. */
  endMessage(field: number, before: number): void {
    this.varint(this.written - before)
    this.tag(field, LENGTH_DELIMITED)
  }

  int(field: number, value: Integer): void {
    this.integer(value)
    this.tag(field, 0)
  }

  float(field: number, value: number): void {
    this.rawFloat(value)
    this.tag(field, FIXED32)
  }

  double(field: number, value: number): void {
    this.reserve(8)
    this.at -= 8
    this.view.setFloat64(this.at, value, true)
    this.tag(field, FIXED64)
  }

  string(field: number, text: string): void {
    const before = this.written
    this.text(text)
    this.endMessage(field, before)
  }

  bytesOf(field: number, value: Uint8Array): void {
    this.reserve(value.length)
    this.at -= value.length
    this.bytes.set(value, this.at)
    this.varint(value.length)
    this.tag(field, LENGTH_DELIMITED)
  }

  /** Packed; nothing for an empty list. */
  ints(field: number, values: ArrayLike<Integer>): void {
    if (values.length === 0) return
    const before = this.written
    for (let i = values.length - 1; i >= 0; i--) this.integer(values[i] as Integer)
    this.endMessage(field, before)
  }

  /** Packed; nothing for an empty list. */
  floats(field: number, values: ArrayLike<number>): void {
    if (values.length === 0) return
    const before = this.written
    for (let i = values.length - 1; i >= 0; i--) this.rawFloat(values[i] as number)
    this.endMessage(field, before)
  }

  private text(text: string): void {
    this.reserve(text.length)
    const end = this.at
    for (let i = text.length - 1; i >= 0; i--) {
      const code = text.charCodeAt(i)
      if (code > 0x7f) {
        this.at = end
        const encoded = encoder.encode(text)
        this.reserve(encoded.length)
        this.at -= encoded.length
        this.bytes.set(encoded, this.at)
        return
      }
      this.bytes[--this.at] = code
    }
  }

  private tag(field: number, wireType: number): void {
    this.varint(field * 8 + wireType)
  }

  private rawFloat(value: number): void {
    this.reserve(4)
    this.at -= 4
    this.view.setFloat32(this.at, value, true)
  }

  private integer(value: Integer): void {
    if (typeof value === 'number' && value >= 0) this.varint(value)
    else this.bigVarint(BigInt.asUintN(64, BigInt(value)))
  }

  private varint(value: number): void {
    this.reserve(8)
    if (value < 0x80) {
      this.bytes[--this.at] = value
      return
    }
    let size = 1
    for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++
    this.at -= size
    let rest = value
    for (let i = 0; i < size; i++) {
      this.bytes[this.at + i] = (rest % 0x80) | (i + 1 < size ? 0x80 : 0)
      rest = Math.floor(rest / 0x80)
    }
  }

  private bigVarint(value: bigint): void {
    const groups: number[] = []
    let rest = value
    do {
      groups.push(Number(rest & 0x7fn))
      rest >>= 7n
    } while (rest > 0n)
    this.reserve(groups.length)
    for (let i = groups.length - 1; i >= 0; i--)
      this.bytes[--this.at] = (groups[i] as number) | (i + 1 < groups.length ? 0x80 : 0)
  }

  private reserve(more: number): void {
    if (this.at >= more) return
    const { written } = this
    const grown = new Uint8Array(2 * (written + more) + 64)
    grown.set(this.finish(), grown.length - written)
    this.bytes = grown
    this.view = new DataView(grown.buffer)
    this.at = grown.length - written
  }
}
