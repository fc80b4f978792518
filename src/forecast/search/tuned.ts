import { z } from 'zod'
import { METRICS, type MetricName } from '../../backtest/metrics/metrics.ts'
import type { Search } from './result.ts'

/** What the name of a model ends with that is made with tuned parameters. */
export const TUNED = '@tuned'

const schema = z.object({
  format: z.literal(1),
  model: z.string(),
  /** Empty where the default was best. */
  parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  metric: z.custom<MetricName>((name) => typeof name === 'string' && Object.hasOwn(METRICS, name)),
  horizon: z.number(),
  /** The last period that the choice looked at. */
  seen: z.string(),
  score: z.number().nullable(),
  byDefault: z.number().nullable(),
  data: z.string(),
  seed: z.number(),
  version: z.string(),
})

/** Parameters that a search chose for a model, and what they were chosen by. */
export type Tuned = z.infer<typeof schema>

/** What of a search is worth keeping. */
export function tunedOf({ model, parameters, metric, horizon, seen, gain, data, seed, version }: Search): Tuned {
  const { score, byDefault } = gain
  return {
    format: 1,
    model,
    parameters: { ...parameters },
    metric,
    horizon,
    seen,
    score,
    byDefault,
    data,
    seed,
    version,
  }
}

/** Reads what was kept; undefined where the text is something else. */
export function parseTuned(text: string): Tuned | undefined {
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}
