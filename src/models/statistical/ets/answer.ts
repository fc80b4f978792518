import type { Answer } from '../../local.ts'
import { writeNormalQuantiles, writePathQuantiles } from '../spread.ts'
import { hasVariance, type Outlook, writeMeans, writePaths, writeVariances } from './outlook.ts'

/** Paths behind the quantiles of forms without a closed variance. */
const PATHS = 2000

/**
 * Writes an outlook's answer: normal quantiles where the variance is known in closed form, those of simulated paths elsewhere.
 */
export function writeAnswer(outlook: Outlook, answer: Answer): void {
  const { horizon, levels, mean, quantiles, sample, random } = answer
  const adjusted = new Float64Array(horizon)
  writeMeans(outlook, mean, adjusted)
  if (levels.length > 0) {
    if (hasVariance(outlook.form)) {
      const variances = new Float64Array(horizon)
      writeVariances(outlook, mean, adjusted, variances)
      writeNormalQuantiles(mean, variances, levels, quantiles)
    } else {
      const paths = new Float64Array(PATHS * horizon)
      writePaths(outlook, horizon, random, paths)
      writePathQuantiles(paths, horizon, levels, quantiles)
    }
  }
  if (sample.length > 0) writePaths(outlook, horizon, random, sample)
}
