import type { Random } from '../../../core/random.ts'
import type { Matrix } from './matrix.ts'

/** Random Fourier features of the kernel exp(−|a − b|² / (2 bandwidth²)). */
export interface Fourier {
  /** Columns that they are made of. */
  readonly inputs: number
  readonly features: number
  /** `frequency[input · features + feature]`. */
  readonly frequency: Float64Array
  readonly phase: Float64Array
}

/** Draws the features of a Gaussian kernel (Rahimi and Recht, 2007). */
export function drawFourier(inputs: number, features: number, bandwidth: number, random: Random): Fourier {
  const frequency = new Float64Array(inputs * features).map(() => random.normal() / bandwidth)
  const phase = new Float64Array(features).map(() => random.uniform() * 2 * Math.PI)
  return { inputs, features, frequency, phase }
}

/** √(2/D) · cos(ω'x + b) of one row into `out` at `to`. */
export function fourierRow(
  { inputs, features, frequency, phase }: Fourier,
  row: Float32Array | Float64Array,
  from: number,
  out: Float64Array,
): void {
  out.set(phase)
  for (let j = 0; j < inputs; j++) {
    const v = row[from + j] as number
    if (v === 0) continue
    const at = j * features
    for (let k = 0; k < features; k++) out[k] = (out[k] as number) + v * (frequency[at + k] as number)
  }
  const scale = Math.sqrt(2 / features)
  for (let k = 0; k < features; k++) out[k] = scale * Math.cos(out[k] as number)
}

/** The median distance of pairs of rows drawn at random, a bandwidth that needs no search (Gretton et al., 2012). */
export function medianDistance({ rows, columns, values }: Matrix, random: Random, pairs = 2000): number {
  const distances: number[] = []
  for (let k = 0; k < pairs; k++) {
    const a = random.integer(rows) * columns
    const b = random.integer(rows) * columns
    let sum = 0
    for (let j = 0; j < columns; j++) sum += ((values[a + j] as number) - (values[b + j] as number)) ** 2
    if (sum > 0) distances.push(Math.sqrt(sum))
  }
  distances.sort((a, b) => a - b)
  return distances[distances.length >> 1] ?? 1
}
