import { z } from 'zod'
import { type FeatureFamily, knownFeature, type PlanContext, requireKnownAhead } from './family.ts'

const schema = z.strictObject({
  /** Static columns, or known-ahead columns that are categories; all static ones unless given. */
  of: z.array(z.string()).optional(),
  encoding: z.enum(['ordinal', 'oneHot']).default('ordinal'),
  /** Categories that get a column each under `oneHot`: the first so many of the panel's list, the rest share none. */
  most: z.int().min(1).default(32),
})

/** Categories as numbers: the index into the panel's list of them, or a column of 0 and 1 for each. */
export const category: FeatureFamily<z.infer<typeof schema>> = {
  name: 'category',
  knownAhead: true,
  schema,
  plan({ of, encoding, most }, context) {
    const names = of ?? [...context.statics.keys()]
    const codes = names.flatMap((name) => codesOf(name, encoding, most, context))
    return [
      {
        kind: 'series',
        features: codes.map((code) => knownFeature('category', code.feature)),
        write(view, lines) {
          const total = view.length + view.horizon
          codes.forEach(({ name, fixed, equal }, f) => {
            const line = lines[f] as Float32Array
            if (fixed) line.fill(encode(view.fixed(name), equal), 0, total)
            else
              view.whole(name).forEach((value, k) => {
                line[k] = encode(value, equal)
              })
          })
        },
      },
    ]
  },
}

interface Code {
  readonly feature: string
  readonly name: string
  readonly fixed: boolean
  /** The category that is 1; the code itself when undefined. */
  readonly equal: number | undefined
}

const encode = (value: number, equal: number | undefined) =>
  equal === undefined || Number.isNaN(value) ? value : value === equal ? 1 : 0

function codesOf(name: string, encoding: 'ordinal' | 'oneHot', most: number, context: PlanContext): Code[] {
  const fixed = context.statics.has(name)
  if (!fixed) requireKnownAhead(context, 'category', name)
  const { categories } = (fixed ? context.statics : context.columns).get(name) ?? {}
  if (encoding === 'ordinal' || !categories) return [{ feature: `${name}_code`, name, fixed, equal: undefined }]
  return categories.slice(0, most).map((text, equal) => ({ feature: `${name}=${text}`, name, fixed, equal }))
}
