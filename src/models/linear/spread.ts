/** Weighted mean and sum of squares about it, gathered block by block. */
export interface Spread {
  weight: number
  mean: number
  squares: number
}

export const newSpread = (): Spread => ({ weight: 0, mean: 0, squares: 0 })

/** Adds the finite values of a column to a spread (Chan, Golub and LeVeque, 1983). */
export function addSpread(into: Spread, column: Float32Array | Float64Array, weight: Float64Array, rows: number): void {
  let total = 0
  let sum = 0
  for (let i = 0; i < rows; i++) {
    const v = column[i] as number
    if (v - v !== 0) continue
    const w = weight[i] as number
    total += w
    sum += w * v
  }
  if (!(total > 0)) return
  const mean = sum / total
  let squares = 0
  for (let i = 0; i < rows; i++) {
    const d = (column[i] as number) - mean
    if (d - d === 0) squares += (weight[i] as number) * d * d
  }
  const apart = mean - into.mean
  const both = into.weight + total
  into.squares += squares + (apart * apart * into.weight * total) / both
  into.mean += (apart * total) / both
  into.weight = both
}
