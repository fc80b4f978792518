/** How the learning rate goes on over a training. */
export type Schedule =
  | { readonly kind: 'constant' }
  /**
   * Up from a fraction and down to almost nothing along cosines (Smith and Topin, 2018, as in PyTorch): `warm` is the share of steps that go up,
   * 0.3 unless given, `start` what the highest rate is divided by at first, 25, and `end` what that is divided by at last, 10,000.
   */
  | { readonly kind: 'one-cycle'; readonly warm?: number; readonly start?: number; readonly end?: number }
  /**
   * Down along a cosine (Loshchilov and Hutter, 2017) to a share `least` of the highest rate, 0 unless given, after so many steps of `warm`-up in
   * a line; `cycles` of it one after the other, 1 unless given.
   */
  | { readonly kind: 'cosine'; readonly warm?: number; readonly least?: number; readonly cycles?: number }
  /** Times `factor` every so many steps. */
  | { readonly kind: 'steps'; readonly every: number; readonly factor: number }
  /** Times `factor`, 0.1 unless given, when the validation has not come down by a share `threshold` for more than `patience` looks. */
  | {
      readonly kind: 'plateau'
      readonly factor?: number
      readonly patience?: number
      readonly threshold?: number
    }

/** Half a cosine from one number to another, at a share of the way. */
const along = (from: number, to: number, share: number) => to + ((from - to) * (1 + Math.cos(Math.PI * share))) / 2

/**
 * The rate of a step, counted from 0, of so many; `base` is the highest. Of a plateau, the part that {@link plateaued} does not say.
 *
 * @example
 * rateAt({ kind: 'cosine' }, 50, 100, 0.01) // → 0.005
 */
export function rateAt(schedule: Schedule, step: number, steps: number, base: number): number {
  switch (schedule.kind) {
    case 'one-cycle': {
      const { warm = 0.3, start = 25, end = 1e4 } = schedule
      const first = base / start
      const top = warm * steps - 1
      return step < top
        ? along(first, base, step / top)
        : along(base, first / end, (step - top) / (steps - 1 - top || 1))
    }
    case 'cosine': {
      const { warm = 0, least = 0, cycles = 1 } = schedule
      if (step < warm) return (base * (step + 1)) / (warm + 1)
      const share = ((step - warm) / Math.max(1, steps - warm)) * cycles
      return along(base, base * least, share - Math.floor(share))
    }
    case 'steps':
      return base * schedule.factor ** Math.floor(step / schedule.every)
    case 'constant':
    case 'plateau':
      return base
  }
}

/** How long a validation has not come down. */
export interface PlateauState {
  readonly best: number
  readonly waited: number
  /** What the rate is multiplied by. */
  readonly factor: number
}

/** What a new loss of the validation makes of a plateau (as in PyTorch's ReduceLROnPlateau). */
export function plateaued(
  { factor = 0.1, patience = 10, threshold = 1e-4 }: Extract<Schedule, { kind: 'plateau' }>,
  state: PlateauState | null,
  loss: number,
): PlateauState {
  const { best, waited, factor: now } = state ?? { best: Number.MAX_VALUE, waited: 0, factor: 1 }
  if (loss < best * (1 - threshold)) return { best: loss, waited: 0, factor: now }
  return waited + 1 > patience ? { best, waited: 0, factor: now * factor } : { best, waited: waited + 1, factor: now }
}
