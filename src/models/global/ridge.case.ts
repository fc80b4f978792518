import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { at } from '../../core/panel.ts'
import { VERSION } from '../../core/version.ts'
import type { FittedRegressor, Regressor } from '../regressor.ts'
import type { TableBlock, TableFeature } from '../table.ts'

/**
 * Ridge regression by the normal equations, missing values at the column's mean: a small regressor of its own for tests, that knows nothing of
 * trees. With `levels` it answers its mean plus quantiles of its residuals.
 */
export function ridgeCase({
  penalty = 1e-3,
  levels,
}: {
  penalty?: number
  levels?: readonly number[]
} = {}): Regressor {
  return {
    name: 'ridge-case',
    async fit(table) {
      const p = table.features.length
      const sums = new Float64Array(p)
      const seen = new Float64Array(p)
      for await (const { rows, columns } of table.blocks())
        columns.forEach((column, f) => {
          for (let r = 0; r < rows; r++)
            if (!Number.isNaN(at(column, r))) {
              sums[f] = at(sums, f) + at(column, r)
              seen[f] = at(seen, f) + 1
            }
        })
      const means = sums.map((s, f) => (at(seen, f) > 0 ? s / at(seen, f) : 0))
      const q = p + 1
      const gram = Array.from({ length: q }, () => new Float64Array(q + 1))
      const x = new Float64Array(q).fill(1)
      const read = (block: TableBlock, r: number) => {
        for (let f = 0; f < p; f++) {
          const v = at(block.columns[f] as Float32Array, r)
          x[f] = Number.isNaN(v) ? 0 : v - at(means, f)
        }
      }
      for await (const block of table.blocks())
        for (let r = 0; r < block.rows; r++) {
          read(block, r)
          const w = block.weight ? at(block.weight, r) : 1
          for (let i = 0; i < q; i++) {
            const line = gram[i] as Float64Array
            for (let j = 0; j < q; j++) line[j] = at(line, j) + w * at(x, i) * at(x, j)
            line[q] = at(line, q) + w * at(x, i) * at(block.target as Float64Array, r)
          }
        }
      const scale = Math.max(1e-9, ...gram.slice(0, p).map((line, i) => at(line, i)))
      for (let i = 0; i < p; i++)
        (gram[i] as Float64Array)[i] = at(gram[i] as Float64Array, i) * (1 + penalty) + 1e-9 * scale
      const beta = solve(gram)
      const residuals: number[] = []
      if (levels)
        for await (const block of table.blocks())
          for (let r = 0; r < block.rows; r++) {
            read(block, r)
            residuals.push(at(block.target as Float64Array, r) - x.reduce((s, v, i) => s + v * at(beta, i), 0))
          }
      residuals.sort((a, b) => a - b)
      const spread = (levels ?? [0]).map((l) => (levels ? (residuals[Math.floor(l * residuals.length)] ?? 0) : 0))
      return fittedOf({
        features: table.features,
        means: [...means],
        beta: [...beta],
        spread,
        ...(levels ? { levels } : {}),
      })
    },
    load: async (dir) => fittedOf(JSON.parse(await readFile(join(dir.path, 'ridge.json'), 'utf8')) as State),
  }
}

interface State {
  readonly features: readonly TableFeature[]
  readonly means: number[]
  readonly beta: number[]
  readonly spread: number[]
  readonly levels?: readonly number[]
}

function fittedOf(state: State): FittedRegressor {
  const { features, means, beta, spread, levels } = state
  const outputs = spread.length
  return {
    features,
    outputs,
    ...(levels ? { levels } : {}),
    async predict({ rows, columns }) {
      const out = new Float64Array(rows * outputs)
      for (let r = 0; r < rows; r++) {
        let sum = at(beta, features.length)
        for (let f = 0; f < features.length; f++) {
          const v = at(columns[f] as Float32Array, r)
          if (!Number.isNaN(v)) sum += at(beta, f) * (v - at(means, f))
        }
        for (let k = 0; k < outputs; k++) out[r * outputs + k] = sum + at(spread, k)
      }
      return out
    },
    importance: () => new Float64Array(features.length),
    async save(dir) {
      await mkdir(dir.path, { recursive: true })
      await writeFile(join(dir.path, 'ridge.json'), JSON.stringify(state))
      return { model: 'ridge-case', version: VERSION, options: {}, window: '', files: ['ridge.json'] }
    },
  }
}

/** Gauss-Jordan elimination with pivots of a square system whose right side is the last column. */
function solve(lines: Float64Array[]): Float64Array {
  const n = lines.length
  for (let k = 0; k < n; k++) {
    let best = k
    for (let i = k + 1; i < n; i++)
      if (Math.abs(at(lines[i] as Float64Array, k)) > Math.abs(at(lines[best] as Float64Array, k))) best = i
    ;[lines[k], lines[best]] = [lines[best] as Float64Array, lines[k] as Float64Array]
    const pivot = lines[k] as Float64Array
    if (Math.abs(at(pivot, k)) < 1e-12) continue
    for (let i = 0; i < n; i++) {
      if (i === k) continue
      const line = lines[i] as Float64Array
      const factor = at(line, k) / at(pivot, k)
      for (let j = k; j <= n; j++) line[j] = at(line, j) - factor * at(pivot, j)
    }
  }
  return Float64Array.from({ length: n }, (_, k) => {
    const d = at(lines[k] as Float64Array, k)
    return Math.abs(d) < 1e-12 ? 0 : at(lines[k] as Float64Array, n) / d
  })
}
