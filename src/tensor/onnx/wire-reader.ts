import { ForetideError } from '../../core/errors.ts'
import type { Integer } from './model.ts'

const decoder = new TextDecoder()
const SAFE = BigInt(Number.MAX_SAFE_INTEGER)

/** Reads protobuf fields one after the other; bytes are views of what it reads from. */
export class WireReader {
  /** Number of the field that {@link next} went to, and how its value is written. */
  field = 0
  private wireType = 0
  private at = 0
  private readonly bytes: Uint8Array
  private readonly view: DataView

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** Goes to the next field; false at the end. Its value must then be read or skipped. */
  next(): boolean {
    if (this.at >= this.bytes.length) return false
    const tag = this.varint()
    this.field = Math.floor(tag / 8)
    this.wireType = tag % 8
    if (this.field === 0) throw broken(this.at)
    return true
  }

  int(): Integer {
    this.expect(0)
    return this.integer()
  }

  /** An integer that must be exact as a number. */
  number(): number {
    const value = this.int()
    if (typeof value === 'bigint') throw broken(this.at)
    return value
  }

  float(): number {
    this.expect(5)
    return this.rawFloat()
  }

  chunk(): Uint8Array {
    this.expect(2)
    const length = this.varint()
    return this.bytes.subarray(this.at, this.forward(length))
  }

  string(): string {
    return decoder.decode(this.chunk())
  }

  message(): WireReader {
    return new WireReader(this.chunk())
  }

  /** Appends integers, packed or single. */
  ints(to: Integer[]): void {
    this.repeated(0, (reader) => to.push(reader.integer()))
  }

  floats(to: number[]): void {
    this.repeated(5, (reader) => to.push(reader.rawFloat()))
  }

  doubles(to: number[]): void {
    this.repeated(1, (reader) => {
      const from = reader.at
      reader.forward(8)
      to.push(reader.view.getFloat64(from, true))
    })
  }

  skip(): void {
    if (this.wireType === 0) this.varint64()
    else if (this.wireType === 1) this.forward(8)
    else if (this.wireType === 2) this.chunk()
    else if (this.wireType === 5) this.forward(4)
    else throw broken(this.at)
  }

  private repeated(wireType: number, read: (reader: WireReader) => void): void {
    if (this.wireType !== 2) {
      this.expect(wireType)
      read(this)
      return
    }
    const packed = this.message()
    while (packed.at < packed.bytes.length) read(packed)
  }

  private expect(wireType: number): void {
    if (this.wireType !== wireType) throw broken(this.at)
  }

  /** Steps over bytes that must be there; returns where it then is. */
  private forward(length: number): number {
    if (length > this.bytes.length - this.at) throw broken(this.at)
    this.at += length
    return this.at
  }

  private rawFloat(): number {
    const from = this.at
    this.forward(4)
    return this.view.getFloat32(from, true)
  }

  /** Lengths, tags and small integers. */
  private varint(): number {
    let value = 0
    let scale = 1
    for (let i = 0; i < 7; i++) {
      const byte = this.byte()
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
      scale *= 0x80
    }
    throw broken(this.at)
  }

  private integer(): Integer {
    const from = this.at
    let value = 0
    let scale = 1
    for (let i = 0; i < 7; i++) {
      const byte = this.byte()
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
      scale *= 0x80
    }
    this.at = from
    const big = BigInt.asIntN(64, this.varint64())
    return big > SAFE || big < -SAFE ? big : Number(big)
  }

  private varint64(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.byte()
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    throw broken(this.at)
  }

  private byte(): number {
    const byte = this.bytes[this.at]
    if (byte === undefined) throw broken(this.at)
    this.at++
    return byte
  }
}

const broken = (at: number) => new ForetideError('onnx.broken', { at }, { fault: 'badInput' })
