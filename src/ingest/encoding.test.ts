import { expect, test } from 'vitest'
import { encodingOf } from './encoding.ts'

const bytes = (...values: number[]) => Uint8Array.from(values)

test('marks and plain texts are told apart', () => {
  expect(encodingOf(Buffer.from('date,商品\n'))).toMatchObject({ label: 'utf-8', bom: 0, damaged: false })
  expect(encodingOf(Buffer.from('\ufeffdate\n'))).toMatchObject({ label: 'utf-8', bom: 3 })
  expect(encodingOf(Buffer.from('\ufeffdate', 'utf16le'))).toMatchObject({ label: 'utf-16le', bom: 2 })
  expect(encodingOf(Buffer.from('date,units\n2026', 'utf16le').swap16())).toMatchObject({ label: 'utf-16be' })
})

test('Chinese in GB 18030, accents in Windows-1252, and damage in UTF-8 are told apart', () => {
  // 日期,销量 in GB 2312
  expect(encodingOf(bytes(0xc8, 0xd5, 0xc6, 0xda, 0x2c, 0xcf, 0xfa, 0xc1, 0xbf, 10)).label).toBe('gb18030')
  expect(encodingOf(Buffer.from('Café,thé\n', 'latin1')).label).toBe('windows-1252')
  expect(encodingOf(Buffer.concat([Buffer.from('绿茶\n红茶\n'), bytes(0xff, 10)]))).toMatchObject({
    label: 'utf-8',
    damaged: true,
  })
})

test('a character cut off at the end of the sample is no damage', () => {
  expect(encodingOf(Buffer.from('绿茶').subarray(0, 5))).toMatchObject({ label: 'utf-8', damaged: false })
})
