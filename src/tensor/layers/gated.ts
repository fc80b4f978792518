import { add, concat, exp, minimum, mul, relu, reshape, sigmoid, softmax, split, sub } from '../graph/operators.ts'
import type { Float } from '../graph/value.ts'
import { dense, dropout } from './dense.ts'
import { layerNormalised } from './normalise.ts'
import type { Parameters } from './parameters.ts'

/** x where it is positive, eˣ − 1 elsewhere (exponential linear unit, Clevert, Unterthiner and Hochreiter, 2016). */
export const elu = (x: Float): Float => add(relu(x), sub(exp(minimum(x, 0)), 1))

/**
 * GLU(γ) = σ(W₄γ + b₄) ⊙ (W₅γ + b₅), [..., features] to [..., units] (Dauphin et al., 2017, as in Lim et al., 2021).
 *
 * Parameters: `weight` [features, 2 · units] and `bias`; W₄ before W₅.
 */
export function gatedLinearUnit(parameters: Parameters, x: Float, units: number): Float {
  const [gate, signal] = split(dense(parameters, x, 2 * units), [units, units]) as readonly [Float, Float]
  return mul(sigmoid(gate), signal)
}

/** How a gated residual network is built. */
export interface GatedOptions {
  /** Units inside; as many as outside unless given. */
  readonly hidden?: number
  /** What else is known, [..., features], of the rank of the input or of a lower one: [batch, features] then holds for all steps of an example. */
  readonly context?: Float
  /** Share that is dropped before the gate while learning; none unless given. */
  readonly dropout?: number
}

/**
 * A gated residual network, [..., features] to [..., units] (Lim et al., 2021, equations 2 to 4): GRN(a, c) = LayerNorm(a + GLU(η₁)) with η₁ = W₁η₂ + b₁
 * and η₂ = ELU(W₂a + W₃c + b₂).
 *
 * Where features and units differ, a is brought to the units by weights of its own (`around`).
 *
 * @example
 * const enriched = gatedResidual(parameters.in('enrichment'), x, 64, { context: whole, dropout: 0.1 })
 */
export function gatedResidual(parameters: Parameters, a: Float, units: number, options: GatedOptions = {}): Float {
  const { hidden = units, context, dropout: share = 0 } = options
  const alone = dense(parameters.in('input'), a, hidden)
  const told = context && dense(parameters.in('context'), context, hidden, { bias: false })
  const eta2 = elu(told ? add(alone, lifted(told, a.shape.length)) : alone)
  const eta1 = dropout(parameters, dense(parameters.in('inner'), eta2, units), share)
  const around = a.shape.at(-1) === units ? a : dense(parameters.in('around'), a, units)
  return layerNormalised(parameters.in('norm'), add(around, gatedLinearUnit(parameters.in('gate'), eta1, units)))
}

/** What holds for an example [batch, units] for all of its steps. */
function lifted(x: Float, rank: number): Float {
  const [batch, ...rest] = x.shape as readonly [number, ...number[]]
  return reshape(x, [batch, ...new Array<number>(rank - x.shape.length).fill(1), ...rest])
}

/** What is selected of variables. */
export interface Selected {
  /** [..., units]. */
  readonly values: Float
  /** How much of each variable was taken, 1 in all, [..., variables]: what explains a forecast. */
  readonly weights: Float
}

/**
 * A variable selection network over embedded variables, [..., features] each (Lim et al., 2021, equations 6 to 8): v = softmax(GRN(Ξ, c)) with all
 * variables side by side in Ξ, each variable through a network of its own, and their sum weighted by v.
 *
 * @example
 * const { values, weights } = selectedVariables(parameters.in('known'), [price, promotion], 64, { context: whole })
 */
export function selectedVariables(
  parameters: Parameters,
  variables: readonly Float[],
  units: number,
  options: GatedOptions = {},
): Selected {
  const { context: _, ...own } = options
  const count = variables.length
  const scores = gatedResidual(parameters.in('weights'), concat(variables), count, { hidden: units, ...options })
  const weights = softmax(scores)
  const shares = split(weights, new Array<number>(count).fill(1))
  const taken = variables.map((variable, j) =>
    mul(gatedResidual(parameters.in(`variable${j}`), variable, units, own), shares[j] as Float),
  )
  return { values: taken.reduce((a, b) => add(a, b)), weights }
}
