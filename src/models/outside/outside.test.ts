import { createHash } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { at, Mask, panelOf } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { memorySource } from '../../store/source.ts'
import { latestWindow } from '../../store/window.ts'
import { modelContract } from '../contract.case.ts'
import { boltLike, FACTORS, outward, SCALED, scaledLike, stretch } from './forecasters.case.ts'
import { LAYOUTS, type LayoutInput } from './layout.ts'
import { outsideModel } from './outside.ts'
import { calendar, folderOf, root, rowOf, run, said, series, tea } from './said.case.ts'

const plain = await folderOf({ 'model.onnx': boltLike() })
const scaled = await folderOf({ 'model.onnx': scaledLike(), 'foretide.json': JSON.stringify(SCALED) })

modelContract(() => outsideModel({ name: 'bolt-like', from: plain }))
modelContract(() => outsideModel({ name: 'scaled-like', from: scaled }), {
  notConstant: 'it says a tenth more than multiples of the mean',
})

const meanOf = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length
const expectRows = (found: readonly number[][], wanted: readonly (readonly number[])[]) => {
  expect(found.length).toBe(wanted.length)
  for (const [h, row] of wanted.entries())
    for (const [l, value] of row.entries()) expect(at(found[h] ?? [], l) / value, `step ${h}`).toBeCloseTo(1, 5)
}

describe('what the model says is what is forecast', () => {
  const seen = [20, Number.NaN, 26, 31, 0, 24, 22]
  /** The fifth is 0 because it was closed. */
  const observed = [20, 26, 31, 24, 22]
  const closed = seen.map((_, t) => (t === 4 ? Mask.closed : 0))
  const boltRows = (values: readonly number[], horizon: number, levels: readonly number[]) => {
    const mean = meanOf(values)
    const deviation = Math.sqrt(meanOf(values.map((y) => (y - mean) ** 2)))
    return Array.from({ length: horizon }, (_, h) => levels.map((level) => mean + deviation * stretch(level, h)))
  }

  test('with the tensors of Chronos-Bolt: what is missing or closed is not seen', async () => {
    const levels = LAYOUTS['chronos-bolt'].levels
    const forecast = await said({ from: plain }, [series('tea', seen, closed)], 12, levels)
    expectRows(rowOf(forecast, 'tea'), boltRows(observed, 12, levels))
  })

  test('whatever is forecast beside, in however many batches', async () => {
    const many = Array.from({ length: 150 }, (_, i) => {
      const random = Random.of(i, 'many')
      const values = Array.from({ length: 1 + random.integer(40) }, () => 50 + 5 * random.normal())
      return series(`s${i}`, values)
    })
    const fixed = await folderOf({ 'model.onnx': boltLike({ inputDims: [8, 32], outputDims: [8, 9, 64] }) })
    for (const [from, most] of [
      [plain, 2048],
      [fixed, 32],
    ] as const) {
      const forecast = await said({ from }, many, 3)
      for (const { id, values } of many) {
        const wanted = boltRows(values.slice(-most), 3, [0.1, 0.5, 0.9])
        expectRows(rowOf(forecast, id), wanted)
      }
    }
  })

  test('the latest period comes last, however long the others are', async () => {
    const from = await folderOf({ 'model.onnx': boltLike({ latest: true }) })
    const forecast = await said({ from }, [series('short', [8, 10]), series('long', [5, 6, 7, 8, 9])], 1, [0.5])
    expectRows([...rowOf(forecast, 'short'), ...rowOf(forecast, 'long')], [[10], [9]])
  })

  test('only the latest periods are seen, so many as the layout says', async () => {
    const { mask: _, ...layout } = LAYOUTS['chronos-bolt']
    const short = { ...layout, levels: [...layout.levels], contextLength: 3 }
    const forecast = await said({ from: plain, layout: short }, [series('tea', [90, 1, 2, 3])], 1, [0.5])
    expectRows(rowOf(forecast, 'tea'), [[2]])
  })

  /** By hand: scaled, a multiple of the mean and a tenth more, scaled back. */
  const scaledRows = (values: readonly number[]) => {
    const scale = meanOf(values.map(Math.abs))
    return FACTORS.map((row) => row.map((factor) => scale * ((meanOf(values) / scale) * factor + 0.1)))
  }

  test('beyond one pass the medians are shown as if observed, days off as missing', async () => {
    const steps = await said({ from: scaled }, [series('tea', seen, closed)], 7, [0.1, 0.5, 0.9], [2])
    const first = scaledRows(observed).map((row, h) => (h === 2 ? [0, 0, 0] : row))
    // Ten periods are seen: six of the past, from the second on, and four steps, the third of them a day off.
    const medians = first.flatMap((row, h) => (h === 2 ? [] : [at(row, 1)]))
    const second = scaledRows([26, 31, 24, 22, ...medians])
    const found = rowOf(steps, 'tea')
    expect(found[2]).toEqual([0, 0, 0])
    expectRows(
      found.filter((_, h) => h !== 2),
      [...first.filter((_, h) => h !== 2), ...second.slice(0, 3)],
    )
  })

  test.each(['int64', 'bool', 'float32', 'none'] as const)(
    'short series beside long ones, the mask %s',
    async (mask) => {
      const { mask: name, ...rest } = SCALED
      const from = await folderOf({ 'model.onnx': scaledLike(mask) })
      const layout: LayoutInput = { ...rest, ...(mask !== 'none' && name && { mask: name }) }
      const forecast = await said({ from, layout }, [series('short', [8, 10]), series('long', [5, 6, 7, 8, 9])], 4)
      expectRows(rowOf(forecast, 'short'), scaledRows([8, 10]))
      expectRows(rowOf(forecast, 'long'), scaledRows([5, 6, 7, 8, 9]))
    },
  )

  test('what the past does not allow is cut off: below zero, what never sold, what was never seen', async () => {
    const given = [
      series('rare', [0, 0, 0, 0, 0, 9]),
      series('signed', [-9, 9, -9, 9]),
      series('never', [0, 0, 0]),
      series('empty', [Number.NaN, Number.NaN]),
    ]
    const forecast = await said({ from: plain }, given, 2)
    expect(at(rowOf(forecast, 'rare')[0] ?? [], 0)).toBe(0)
    // The mean of the past is 1.5; that of what is left above zero is more.
    expect(at(forecast.mean, 2 * forecast.ids.indexOf('rare'))).toBeGreaterThan(1.6)
    expect(at(rowOf(forecast, 'signed')[0] ?? [], 0)).toBeLessThan(-9)
    expect(rowOf(forecast, 'never').flat()).toEqual([0, 0, 0, 0, 0, 0])
    expect(forecast.refused.get(forecast.ids.indexOf('empty'))?.[0]).toMatchObject({ reason: 'noValues' })
    expect(forecast.answeredBy[forecast.ids.indexOf('never')]).toBe('theirs')
  })

  test('data may lie in a file beside the model, and belongs to its digest', async () => {
    const { model, data } = outward('table.bin')
    const from = await folderOf({ 'model.onnx': model, 'table.bin': data })
    const forecast = await said({ from }, [series('tea', observed)], 5)
    expectRows(rowOf(forecast, 'tea'), boltRows(observed, 5, [0.1, 0.5, 0.9]))
    const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex')
    const digest = sha256(`${sha256(model)}  model.onnx\n${sha256(data)}  table.bin\n`)
    await said({ from, digest }, [series('tea', observed)], 5)
    await writeFile(
      join(from, 'table.bin'),
      data.map((b) => b ^ 1),
    )
    await expect(said({ from, digest }, [series('tea', observed)], 5)).rejects.toMatchObject({ code: 'outside.digest' })
    await rm(join(from, 'table.bin'))
    await expect(said({ from }, [series('tea', observed)], 5)).rejects.toMatchObject({ code: 'outside.absent' })
    const away = await folderOf({ 'model.onnx': outward('../table.bin').model })
    await expect(said({ from: away }, [series('tea', observed)], 5)).rejects.toMatchObject({ code: 'outside.external' })
  })
})

test('a saved model knows the model by its digest and its layout, wherever it was fitted', async () => {
  const from = await folderOf({ 'model.onnx': scaledLike(), 'foretide.json': JSON.stringify(SCALED) })
  const window = latestWindow(memorySource(panelOf(tea, { calendar })), 2)
  const model = outsideModel({ name: 'theirs', from })
  const dir = { path: join(root, 'saved') }
  await (await model.fit(window, run)).save(dir)
  await rm(join(from, 'foretide.json'))
  await model.load(dir, run)
  const { options, files } = JSON.parse(await readFile(join(dir.path, 'manifest.json'), 'utf8'))
  expect({ ...options, files }).toMatchObject({ from, layout: SCALED, files: [] })
  await writeFile(join(from, 'model.onnx'), scaledLike('bool'))
  await expect(model.load(dir, run)).rejects.toMatchObject({ code: 'outside.digest' })
})
