import { z } from 'zod'
import { type FeatureFamily, knownFeature, requireKnownAhead } from './family.ts'

const schema = z.strictObject({
  /** Columns known ahead; all of them unless given. */
  of: z.array(z.string()).optional(),
})

/** Known-ahead columns as they are, each row its own period's value, so that every step sees its own covariate. */
export const column: FeatureFamily<z.infer<typeof schema>> = {
  name: 'column',
  knownAhead: true,
  schema,
  plan({ of }, context) {
    const names = of ?? [...context.columns].filter(([, info]) => info.knownAhead).map(([name]) => name)
    for (const name of names) requireKnownAhead(context, 'column', name)
    return [
      {
        kind: 'series',
        features: names.map((name) => knownFeature('column', name)),
        write(view, lines) {
          for (let f = 0; f < names.length; f++) (lines[f] as Float32Array).set(view.whole(names[f] as string))
        },
      },
    ]
  },
}
