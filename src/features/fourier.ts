import { z } from 'zod'
import { type FeatureFamily, knownFeature } from './family.ts'

const schema = z.strictObject({
  seasons: z
    .array(
      z.strictObject({
        /** Length in periods, not necessarily whole: 7, 365.25. */
        period: z.number().gt(1),
        /** How many harmonics. */
        order: z.int().min(1),
      }),
    )
    .min(1),
})

/** Sine and cosine of each harmonic of any list of seasons; a harmonic faster than two periods is left out. */
export const fourier: FeatureFamily<z.infer<typeof schema>> = {
  name: 'fourier',
  knownAhead: true,
  schema,
  plan({ seasons }) {
    const waves = seasons.flatMap(({ period, order }) =>
      Array.from({ length: order }, (_, i) => i + 1)
        .filter((k) => 2 * k <= period)
        .flatMap((k) => [
          { name: `sin_${period}_${k}`, rate: k / period, wave: Math.sin },
          // The sine of the fastest possible wave is zero everywhere, its cosine is not.
          { name: `cos_${period}_${k}`, rate: k / period, wave: Math.cos },
        ])
        .filter(({ rate, wave }) => rate < 0.5 || wave === Math.cos),
    )
    return [
      {
        kind: 'period',
        features: waves.map(({ name }) => knownFeature('fourier', name)),
        fill({ first, count }, lines) {
          waves.forEach(({ rate, wave }, f) => {
            const line = lines[f] as Float32Array
            for (let p = 0; p < count; p++) {
              const turns = (first + p) * rate
              line[p] = wave(2 * Math.PI * (turns - Math.floor(turns)))
            }
          })
        },
      },
    ]
  },
}
