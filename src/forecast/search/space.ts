import { ForetideError } from '../../core/errors.ts'

/** A value that a parameter can take. */
export type ParameterValue = string | number | boolean

/** Values of parameters by name; those left out keep the model's own default. */
export type ParameterValues = Readonly<Record<string, ParameterValue>>

/** What every parameter can say of itself. */
interface Told {
  /** What the model takes where nothing is said: where the default stands for the model of what is good. */
  readonly default?: ParameterValue
  /** Only there while an earlier parameter has one of these values. */
  readonly when?: Readonly<Record<string, readonly ParameterValue[]>>
}

/** What may be chosen of one parameter, as plain data. */
export type Parameter = Told &
  (
    | { readonly kind: 'uniform' | 'logUniform'; readonly low: number; readonly high: number }
    /** Whole numbers from `low` to `high`, both included; with `log` as many small as large ones by ratio. */
    | { readonly kind: 'integer'; readonly low: number; readonly high: number; readonly log?: boolean }
    | { readonly kind: 'choice'; readonly values: readonly ParameterValue[] }
  )

/** Parameters by name; a dot in a name reaches into an option that is an object itself (`objective.power`). */
export type SearchSpace = Readonly<Record<string, Parameter>>

/**
 * Checks a declaration of what may be searched and freezes it.
 *
 * Refuses a space without parameters, bounds that are none, logarithms of what is not above zero, choices without or with equal
 * values, defaults outside, and conditions on parameters that do not come before or cannot take the value.
 *
 * @example
 * searchSpace({ alpha: { kind: 'logUniform', low: 0.01, high: 1 } }).alpha.kind // → 'logUniform'
 */
export function searchSpace<const S extends SearchSpace>(declared: S): S {
  const names = Object.keys(declared)
  if (names.length === 0) throw refusal('', 'is missing: there must be one at the least', '缺失：至少需要一个')
  for (const [k, name] of names.entries()) {
    const parameter = declared[name] as Parameter
    checkRange(name, parameter)
    if (parameter.default !== undefined && !takes(parameter, parameter.default))
      throw refusal(name, 'has a default outside of its range', '的默认值超出范围')
    for (const [other, values] of Object.entries(parameter.when ?? {})) {
      const before = names.slice(0, k).includes(other) ? declared[other] : undefined
      if (!before)
        throw refusal(name, `depends on '${other}', which is not declared before it`, `依赖的“${other}”未在其之前声明`)
      if (values.length === 0 || !values.every((value) => takes(before, value)))
        throw refusal(name, `waits for a value that '${other}' cannot take`, `所等待的取值不在“${other}”的范围内`)
    }
  }
  return Object.freeze(declared)
}

function checkRange(name: string, parameter: Parameter): void {
  if (parameter.kind === 'choice') {
    if (parameter.values.length === 0 || new Set(parameter.values).size < parameter.values.length)
      throw refusal(name, 'needs values to choose among, each once', '需要互不相同的候选值')
    return
  }
  const { kind, low, high } = parameter
  if (!(Number.isFinite(low) && Number.isFinite(high) && low < high))
    throw refusal(
      name,
      `needs a low bound below the high one, not ${low} and ${high}`,
      `的下限须小于上限，而不是 ${low} 与 ${high}`,
    )
  if ((kind === 'logUniform' || (kind === 'integer' && parameter.log)) && !(low > 0))
    throw refusal(
      name,
      `needs a low bound above zero for logarithms, not ${low}`,
      `取对数时下限须大于零，而不是 ${low}`,
    )
  if (kind === 'integer' && !(Number.isInteger(low) && Number.isInteger(high)))
    throw refusal(name, `needs whole bounds, not ${low} and ${high}`, `的上下限须为整数，而不是 ${low} 与 ${high}`)
}

/** Whether a parameter can have a value. */
function takes(parameter: Parameter, value: ParameterValue): boolean {
  if (parameter.kind === 'choice') return parameter.values.includes(value)
  if (typeof value !== 'number' || !(value >= parameter.low && value <= parameter.high)) return false
  return parameter.kind !== 'integer' || Number.isInteger(value)
}

function refusal(parameter: string, problem: string, problemZh: string): ForetideError {
  return new ForetideError('search.space', { parameter, problem, problemZh }, { fault: 'usage' })
}
