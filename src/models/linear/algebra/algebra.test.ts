import { expect, test } from 'vitest'
import { Random } from '../../../core/random.ts'
import { cholesky, choleskySolve } from './cholesky.ts'
import { addGram, mirror, TILE, tileOf } from './gram.ts'
import { symmetricEigen } from './symmetric-eigen.ts'

function symmetric(size: number, rank: number, seed: number): Float64Array {
  const random = Random.of(seed, 'matrix')
  const half = new Float64Array(size * rank).map(() => random.normal())
  const out = new Float64Array(size * size)
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++)
      for (let k = 0; k < rank; k++)
        out[i * size + j] =
          (out[i * size + j] as number) + (half[i * rank + k] as number) * (half[j * rank + k] as number)
  return out
}

test.each([1, 3, 4, 5, 8, 11])('X’X of tiles of %i columns is that of plain sums', (columns) => {
  const random = Random.of(columns, 'tile')
  const gram = new Float64Array(columns * columns)
  const plain = new Float64Array(columns * columns)
  for (const rows of [TILE, 17]) {
    const tile = tileOf(columns)
    tile.rows = rows
    tile.values.forEach((_, i) => {
      tile.values[i] = random.normal()
    })
    addGram(tile, gram)
    for (let i = 0; i < columns; i++)
      for (let j = 0; j < columns; j++)
        for (let r = 0; r < rows; r++)
          plain[i * columns + j] =
            (plain[i * columns + j] as number) +
            (tile.values[i * TILE + r] as number) * (tile.values[j * TILE + r] as number)
  }
  mirror(gram, columns).forEach((v, i) => {
    expect(v).toBeCloseTo(plain[i] as number, 9)
  })
})

test.each([
  [1, 1],
  [2, 2],
  [12, 12],
  [40, 25],
])('eigenvectors of a %i × %i matrix of rank %i turn it into its eigenvalues', (size, rank) => {
  const a = symmetric(size, rank, 3)
  const { values, vectors } = symmetricEigen(a, size)
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) {
      let rebuilt = 0
      let product = 0
      for (let k = 0; k < size; k++) {
        rebuilt += (vectors[i * size + k] as number) * (values[k] as number) * (vectors[j * size + k] as number)
        product += (vectors[k * size + i] as number) * (vectors[k * size + j] as number)
      }
      expect(rebuilt).toBeCloseTo(a[i * size + j] as number, 9)
      expect(product).toBeCloseTo(i === j ? 1 : 0, 10)
    }
})

test('Cholesky solves, and gives a column that others explain the coefficient 0', () => {
  const size = 6
  const a = symmetric(size, size, 5)
  // The last column repeats the first.
  for (let i = 0; i < size - 1; i++) {
    a[i * size + 5] = a[i * size] as number
    a[5 * size + i] = a[i] as number
  }
  a[35] = a[0] as number
  const truth = Float64Array.of(1, -2, 3, 0.5, 4, 0)
  const b = Float64Array.from({ length: size }, (_, i) =>
    truth.reduce((sum, t, j) => sum + t * (a[i * size + j] as number), 0),
  )
  const solved = choleskySolve(cholesky(Float64Array.from(a), size), size, b)
  solved.forEach((v, i) => {
    expect(v).toBeCloseTo(truth[i] as number, 8)
  })
})
