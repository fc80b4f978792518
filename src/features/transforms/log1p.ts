import { ForetideError } from '../../core/errors.ts'
import { pointwise, type Transform } from './transform.ts'

/**
 * The logarithm of one more than the value: tames large counts and keeps zero. Refuses values of −1 and below.
 *
 * @example
 * log1p.apply(Float64Array.of(0), {})[0] // → 0
 */
export const log1p: Transform<Record<string, never>> = pointwise({
  name: 'log1p',
  fit(values) {
    for (const value of values)
      if (value <= -1) throw new ForetideError('transform.domain', { transform: 'log1p', needs: '> −1', value })
    return {}
  },
  forward: (x) => Math.log1p(x),
  back: (z) => Math.expm1(z),
})
