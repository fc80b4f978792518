import { expect, test } from 'vitest'
import { Calendar } from '../../core/calendar.ts'
import { ForetideError } from '../../core/errors.ts'
import { at, Mask, type Panel, panelOf } from '../../core/panel.ts'
import { Random } from '../../core/random.ts'
import { memorySource } from '../../store/source.ts'
import { windowAt } from '../../store/window.ts'
import { aggregated } from './aggregated.ts'
import { type Hierarchy, hierarchyOf } from './hierarchy.ts'
import { randomHierarchy, summingMatrix } from './oracle.case.ts'
import { chainsOf } from './solver.ts'
import { hierarchyWindow } from './window.ts'

const calendar = new Calendar({ unit: 'day' })
const { NaN: none } = Number
const sold = (id: string, values: number[], start = 0, mask?: number[]) => ({
  id,
  start,
  values,
  ...(mask && { mask }),
})
const cellsOf = (panel: Panel, hierarchy: Hierarchy, id: string) => {
  const i = hierarchy.ids.indexOf(id)
  const [from, to] = [at(panel.offsets, i), at(panel.offsets, i + 1)]
  return { start: at(panel.start, i), target: [...panel.target.slice(from, to)], mask: [...panel.mask.slice(from, to)] }
}

test('nodes come level by level, by statics and by parts of the identity', () => {
  const panel = panelOf(
    ['a/x', 'a/y', 'b/x'].map((id) => sold(id, [1])),
    { calendar, keys: ['shop', 'item'], statics: { brand: [0, 1, none] }, categories: { brand: ['Tee', 'R/s'] } },
  )
  const tree = hierarchyOf(panel, [[], ['brand'], ['item'], ['item', 'shop']])
  expect(tree.levels.map(({ name, from, to }) => [name, to - from])).toEqual([
    ['total', 1],
    ['brand', 3],
    ['item', 2],
    ['item+shop', 3],
  ])
  expect(tree.ids.slice(1, 6)).toEqual(['Σ/brand=Tee', 'Σ/brand=R%2Fs', 'Σ/brand=', 'Σ/item=x', 'Σ/item=y'])
  expect(summingMatrix(tree)).toEqual([
    [1, 1, 1],
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
    [1, 0, 1],
    [0, 1, 0],
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ])
})

test('a column that is not there, and a level given twice, are refused by name', () => {
  const panel = panelOf([sold('a', [1])], { calendar })
  expect(() => hierarchyOf(panel, [['brand']])).toThrow(ForetideError)
  expect(() => hierarchyOf(panel, [['brand']])).toThrow(/'brand'.*item/)
  expect(() => hierarchyOf(panel, [[], []])).toThrow(/twice/)
})

test('children are the rows of the summing matrix, and chains nest', () => {
  for (let seed = 0; seed < 20; seed++) {
    const tree = randomHierarchy(new Random(seed), false)
    const rows = summingMatrix(tree)
    for (let u = 0; u < tree.uppers; u++) {
      const children = tree.children.slice(tree.offsets[u], tree.offsets[u + 1])
      expect([...children]).toEqual(rows[u]?.flatMap((v, i) => (v === 1 ? [i] : [])))
    }
    // a+b goes up by b or by a to the total; the other of them stands alone.
    expect(new Set(chainsOf(tree)).size).toBeLessThanOrEqual(2)
  }
})

test('a node is the sum of its series, over all periods that any of them spans', () => {
  const panel = panelOf([sold('a/x', [1, 2, 3], 0), sold('a/y', [10, 20, 30, 40], 2)], {
    calendar,
    keys: ['shop', 'item'],
  })
  const tree = hierarchyOf(panel, [[]])
  expect(cellsOf(aggregated(panel, tree), tree, 'Σ')).toEqual({
    start: 0,
    target: [1, 2, 13, 20, 30, 40],
    mask: [0, 0, 0, 0, 0, 0],
  })
})

test('what is missing is estimated by what is there, unless that is too little', () => {
  const panel = panelOf([sold('x', [10, 10, none, 10]), sold('y', [30, none, 30, 30])], { calendar })
  const tree = hierarchyOf(panel, [[]])
  const total = cellsOf(aggregated(panel, tree), tree, 'Σ')
  // x usually sells a quarter of both: too little to tell the sum, while y by itself tells it.
  expect(total.target).toEqual([40, none, 40, 40])
  expect(total.mask).toEqual([0, 0, Mask.imputed, 0])
})

test('a series that ended long ago counts for nothing; closed ones do where they are closed', () => {
  const quiet = [...new Array(10).fill(5), ...new Array(10).fill(none)]
  const shut = quiet.map((_, t) => (t === 4 || t === 15 ? Mask.closed : 0))
  const panel = panelOf(
    [
      sold('x', quiet, 0, shut),
      sold(
        'y',
        quiet.map((_, t) => (t === 15 ? none : 7)),
        0,
        shut.map((m, t) => (t === 3 ? Mask.censored : m)),
      ),
    ],
    { calendar },
  )
  const tree = hierarchyOf(panel, [[]])
  const { target, mask } = cellsOf(aggregated(panel, tree), tree, 'Σ')
  expect(target.slice(8, 12)).toEqual([12, 12, 7, 7])
  expect(target[15]).toBeNaN()
  expect([mask[3], mask[4], mask[10], mask[15]]).toEqual([Mask.censored, Mask.closed, 0, Mask.closed])
})

test('a window over nodes: numbers become means, categories what is shared, known ones stay known', async () => {
  const series = ['a/x', 'a/y', 'b/x'].map((id, i) => ({
    ...sold(id, [1, 2, 3, none]),
    columns: { price: [i, 2 * i, none, 4], promo: [0, 0, i > 1 ? 1 : 0, 1] },
  }))
  const options = { calendar, keys: ['shop', 'item'], knownAhead: ['price'], categories: { promo: ['no', 'yes'] } }
  const window = windowAt(memorySource(panelOf(series, options)), 2, 1)
  const nodes = await hierarchyWindow(window, [[], ['shop']])
  const [past] = await Array.fromAsync(nodes.window.past())
  const [known] = await Array.fromAsync(nodes.window.known())
  expect([...(past?.columns.get('price')?.values.slice(0, 6) ?? [])]).toEqual([1, 2, none, 0.5, 1, none])
  expect([...(past?.columns.get('promo')?.values.slice(0, 6) ?? [])]).toEqual([0, 0, none, 0, 0, 0])
  expect([...(past?.target.slice(0, 3) ?? [])]).toEqual([3, 6, 9])
  expect([...(known?.columns.keys() ?? [])]).toEqual(['price'])
  expect([...(known?.columns.get('price')?.values ?? [])]).toEqual([4, 4, 4, 4, 4, 4])
  expect([...(known?.target ?? [])].every(Number.isNaN)).toBe(true)
  expect(past?.statics.get('level')?.categories).toEqual(['total', 'shop', 'item+shop'])
})
