import { z } from 'zod'
import { ForetideError } from '../../core/errors.ts'
import type { Regressor } from '../regressor.ts'

/** How steps of the horizon become rows of a table. */
export const STRATEGIES = ['multi-horizon', 'direct', 'recursive', 'shift'] as const

/** What a target is taken relative to before it is learned: nothing, or a simple forecast made at the row's origin. */
const ANCHORS = ['none', 'last', 'mean', 'seasonal', 'profile'] as const
export type Anchor = (typeof ANCHORS)[number]

const target = z
  .strictObject({
    /** Taken away from the target: differencing against the last value, the last one of the same phase, a mean or a weekday profile. */
    anchor: z.enum(ANCHORS).default('none'),
    /** What the target is divided by: nothing, the recent mean size of the series, or its profile for the row's step. */
    scale: z.enum(['none', 'level', 'profile']).default('level'),
    /** Applied last; `log1p` keeps the sign. */
    transform: z.enum(['none', 'log1p']).default('none'),
    /** Whether scaling is left to the regressor as an offset log(scale) of its raw score, for objectives with a log link. */
    offset: z.boolean().default(false),
    /** Periods of the recent mean and profile; chosen by the length of period unless given. */
    window: z.int().min(1).optional(),
    /** How far the phases of a profile are trusted: 0 a plain mean, 1 each weekday's own. */
    trust: z.number().min(0).max(1).default(0.5),
  })
  .refine(
    ({ offset, anchor, transform, scale }) =>
      !offset || (anchor === 'none' && transform === 'none' && scale !== 'none'),
    {
      path: ['offset'],
      error: 'an offset needs a scale, and goes with no anchor and no transform',
    },
  )

const schema = z.strictObject({
  strategy: z.enum(STRATEGIES).default('multi-horizon'),
  /** Steps that share a regressor under `direct`. */
  group: z.int().min(1).default(1),
  /** A feature specification as plain data; one that suits the panel unless given. */
  features: z.looseObject({}).optional(),
  /** Country whose holidays the default specification knows. */
  country: z.string().optional(),
  /** Columns of its own beside the features: the step, the logarithm of the recent level, a simple forecast of the row. */
  extras: z.array(z.enum(['step', 'level', 'baseline'])).default(['step', 'level', 'baseline']),
  /** Means of a series' own values on days of similar known-ahead columns, as features; false for none. */
  similar: z
    .union([
      z.literal(false),
      z.strictObject({
        /** Numeric columns known ahead; the first four unless given. */
        columns: z.array(z.string()).optional(),
        /** Periods looked back, and after how many a value weighs half. */
        window: z.int().min(1).optional(),
        halfLife: z.number().positive().optional(),
        /** Share of a column's deviation at which likeness falls to 1/e. */
        width: z.number().positive().default(0.5),
        /** How much more a period of the same phase weighs. */
        phase: z.number().min(0).default(2),
      }),
    ])
    .prefault({}),
  /** Static columns that together name groups of series whose doings are features: each of the coarse ones unless given. */
  groups: z.union([z.literal('auto'), z.array(z.array(z.string()).min(1))]).default('auto'),
  /** Known-ahead columns that series are compared with their groups by; the first two numeric ones unless given. */
  groupKnown: z.array(z.string()).optional(),
  /** Past-only columns whose trend in the groups is looked at beside that of the target. */
  groupOf: z.array(z.string()).default([]),
  /** Past-only columns in units of the target: their lags and means are divided by its scale, too. */
  units: z.array(z.string()).default([]),
  /** Features whose values are codes without an order, beside those that the panel says are categories. */
  categorical: z.array(z.string()).default([]),
  /** Features left out, by name. */
  without: z.array(z.string()).default([]),
  target: target.prefault({}),
  /** How many of the newest periods are learned from; chosen by the length of period unless given. */
  recent: z.int().min(1).optional(),
  /** Periods from one origin of training rows to the next. */
  every: z.int().min(1).default(1),
  /** Rows learned from at most; a random share of all otherwise. */
  maxRows: z.int().min(1).default(1_000_000),
  /** Observed values a series must have before an origin. */
  minHistory: z.int().min(1).default(1),
  /** Periods after which a row weighs half; all the same unless given. */
  halfLife: z.number().positive().optional(),
  /** Rows of periods out of stock: learned as they are, left out, or raised to what the profile of the origin expects. */
  censored: z.enum(['keep', 'drop', 'raise']).default('keep'),
  /** Newest periods held back from the regressors for early stopping or choosing a penalty; learned from otherwise. */
  validation: z.int().min(0).default(0),
  calibration: z
    .strictObject({
      /** Windows of a horizon each before the cutoff that are held out; 0 leaves the answers as they come. */
      windows: z.int().min(0).default(1),
      /** Rows at most. */
      rows: z.int().min(1).default(200_000),
      /** Groups of steps, and of series by volume, that are corrected by themselves. */
      steps: z.int().min(1).default(7),
      volumes: z.int().min(1).default(5),
      /** Whether the mean is corrected for bias, too. */
      bias: z.boolean().default(false),
      /** Whether the regressors learn once more from everything afterwards. */
      refit: z.boolean().default(true),
    })
    .prefault({}),
  /** Models of their own for the values of a static column, or for groups by volume or by how often there is demand. */
  segmentBy: z
    .union([z.literal('volume'), z.literal('intermittency'), z.strictObject({ column: z.string() })])
    .optional(),
  /** Rows that a segment must have for a model of its own. */
  minSegmentRows: z.int().min(1).default(2000),
  /** Sample paths fed back under `recursive`, for its quantiles. */
  samples: z.int().min(10).default(50),
})

/** What can be chosen of a global model, as plain data. */
export type GlobalSettings = z.infer<typeof schema>
export type GlobalInput = z.input<typeof schema>

/** A regressor by the function that makes it and the plain options that it is made with, so that it can be saved and remade. */
export interface Head {
  make(options: object): Regressor
  readonly options: object
  /** Options instead where a target is below zero, for losses that have no meaning there. */
  readonly signed?: object
  /** Power of a series' scale that its rows weigh by: 0 all series the same, 2 − p for a Tweedie loss on the original scale. */
  readonly weighting?: number
  /** Power of a row's own target, in units of its scale, that it weighs less by: 1 with an absolute loss makes relative errors (MAPE) small. */
  readonly relative?: number
}

/** What makes a global model: its name, regressors, and {@link GlobalSettings}. */
export interface GlobalOptions extends GlobalInput {
  readonly name: string
  /** Answers the mean. */
  readonly point: Head
  /** Answers quantiles; without it they come from the held-out errors of the mean. */
  readonly quantiles?: Head
}

/** Fills in defaults; refuses unknown and impossible options, naming them. */
export function settingsOf({ name, point, quantiles, ...input }: GlobalOptions): GlobalSettings {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new ForetideError(
    'global.option',
    { model: name, option: issue?.path.join('.') ?? '', problem: issue?.message ?? '' },
    { fault: 'usage' },
  )
}
