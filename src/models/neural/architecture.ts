import type { Float, Int } from '../../tensor/graph/value.ts'
import type { Parameters } from '../../tensor/layers/parameters.ts'

/** Sizes of what a network sees of a series and of what it says. */
export interface Frame {
  /** Examples at once: pairs of a series and an origin. */
  readonly batch: number
  /** Periods seen up to the origin. */
  readonly context: number
  readonly horizon: number
  /** How many past-only columns there are. */
  readonly past: number
  /** How many columns are known for the horizon too, terms of the calendar among them. */
  readonly known: number
  /** How many numbers there are of a series as a whole. */
  readonly statics: number
  /** How many values each category of a series has, identities among them; 0 stands for what was never seen. */
  readonly categories: readonly number[]
}

/** What a network sees, all of it in units of the example's own scale; what there is none of is absent. */
export interface View {
  /** The series up to the origin, [batch, context], 0 where missing. */
  readonly target: Float
  /** 1 where it was observed, 0 where missing, [batch, context]. */
  readonly observed: Float
  /** [batch, context, past]. */
  readonly past?: Float
  /** [batch, context + horizon, known]. */
  readonly known?: Float
  /** [batch, statics]. */
  readonly statics?: Float
  /** [batch, categories] whole numbers. */
  readonly categories?: Int
  /** What came in the horizon and where it is known (weights above 0), [batch, horizon] each: for learning alone, and for stepwise architectures alone. */
  readonly truth?: Float
  readonly weight?: Float
}

/** What a network says. */
interface Answer {
  /** As many numbers a step as the head asks for, [batch, horizon, width]. */
  readonly raw: Float
  /** What explains it, such as weights of attention, by name. */
  readonly shown?: Readonly<Record<string, Float>>
}

/** A way to get from what is seen to what is said; knows nothing of scales, losses or distributions. */
export interface Architecture {
  readonly name: string
  /** All options, defaults filled in: what it can be made again from. */
  readonly options: Readonly<Record<string, unknown>>
  forward(parameters: Parameters, view: View, frame: Frame, width: number): Answer
  /** How it goes from one step to the next where each is fed what came, or was drawn, in the one before. */
  readonly stepwise?: Stepwise
}

/** What one step is fed beside the state. */
export interface StepView {
  /** The number of the step before and 1 where it is known, [batch, 1] each. */
  readonly previous: Float
  readonly there: Float
  /** What is known of the step, [batch, known]. */
  readonly known?: Float
  /** Past-only columns of the period before, [batch, past]; zeros from the second step of the horizon on. */
  readonly past?: Float
  readonly statics?: Float
  readonly categories?: Int
}

/** An architecture that forecasts by drawing one step after the other (ancestral sampling). */
export interface Stepwise {
  /** Sample paths of a forecast. */
  readonly paths: number
  /** Shapes of the state, without the batch. */
  readonly state: readonly (readonly number[])[]
  /** The state when the last observed period is still to be fed. */
  start(parameters: Parameters, view: View, frame: Frame): readonly Float[]
  /** The numbers of a step, [batch, 1, width], and the state after it. */
  next(
    parameters: Parameters,
    state: readonly Float[],
    view: StepView,
    frame: Frame,
    width: number,
  ): { readonly raw: Float; readonly state: readonly Float[] }
}
