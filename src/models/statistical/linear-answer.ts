import type { Answer } from '../local.ts'
import { writeNormalQuantiles } from './spread.ts'

/**
 * Writes quantiles and sample paths of a linear model with normal errors around its means, already written in `answer.mean`.
 *
 * `response[j]` is what an error of 1 adds to the value j steps later, `response[0]` = 1; the variance at step h is then
 * variance · Σ response², and a path the mean plus the errors so far, each by its response.
 */
export function writeLinearAnswer(answer: Answer, response: Float64Array, variance: number): void {
  const { horizon, mean, levels, quantiles, sample, random } = answer
  const variances = new Float64Array(horizon)
  let sum = 0
  for (let h = 0; h < horizon; h++) {
    sum += (response[h] as number) ** 2
    variances[h] = variance * sum
  }
  writeNormalQuantiles(mean, variances, levels, quantiles)
  const spread = Math.sqrt(variance)
  const errors = new Float64Array(horizon)
  for (let p = 0; p < sample.length / horizon; p++)
    for (let h = 0; h < horizon; h++) {
      errors[h] = p % 2 === 0 ? spread * random.normal() : -(errors[h] as number)
      let value = mean[h] as number
      for (let j = 0; j <= h; j++) value += (errors[h - j] as number) * (response[j] as number)
      sample[p * horizon + h] = value
    }
}
