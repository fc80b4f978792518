import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runOf } from '../../core/run.ts'
import { mean, mul, sub } from '../graph/operators.ts'
import type { Float } from '../graph/value.ts'
import { dense } from '../layers/dense.ts'
import { crc32c } from './crc32c.ts'
import type { CurveRow } from './curve.ts'
import type { Network } from './network.ts'
import { eventFile } from './tensorboard.ts'
import { type Source, type TrainOptions, train } from './train.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'foretide-tensorboard-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** The check values of RFC 3720, appendix B.4, the bytes of which stand there from the lowest on. */
const VECTORS: readonly (readonly [string, Uint8Array, number])[] = [
  ['32 bytes of zeros', new Uint8Array(32), 0x8a9136aa],
  ['32 bytes of ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ['32 bytes going up', Uint8Array.from({ length: 32 }, (_, k) => k), 0x46dd794e],
  ['32 bytes going down', Uint8Array.from({ length: 32 }, (_, k) => 31 - k), 0x113fdb5c],
  [
    'an iSCSI read command',
    Buffer.from(
      '01c00000000000000000000000000000140000000000040000000014000000182800000000000000' + '0200000000000000',
      'hex',
    ),
    0xd9963a56,
  ],
]
test.each(VECTORS)('the check value of %s is that of the RFC', (_, bytes, value) => {
  expect(crc32c(bytes)).toBe(value)
})

/** Check values bit by bit, without a table. */
function slowCheck(bytes: Uint8Array): number {
  let crc = 0xffffffffn
  for (const byte of bytes) {
    crc ^= BigInt(byte)
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ 0x82f63b78n : crc >> 1n
  }
  const turned = crc ^ 0xffffffffn
  return Number((((turned >> 15n) | (turned << 17n)) + 0xa282ead8n) & 0xffffffffn)
}

interface Point {
  readonly step: number
  readonly time: number
  readonly values: Readonly<Record<string, number>>
  readonly kind?: string
}

/** The fields of a message by number: whole numbers, bits of floats and doubles, and bytes, each as it lies. */
function fieldsOf(bytes: Buffer): [number, number | Buffer][] {
  const fields: [number, number | Buffer][] = []
  let at = 0
  const varint = () => {
    let value = 0
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes.readUInt8(at++)
      value += (byte % 128) * shift
      if (byte < 128) return value
    }
  }
  const forward = (length: number) => {
    at += length
    return at - length
  }
  while (at < bytes.length) {
    const tag = varint()
    const field = tag >> 3
    if (tag % 8 === 0) fields.push([field, varint()])
    else if (tag % 8 === 1) fields.push([field, bytes.readDoubleLE(forward(8))])
    else if (tag % 8 === 5) fields.push([field, bytes.readFloatLE(forward(4))])
    else if (tag % 8 === 2) {
      const length = varint()
      const from = forward(length)
      fields.push([field, bytes.subarray(from, from + length)])
    } else throw new Error(`wire type ${tag % 8}`)
  }
  return fields
}

/** What TensorBoard would see of a file: records whose check values are right, read by the layout of the format alone. */
function pointsOf(file: Buffer): Point[] {
  const points: Point[] = []
  let at = 0
  while (at < file.length) {
    const length = Number(file.readBigUInt64LE(at))
    expect(file.readUInt32LE(at + 8)).toBe(slowCheck(file.subarray(at, at + 8)))
    const data = file.subarray(at + 12, at + 12 + length)
    expect(file.readUInt32LE(at + 12 + length)).toBe(slowCheck(data))
    at += 16 + length
    const event = new Map(fieldsOf(data))
    const summary = event.get(5) as Buffer | undefined
    const values: Record<string, number> = {}
    for (const [field, value] of summary ? fieldsOf(summary) : []) {
      expect(field).toBe(1)
      const parts = new Map(fieldsOf(value as Buffer))
      values[String(parts.get(1))] = parts.get(2) as number
    }
    const kind = event.get(3)
    points.push({
      step: (event.get(2) as number | undefined) ?? 0,
      time: event.get(1) as number,
      values,
      ...(kind !== undefined && { kind: String(kind) }),
    })
  }
  return points
}

test('a curve is read back number by number', () => {
  const curve: CurveRow[] = [
    { step: 10, seconds: 0.5, rate: 1e-3, loss: 2.25, norm: 7 },
    { step: 300, seconds: 12.75, rate: 5e-4, loss: 1.5, norm: 3, validation: 1.75 },
  ]
  const [head, first, second, ...rest] = pointsOf(Buffer.from(eventFile(curve, 1_700_000_000)))
  expect(head).toEqual({ step: 0, time: 1_700_000_000, values: {}, kind: 'brain.Event:2' })
  expect(first).toEqual({
    step: 10,
    time: 1_700_000_000.5,
    values: { 'loss/training': 2.25, rate: Math.fround(1e-3), 'gradient norm': 7 },
  })
  expect(second).toEqual({
    step: 300,
    time: 1_700_000_012.75,
    values: { 'loss/training': 1.5, 'loss/validation': 1.75, rate: Math.fround(5e-4), 'gradient norm': 3 },
  })
  expect(rest).toEqual([])
})

const network: Network<
  { readonly x: { readonly shape: readonly [number] } },
  { readonly y: { readonly shape: readonly [number] } }
> = {
  inputs: { x: { shape: [1] } },
  labels: { y: { shape: [1] } },
  forward: (p, { x }) => ({ y: dense(p, x, 1) }),
  loss({ y }, batch) {
    const error = sub(y as Float, batch.y)
    return mean(mul(error, error))
  },
}
const source: Source = {
  put(k, into) {
    const { x, y } = into as { x: Float32Array; y: Float32Array }
    for (let i = 0; i < x.length; i++) {
      x[i] = Math.sin(7 * k + i)
      y[i] = 3 * (x[i] as number) + 1
    }
  },
}

test('a training that was cut off and goes on shows each point once, with the numbers of one that was not', async () => {
  const base: TrainOptions = { batch: 8, steps: 40, rate: 0.05, threads: 1 }
  const shown = async (name: string) => {
    const [file, ...more] = await readdir(join(folder, name))
    expect(more).toEqual([])
    return pointsOf(await readFile(join(folder, name, file as string)))
  }
  const whole = await train(network, source, { ...base, tensorboard: join(folder, 'whole') }, runOf({ threads: 1 }))
  const cut: TrainOptions = {
    ...base,
    tensorboard: join(folder, 'cut'),
    checkpoint: { folder: join(folder, 'kept'), every: 10 },
  }
  const halting: Source = {
    put(k, into) {
      if (k === 25) throw new Error('cut off')
      return source.put(k, into)
    },
  }
  await expect(train(network, halting, cut, runOf({ threads: 1 }))).rejects.toThrow('cut off')
  expect((await shown('cut')).map(({ step }) => step)).toEqual(Array.from({ length: 26 }, (_, k) => k))
  await train(network, source, cut, runOf({ threads: 1 }))
  const points = await shown('cut')
  expect(points.map(({ step }) => step)).toEqual(Array.from({ length: 41 }, (_, k) => k))
  expect(points.map(({ values }) => values)).toEqual((await shown('whole')).map(({ values }) => values))
  expect(points[40]?.values['loss/training']).toBe(Math.fround(whole.curve.at(-1)?.loss as number))
})
