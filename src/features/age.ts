import { z } from 'zod'
import { type FeatureFamily, knownFeature } from './family.ts'

const schema = z.strictObject({})

/** How many periods the series has been going on. */
export const age: FeatureFamily<z.infer<typeof schema>> = {
  name: 'age',
  knownAhead: true,
  schema,
  plan: () => [
    {
      kind: 'series',
      features: [knownFeature('age', 'age')],
      write(view, [line]) {
        for (let k = 0; k < view.length + view.horizon; k++) (line as Float32Array)[k] = k
      },
    },
  ],
}
