import type { Details, Refusal } from '../../core/errors.ts'
import type { Panel } from '../../core/panel.ts'
import type { Calibration } from './calibration.ts'
import type { FittedHeads, Said } from './heads.ts'
import type { GlobalSettings } from './options.ts'
import type { PastOf } from './past.ts'
import type { Rows } from './rows.ts'

/** What has been learned, as far as an answer needs it. */
export interface Learnt {
  readonly name: string
  /** Steps that it was fitted for. */
  readonly horizon: number
  readonly heads: FittedHeads
  readonly calibration: Calibration
  /** Of one step ahead, for what is fed back under `recursive`. */
  readonly oneStep?: Calibration
}

/** Answers of neighbouring series: their rows lie one after the other, as many as the horizon has steps for each. */
export interface Batch {
  readonly known: Panel
  /** Place of the first series of `known` in the window. */
  readonly first: number
  readonly rows: Rows
  readonly said: Said
}

/** Called for series that cannot be answered, by their place in the window. */
export type Refuse = (series: number, reason: Refusal, details: Details) => void

/** Whether a series that is loaded as `past` has enough history to be answered; refuses it otherwise. */
export function hasEnough(past: PastOf, series: number, { minHistory }: GlobalSettings, refuse: Refuse): boolean {
  const has = past.seen(past.length - 1)
  if (has >= minHistory) return true
  if (has === 0) refuse(series, 'noValues', {})
  else refuse(series, 'tooShort', { has, needs: minHistory })
  return false
}
