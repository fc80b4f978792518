import { closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { Random } from '../src/core/random.ts'

/** Columns of the planted table. */
const PLANTED_COLUMNS = 40

/** Where a planted table lies: raw little-endian Float32 numbers, all of one column together. */
export interface PlantedFiles {
  readonly rows: number
  readonly columns: number
  readonly x: string
  readonly y: string
}

/** Numbers made by column: 24 standard normal, 6 skewed, 4 small whole numbers, 2 counts mostly zero, 2 flags, 2 with two decimals. */
function makeColumn(column: number, random: Random, into: Float32Array): void {
  const value =
    column < 24
      ? () => random.normal()
      : column < 30
        ? () => Math.exp(0.7 * random.normal())
        : column < 34
          ? () => random.integer(10)
          : column < 36
            ? () => (random.uniform() < 0.75 ? 0 : 1 + random.integer(30))
            : column < 38
              ? () => (random.uniform() < 0.3 ? 1 : 0)
              : () => Math.round(random.uniform() * 1000) / 100
  for (let r = 0; r < into.length; r++) into[r] = value()
}

/**
 * What each column adds to the target of a row: smooth, stepped and joint effects, as many columns having none.
 *
 * No joint effect is without a trace in its columns by themselves: which of such effects a greedy learner stumbles upon, and when, is
 * chance (LightGBM's own loss moved by 10 % between 200 and 255 bins), and would drown the comparison of learners.
 */
function addEffects(x: readonly Float32Array[], row: number): number {
  const c = (column: number) => (x[column] as Float32Array)[row] as number
  return (
    2 * Math.sin(2 * c(0)) +
    (c(0) > 0 ? c(1) : 0) +
    c(2) * c(2) +
    1.5 * Math.max(0, c(3)) * Math.max(0, c(4)) +
    Math.tanh(2 * c(5)) +
    0.5 * c(6) +
    Math.log(c(24) + 0.1) * (c(36) > 0 ? 2 : 0.5) +
    0.8 * Math.sqrt(c(25)) +
    (c(30) > 6 && c(7) > 0 ? 1.5 : 0) +
    0.2 * c(31) * (c(37) > 0 ? 1 : 0) +
    0.5 * Math.log1p(c(34)) +
    Math.abs(c(38) - 5) * 0.4
  )
}

/**
 * Writes a table of {@link PLANTED_COLUMNS} columns with a planted nonlinear structure and noise of standard deviation 1; the same
 * under the same seed.
 */
export function writePlanted(folder: string, name: string, rows: number, seed: number): PlantedFiles {
  const files = { rows, columns: PLANTED_COLUMNS, x: join(folder, `${name}.x.f32`), y: join(folder, `${name}.y.f32`) }
  const out = openSync(files.x, 'w')
  const x: Float32Array[] = []
  for (let column = 0; column < PLANTED_COLUMNS; column++) {
    const values = new Float32Array(rows)
    makeColumn(column, Random.of(seed, `${name}:${column}`), values)
    writeWhole(out, values)
    x.push(values)
  }
  closeSync(out)
  const noise = Random.of(seed, `${name}:noise`)
  const y = new Float32Array(rows)
  for (let r = 0; r < rows; r++) y[r] = addEffects(x, r) + noise.normal()
  const target = openSync(files.y, 'w')
  writeWhole(target, y)
  closeSync(target)
  return files
}

function writeWhole(file: number, values: Float32Array): void {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  for (let from = 0; from < bytes.length; ) from += writeSync(file, bytes, from)
}
