import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { at } from '../../../core/panel.ts'
import { runOf } from '../../../core/run.ts'
import { loadTrees } from '../artifact/artifact.ts'
import { broughtRegressor } from '../brought.ts'
import { applyLink, rawScores } from '../ensemble.ts'
import { lightgbmModel } from './lightgbm.ts'

const folder = new URL('../../../../test/fixtures/trees/lightgbm/', import.meta.url)
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8')
const { rows: given, models } = JSON.parse(read('models.json')) as {
  readonly rows: readonly (readonly (number | string | null)[])[]
  readonly models: Readonly<Record<string, { readonly predictions: number[]; readonly raw: number[] }>>
}
const rows = given.length
const special: Readonly<Record<string, number>> = {
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
  null: Number.NaN,
}
const columns = Array.from({ length: 5 }, (_, f) =>
  Float32Array.from(given, (row) => special[String(row[f])] ?? (row[f] as number)),
)

/** Greatest difference relative to the size of a value, or to 1 where it is small. */
function apart(found: Float64Array, wanted: readonly number[]): number {
  expect(found.length).toBe(wanted.length)
  return wanted.reduce((most, w, i) => Math.max(most, Math.abs(at(found, i) - w) / Math.max(1, Math.abs(w))), 0)
}

describe.each(Object.keys(models))('%s', (name) => {
  const trees = lightgbmModel(read(`${name}.txt`))
  const { predictions, raw } = models[name] as { predictions: number[]; raw: number[] }

  test('predicts what LightGBM does, missing, infinite and unknown values included', async () => {
    const made = await broughtRegressor(trees).predict({ rows, columns }, runOf({ threads: 1 }))
    expect(apart(made, predictions)).toBeLessThan(1e-12)
  })

  test('the plain way agrees', () => {
    const slope = name === 'binary' ? 2 : name === 'multiclassova' ? 0.5 : 1
    const scores = Array.from({ length: rows }, (_, i) => rawScores(trees, (f) => at(columns[f] as Float32Array, i)))
    // LightGBM's raw scores of forests are sums over trees, not yet means.
    const count = trees.averaged ? (trees.roots.length - 1) / trees.outputs : 1
    const plain = Float64Array.from(scores.flatMap((s) => [...s]).map((s) => (s / slope) * count))
    expect(apart(plain, raw)).toBeLessThan(1e-12)
    const linked = Float64Array.from(scores.flatMap((s) => [...applyLink(trees.link, s)]))
    expect(apart(linked, predictions)).toBeLessThan(1e-12)
  })
})

test('names, categories, levels and counts of rows come along, and are saved and loaded', async () => {
  const trees = lightgbmModel(read('quantile.txt'))
  expect(trees.features).toEqual([
    { name: 'a', categorical: false },
    { name: 'b', categorical: false },
    { name: '价格', categorical: false },
    { name: 'item', categorical: true },
    { name: 'kind', categorical: true },
  ])
  expect(trees.levels).toEqual([0.8])
  for (let t = 0; t + 1 < trees.roots.length; t++) expect(trees.cover[at(trees.roots, t)]).toBe(800)
  trees.left.forEach((left, node) => {
    if (left < 0) return
    const below = at(trees.cover, left) + at(trees.cover, at(trees.right, node))
    expect(below).toBe(at(trees.cover, node))
  })
  const dir = { path: await mkdtemp(join(tmpdir(), 'foretide-brought-')) }
  try {
    await broughtRegressor(trees).save(dir)
    expect(await loadTrees(dir)).toEqual(trees)
  } finally {
    await rm(dir.path, { recursive: true })
  }
})

test('importances are shares of the gain', () => {
  const shares = broughtRegressor(lightgbmModel(read('regression.txt'))).importance()
  expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 12)
  expect(Math.min(...shares)).toBeGreaterThanOrEqual(0)
})

describe('refuses with the line', () => {
  const good = read('regression.txt')
  const lineOf = (start: string, text = good) => text.split('\n').findIndex((line) => line.startsWith(start)) + 1
  const edit = (start: string, by: (line: string) => string | undefined) => {
    const lines = good.split('\n')
    const place = lineOf(start) - 1
    const line = by(lines[place] as string)
    lines.splice(place, 1, ...(line === undefined ? [] : [line]))
    return lines.join('\n')
  }
  const refusal = (text: string) => {
    try {
      lightgbmModel(text)
    } catch (error) {
      return error
    }
    return undefined
  }
  const cases: Readonly<Record<string, [text: string, code: string, line: number]>> = {
    'an empty file': ['', 'lightgbm.notModel', 1],
    'another file': ['{"learner": {}}', 'lightgbm.notModel', 1],
    'another version': [edit('version=', () => 'version=v2'), 'lightgbm.version', lineOf('version=')],
    'linear leaves': [read('linear_tree.txt'), 'lightgbm.linear', lineOf('Tree=0', read('linear_tree.txt'))],
    'a cut file': [good.slice(0, good.indexOf('Tree=4')), 'lightgbm.cut', lineOf('Tree=4')],
    'a tree that is gone': [good.replace(/Tree=5[\s\S]*(?=end of trees)/, ''), 'lightgbm.cut', lineOf('Tree=5') - 1],
    'trees out of order': [edit('Tree=1', () => 'Tree=2'), 'lightgbm.notModel', lineOf('Tree=1')],
    'a field that is gone': [edit('left_child=', () => undefined), 'lightgbm.missing', lineOf('Tree=0')],
    'too few values': [edit('threshold=', (line) => line.replace(/ \S+$/, '')), 'lightgbm.count', lineOf('threshold=')],
    'a value that is no number': [
      edit('leaf_value=', (line) => line.replace(/=\S+/, '=nan')),
      'lightgbm.value',
      lineOf('leaf_value='),
    ],
    'a feature that does not exist': [
      edit('split_feature=', (line) => line.replace(/=\d+/, '=5')),
      'lightgbm.value',
      lineOf('split_feature='),
    ],
    'a child that does not exist': [
      edit('right_child=', (line) => line.replace(/=\S+/, '=99')),
      'lightgbm.value',
      lineOf('right_child='),
    ],
    'nodes in a circle': [
      edit('left_child=', (line) => line.replace(/=\S+/, '=0')),
      'lightgbm.shape',
      lineOf('Tree=0'),
    ],
    'a set that does not exist': [
      edit('cat_boundaries=', (line) => line.replace(/=0 \d+/, '=0 99')),
      'lightgbm.value',
      lineOf('threshold='),
    ],
    'the square of a root': [
      edit('objective=', () => 'objective=regression sqrt'),
      'lightgbm.objective',
      lineOf('objective='),
    ],
    'another answer': [
      edit('objective=', () => 'objective=cross_entropy_lambda'),
      'lightgbm.objective',
      lineOf('objective='),
    ],
    'names that are gone': [
      edit('feature_names=', () => 'feature_names=a b'),
      'lightgbm.count',
      lineOf('feature_names='),
    ],
  }

  test.each(Object.entries(cases))('%s', (_, [text, code, line]) => {
    expect(refusal(text)).toMatchObject({ code, details: { line }, fault: 'badInput' })
  })

  test('line ends of Windows are no fault', () => {
    expect(lightgbmModel(good.replaceAll('\n', '\r\n'))).toEqual(lightgbmModel(good))
  })
})
