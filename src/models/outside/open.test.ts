import { join } from 'node:path'
import { expect, test } from 'vitest'
import { boltLike, type Different, SCALED, scaledLike } from './forecasters.case.ts'
import type { LayoutInput } from './layout.ts'
import { type OutsideOptions, outsideModel } from './outside.ts'
import { folderOf, rowOf, said, tea } from './said.case.ts'

const plain = await folderOf({ 'model.onnx': boltLike() })
const scaled = await folderOf({ 'model.onnx': scaledLike() })

test.each<[string, Different]>([
  ['other names', { input: 'input', output: 'output' }],
  ['unknown dimensions', { inputDims: [null, null], outputDims: [null, null, null] }],
  ['float64', { type: 'float64' }],
])('a model of %s is understood', async (_, different) => {
  const from = await folderOf({ 'theirs.onnx': boltLike(different) })
  expect(rowOf(await said({ from }, tea, 1, [0.5]), 'tea')[0]?.[0]).toBeCloseTo(2, 5)
})

test.each<[string, Different, RegExp]>([
  ['outside.input', { inputDims: ['batch', 'length', 1] }, /'context' \(float32 \[batch, length, 1\]\)/],
  [
    'outside.unfed',
    { more: { name: 'token', type: 'float32', dims: ['batch', 1, 1] } },
    /'token' \(float32 \[batch, 1, 1\]\)/,
  ],
  ['outside.output', { outputDims: ['batch', 576] }, /quantile_preds.*\[batch, 9, 64\].*float32 \[batch, 576\]/],
  ['outside.dims', { outputDims: ['batch', 9, 32] }, /\[batch, 9, 32\].*\[batch, 9, 64\]/],
  ['outside.type', { type: 'int64' }, /'context'.*int64.*float32, float64/],
])('%s: a model that does not fit is refused when it is fitted', async (code, different, text) => {
  const from = await folderOf({ 'model.onnx': boltLike(different) })
  const details = { file: join(from, 'model.onnx') }
  await expect(said({ from }, tea, 1)).rejects.toMatchObject({ code, details, message: expect.stringMatching(text) })
})

test('sizes that only show when it runs are held against the layout, too', async () => {
  const layout: LayoutInput = { ...SCALED, horizon: 5 }
  await expect(said({ from: scaled, layout }, tea, 1)).rejects.toMatchObject({
    code: 'outside.dims',
    details: { found: '[1, 4, 3]' },
  })
})

test.each<[string, Readonly<Record<string, Uint8Array | string>>, RegExp]>([
  ['outside.notOnnx', { 'model.onnx': '<!doctype html><p>Not found' }, /a web page/],
  ['outside.notOnnx', { 'model.onnx': 'version https://git-lfs.github.com/spec/v1\noid' }, /pointer of Git LFS/],
  ['outside.notOnnx', { 'model.onnx': boltLike().slice(0, 400) }, /400 bytes/],
  ['outside.notOnnx', { 'model.onnx': '' }, /empty/],
  ['outside.absent', { 'readme.md': 'nothing' }, /no \.onnx/],
  ['outside.choose', { 'a.onnx': boltLike(), 'b.onnx': boltLike() }, /a\.onnx, b\.onnx/],
  ['outside.layout', { 'model.onnx': boltLike(), 'foretide.json': '{' }, /foretide\.json.*JSON/],
  ['outside.layout', { 'model.onnx': boltLike(), 'foretide.json': JSON.stringify({ ...SCALED, axes: 'x' }) }, /'axes'/],
])('%s: a folder without a model to be read is refused', async (code, files, text) => {
  const from = await folderOf(files)
  await expect(said({ from }, tea, 1)).rejects.toMatchObject({ code, message: expect.stringMatching(text) })
})

test.each<[string, object]>([
  ['layout', { from: plain, layout: 'bolt' }],
  ['levels', { from: plain, layout: { ...SCALED, levels: [0.5, 0.1] } }],
  ['digest', { from: plain, digest: 'abc' }],
  ['turbo', { from: plain, turbo: true }],
])('the option %s is refused at once', (option, options) => {
  const make = () => outsideModel({ name: 'theirs', ...options } as OutsideOptions)
  expect(make).toThrow(expect.objectContaining({ code: 'neural.option', details: expect.objectContaining({ option }) }))
})
