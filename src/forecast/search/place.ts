import type { Parameter, ParameterValue, ParameterValues, SearchSpace } from './space.ts'

/** Digits of a number that is searched: more would not be told apart, and could not be read. */
const DIGITS = 4

/** How many values a parameter has; infinite where it is no whole number or choice. */
export function sizeOf(parameter: Parameter): number {
  if (parameter.kind === 'choice') return parameter.values.length
  return parameter.kind === 'integer' ? parameter.high - parameter.low + 1 : Number.POSITIVE_INFINITY
}

const isLog = (parameter: Parameter) =>
  parameter.kind === 'logUniform' || (parameter.kind === 'integer' && parameter.log === true)

/** The ends between which numbers lie evenly (or their logarithms do): a whole number has half of its gap on either side. */
function endsOf(parameter: Exclude<Parameter, { kind: 'choice' }>): readonly [number, number] {
  const half = parameter.kind === 'integer' ? 0.5 : 0
  const [low, high] = [parameter.low - half, parameter.high + half]
  return isLog(parameter) ? [Math.log(low), Math.log(high)] : [low, high]
}

/** The value at a place between 0 and 1. */
export function valueAt(parameter: Parameter, place: number): ParameterValue {
  if (parameter.kind === 'choice') {
    const index = Math.min(parameter.values.length - 1, Math.floor(place * parameter.values.length))
    return parameter.values[index] as ParameterValue
  }
  const [low, high] = endsOf(parameter)
  const raw = isLog(parameter) ? Math.exp(low + place * (high - low)) : low + place * (high - low)
  const value = parameter.kind === 'integer' ? Math.round(raw) : Number(raw.toPrecision(DIGITS))
  return Math.min(parameter.high, Math.max(parameter.low, value))
}

/** The place of a value: the index of a choice, otherwise between 0 and 1. */
export function placeOf(parameter: Parameter, value: ParameterValue): number {
  if (parameter.kind === 'choice') return parameter.values.indexOf(value)
  const [low, high] = endsOf(parameter)
  const at = isLog(parameter) ? Math.log(value as number) : (value as number)
  return (at - low) / (high - low)
}

/** Whether a parameter is there under what was chosen before it. */
export function isActive({ when }: Parameter, chosen: ParameterValues): boolean {
  return Object.entries(when ?? {}).every(([other, values]) => {
    const value = chosen[other]
    return value !== undefined && values.includes(value)
  })
}

/** Chooses every parameter that is there, in the order of declaration. */
export function chosenBy(
  space: SearchSpace,
  choose: (parameter: Parameter, name: string, index: number) => ParameterValue,
): ParameterValues {
  const chosen: Record<string, ParameterValue> = {}
  for (const [index, [name, parameter]] of Object.entries(space).entries())
    if (isActive(parameter, chosen)) chosen[name] = choose(parameter, name, index)
  return chosen
}

/** What the parameters of a candidate stand for where defaults fill in what is not said; parameters without a default stay out. */
export function withDefaults(space: SearchSpace, values: ParameterValues): ParameterValues {
  const filled: Record<string, ParameterValue> = {}
  for (const [name, parameter] of Object.entries(space)) {
    const value = values[name] ?? parameter.default
    if (value !== undefined && isActive(parameter, filled)) filled[name] = value
  }
  return filled
}

/**
 * Parameters as the options of a model: a dot in a name becomes an object.
 *
 * @example
 * optionsOf({ 'objective.power': 1.3, leaves: 31 }) // → { objective: { power: 1.3 }, leaves: 31 }
 */
export function optionsOf(values: ParameterValues): Record<string, unknown> {
  const options: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(values)) {
    const path = name.split('.')
    const last = path.pop() as string
    let inside = options
    for (const part of path) {
      inside[part] ??= {}
      inside = inside[part] as Record<string, unknown>
    }
    inside[last] = value
  }
  return options
}
