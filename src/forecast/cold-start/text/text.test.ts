import fc from 'fast-check'
import { expect, test } from 'vitest'
import { at } from '../../../core/panel.ts'
import { Random } from '../../../core/random.ts'
import { eigenOf } from '../../../features/kernels/eigen.ts'
import { learnWords, meaningsOf } from './embedding.ts'
import { rowProduct, sparseOf } from './sparse.ts'
import { strongest } from './svd.ts'
import { learnTexts, likenessOf, placeTexts } from './text-space.ts'
import { rarityOf, tfidf } from './tfidf.ts'

const catalogue = [
  'Lanting Green Tea 100 g LA101',
  'Lanting Green Tea 250 g LA102',
  'Qinghe Green Tea 250 g QI340',
  'Brightwell Power Bank 10000 mAh BR201',
  'Brightwell Power Bank 20000 mAh BR202',
  '兰亭 纯棉 小号 被子 LA301',
  '兰亭 纯棉 大号 被子 LA302',
  '枫语 羽绒 大号 被子 MA303',
  '星野 户外 折叠椅 XI401',
  '星野 户外 折叠桌 XI402',
]

test.each([
  [0, 1, 3],
  [1, 2, 4],
  [3, 4, 0],
  [5, 6, 8],
  [6, 7, 9],
  [8, 9, 5],
])('text %i is spelt more like %i than like %i', (a, b, c) => {
  const placed = placeTexts(catalogue, learnTexts(catalogue, 1))
  expect(likenessOf(placed, a, placed, b).spelling).toBeGreaterThan(2 * likenessOf(placed, a, placed, c).spelling)
})

test('forms of letters and their size make no difference', () => {
  const table = tfidf(['Ｇｒｅｅｎ ＴＥＡ １００ｇ', 'green tea 100g'], rarityOf(catalogue))
  expect(rowProduct(table, 0, table, 1)).toBeCloseTo(1, 12)
})

test('what all texts share tells less than what few do', () => {
  const texts = ['shop red lamp', 'shop red chair', 'shop blue lamp', 'shop green sofa']
  const table = tfidf(texts, rarityOf(texts))
  expect(rowProduct(table, 0, table, 1)).toBeGreaterThan(rowProduct(table, 0, table, 3) * 2)
})

test('words that keep the same company mean alike though they share no letter', () => {
  const texts: string[] = []
  for (const drink of ['cola', 'juice', '汽水'])
    for (const word of ['cold', 'bottle', 'sweet']) texts.push(`${drink} ${word} refreshing`, `${word} ${drink} party`)
  for (const tool of ['hammer', 'wrench', '扳手'])
    for (const word of ['steel', 'grip', 'workshop']) texts.push(`${tool} ${word} heavy`, `${word} ${tool} garage`)
  const learned = learnWords(texts, 4)
  const meaning = meaningsOf(['cola', '汽水', 'hammer', '扳手', 'nowhere'], learned)
  const cosine = (a: number, b: number) => {
    let sum = 0
    for (let k = 0; k < learned.width; k++)
      sum += at(meaning, a * learned.width + k) * at(meaning, b * learned.width + k)
    return sum
  }
  expect(cosine(0, 1)).toBeGreaterThan(cosine(0, 3) + 0.3)
  expect(cosine(2, 3)).toBeGreaterThan(cosine(2, 1) + 0.3)
  expect(cosine(4, 4)).toBe(0)
})

test('the same under a seed', () => {
  expect(learnWords(catalogue, 5)).toEqual(learnWords(catalogue, 5))
})

test('the strongest directions are those of a full decomposition', () => {
  const size = 30
  const random = Random.of(3, 'svd')
  const factors = Float64Array.from({ length: size * 4 }, () => random.normal())
  const dense = new Float64Array(size * size)
  for (let r = 0; r < size; r++)
    for (let c = 0; c < size; c++)
      for (let k = 0; k < 4; k++)
        dense[r * size + c] = at(dense, r * size + c) + at(factors, r * 4 + k) * at(factors, c * 4 + k) * (k + 1)
  const rows = Array.from(
    { length: size },
    (_, r) => new Map(Array.from({ length: size }, (_, c) => [c, at(dense, r * size + c)])),
  )
  const found = strongest(sparseOf(rows), 4, Random.of(1, 'x'))
  const full = eigenOf(dense, size)
  for (let k = 0; k < 4; k++) expect(at(found.values, k)).toBeCloseTo(at(full.values, k), 6)
  for (let r = 0; r < size; r++)
    for (let c = 0; c < size; c++) {
      let sum = 0
      for (let k = 0; k < 4; k++)
        sum += at(found.values, k) * at(found.vectors, r * 4 + k) * at(found.vectors, c * 4 + k)
      expect(sum).toBeCloseTo(at(dense, r * size + c), 6)
    }
})

test('any texts can be placed, empty ones too', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 12 }), { minLength: 1, maxLength: 12 }), (texts) => {
      const placed = placeTexts(texts, learnTexts(texts, 1))
      texts.forEach((_, i) => {
        const own = likenessOf(placed, i, placed, i)
        expect(Math.abs(own.spelling - 1) < 1e-9 || own.spelling === 0).toBe(true)
        expect(own.meaning).toBeLessThan(1 + 1e-9)
      })
    }),
    { numRuns: 40 },
  )
})
