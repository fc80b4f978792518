import { z } from 'zod'
import { at } from '../core/panel.ts'
import { columnKnownAhead, type FeatureFamily, knownFeature, legalLag, pastFeature } from './family.ts'
import { eigenOf } from './kernels/eigen.ts'

const schema = z.strictObject({
  /** Numeric columns, at least two. */
  of: z.array(z.string()).min(2),
  components: z.int().min(1).default(2),
  lag: z.int().min(1).default(1),
})
type Options = z.infer<typeof schema>

/** Principal components of standardised variables: `loadings[c · variables + j]`, and the share of the variance that each explains. */
export interface Principal {
  readonly mean: Float64Array
  readonly scale: Float64Array
  readonly loadings: Float64Array
  readonly explained: Float64Array
}

/** Gathers rows for {@link Principal} in one pass; rows with a missing value are left out. */
export class PrincipalSums {
  readonly #size: number
  #count = 0
  readonly #mean: Float64Array
  readonly #products: Float64Array
  readonly #delta: Float64Array

  constructor(size: number) {
    this.#size = size
    this.#mean = new Float64Array(size)
    this.#delta = new Float64Array(size)
    this.#products = new Float64Array(size * size)
  }

  /** Adds one row, by Welford's update of mean and co-moments. */
  add(row: ArrayLike<number>): void {
    const size = this.#size
    for (let j = 0; j < size; j++) if (Number.isNaN(at(row, j))) return
    this.#count++
    for (let j = 0; j < size; j++) {
      const d = at(row, j) - at(this.#mean, j)
      this.#delta[j] = d
      this.#mean[j] = at(this.#mean, j) + d / this.#count
    }
    for (let i = 0; i < size; i++) {
      const left = at(row, i) - at(this.#mean, i)
      for (let j = 0; j < size; j++)
        this.#products[i * size + j] = at(this.#products, i * size + j) + left * at(this.#delta, j)
    }
  }

  /** The first components; a variable that never changes counts for nothing. */
  done(components: number): Principal {
    const size = this.#size
    const scale = new Float64Array(size)
    for (let j = 0; j < size; j++)
      scale[j] = Math.sqrt(at(this.#products, j * size + j) / Math.max(1, this.#count - 1)) || 1
    const correlation = new Float64Array(size * size)
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++) {
        const both = at(this.#products, i * size + j) + at(this.#products, j * size + i)
        correlation[i * size + j] = both / 2 / Math.max(1, this.#count - 1) / (at(scale, i) * at(scale, j))
      }
    const { values, vectors } = eigenOf(correlation, size)
    const whole = values.reduce((a, b) => a + b, 0) || 1
    const kept = Math.min(components, size)
    return {
      mean: Float64Array.from(this.#mean),
      scale,
      loadings: vectors.slice(0, kept * size),
      explained: values.slice(0, kept).map((value) => Math.max(0, value) / whole),
    }
  }
}

/**
 * Principal components of several columns, learned from the past of all series and applied to each row.
 *
 * Known ahead where all of the columns are, otherwise lagged; NaN where any column is missing.
 */
export const pca: FeatureFamily<Options> = {
  name: 'pca',
  knownAhead: ({ of }, context) => of.every((name) => columnKnownAhead(context, 'pca', name)),
  schema,
  plan({ of, components, lag: wished }, context) {
    const ahead = of.map((name) => columnKnownAhead(context, 'pca', name)).every(Boolean)
    const lag = ahead ? 0 : legalLag(context, wished)
    const names = Array.from({ length: Math.min(components, of.length) }, (_, c) => `pca_${of.join('_')}_${c + 1}`)
    const principal = context.learned as unknown as Principal | undefined
    return [
      {
        kind: 'series',
        features: names.map((name) => (ahead ? knownFeature('pca', name) : pastFeature('pca', name, lag))),
        write(view, lines) {
          const total = view.length + view.horizon
          const columns = of.map((name) => (ahead ? view.whole(name) : view.past(name).values))
          for (const line of lines) line.fill(Number.NaN, 0, total)
          if (!principal) return
          const length = ahead ? total : Math.min(view.length, total - lag)
          for (let c = 0; c < names.length; c++)
            for (let k = 0; k < length; k++) {
              let score = 0
              for (let j = 0; j < of.length; j++) {
                const x = (columns[j] as Float64Array)[k] as number
                const standard = (x - at(principal.mean, j)) / at(principal.scale, j)
                score += standard * at(principal.loadings, c * of.length + j)
              }
              ;(lines[c] as Float32Array)[k + lag] = score
            }
        },
      },
    ]
  },
  learner({ of, components }) {
    const sums = new PrincipalSums(of.length)
    return {
      add(past) {
        const row = new Float64Array(of.length)
        const columns = of.map((name) => (name === 'target' ? past.target : past.columns.get(name)?.values))
        for (let k = 0; k < past.target.length; k++) {
          for (let j = 0; j < row.length; j++) row[j] = columns[j]?.[k] ?? Number.NaN
          sums.add(row)
        }
      },
      done: () => ({ ...sums.done(components) }),
    }
  },
}
