import { autoCes } from './ces/methods.ts'
import { medianEnsemble } from './ensemble.ts'
import { autoEts } from './ets/methods.ts'
import { fadingHurdle, imapa } from './intermittent/methods.ts'
import { autoTheta } from './theta/methods.ts'

/**
 * The median of exponential smoothing, Theta, complex smoothing, a fading hurdle and IMAPA; of hurdle, IMAPA and Theta where demand
 * is intermittent: chosen by quantile loss on spare parts and daily groceries, windows well before those that are reported.
 */
export const statisticalEnsemble = (name = 'raw-ensemble') =>
  medianEnsemble({
    name,
    members: [autoEts(), autoTheta(), autoCes(), fadingHurdle(), imapa()],
    intermittent: [fadingHurdle(), imapa(), autoTheta()],
  })
