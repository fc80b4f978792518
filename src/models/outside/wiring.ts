import { ForetideError } from '../../core/errors.ts'
import type { Head, Header } from './header.ts'
import type { Layout } from './layout.ts'

/** Types that the past can be handed over in. */
const CONTEXT_TYPES = ['float32', 'float64'] as const
/** Types that a mask of it can be handed over in. */
export const MASK_TYPES = ['float32', 'float64', 'int64', 'int32', 'bool'] as const

/** Which tensors of a model play which part, by the names that the model itself has for them. */
export interface Wiring {
  readonly context: { readonly name: string; readonly type: (typeof CONTEXT_TYPES)[number] }
  readonly mask?: { readonly name: string; readonly type: (typeof MASK_TYPES)[number] }
  readonly outputs: string
  /** Series at once, where the model takes so many and no others. */
  readonly batch?: number
  /** Periods of the past, where the model takes so many and no others. */
  readonly length?: number
}

const said = ({ name, type, dims }: Head) =>
  `'${name}' (${type}${dims ? ` [${dims.map((d) => d ?? '?').join(', ')}]` : ''})`
const listed = (heads: readonly Head[]) => heads.map(said).join(', ') || 'none'
const ofRank = (rank: number) => (head: Head) => head.dims === undefined || head.dims.length === rank

/**
 * Finds the tensors of a layout in a model: by name, or where a name is not there, the only one that fits.
 *
 * Refuses a model that does not have them in the types, ranks and sizes of the layout, and one that wants more than the layout tells of.
 */
export function wiringOf(file: string, layout: Layout, { inputs, outputs }: Header): Wiring {
  const none = (name: string, heads: readonly Head[]) => refusal('outside.input', { file, name, has: listed(heads) })
  const context = inputOf(layout.context, inputs, layout.mask)
  if (!context) throw none(layout.context, inputs)
  const rest = inputs.filter((head) => head !== context)
  const mask = layout.mask === undefined ? undefined : inputOf(layout.mask, rest)
  // Where NaN says what is missing, a mask would say it twice: a model may go without.
  if (layout.mask !== undefined && !mask && layout.missing !== 'nan') throw none(layout.mask, rest)
  const unfed = rest.filter((head) => head !== mask)
  if (unfed.length > 0) throw refusal('outside.unfed', { file, names: listed(unfed) })
  const output = outputOf(file, layout, outputs)
  const batch = sizeOf(context, 0)
  const length = sizeOf(context, 1)
  for (const [axis, size] of [batch, length].entries())
    if (mask && size !== undefined && (sizeOf(mask, axis) ?? size) !== size)
      throw refusal('outside.dims', { file, name: mask.name, found: said(mask), wanted: said(context) })
  return {
    context: { name: context.name, type: typeOf(file, context, CONTEXT_TYPES) },
    ...(mask && { mask: { name: mask.name, type: typeOf(file, mask, MASK_TYPES) } }),
    outputs: output.name,
    ...(batch !== undefined && { batch }),
    ...(length !== undefined && { length }),
  }
}

/** The input of a name, or where there is no such name, the only one that fits; `other` is the name of another. */
function inputOf(name: string, heads: readonly Head[], other?: string): Head | undefined {
  const fitting = heads.filter(ofRank(2))
  // A name that is there, of another rank, is a misunderstanding that a guess would only hide.
  if (heads.some((head) => head.name === name)) return fitting.find((head) => head.name === name)
  const free = fitting.filter((head) => head.name !== other)
  return free.length === 1 ? free[0] : undefined
}

/** The sizes of the output by a layout; one level may come without an axis of its own. */
export function shapesOf({ levels, horizon, axes }: Layout): readonly (readonly number[])[] {
  const full = axes === 'quantiles-steps' ? [levels.length, horizon] : [horizon, levels.length]
  return levels.length === 1 ? [full, [horizon]] : [full]
}

/** Such sizes as a text. */
export const shapeText = (layout: Layout) =>
  shapesOf(layout)
    .map((shape) => `[batch, ${shape.join(', ')}]`)
    .join(' / ')

function outputOf(file: string, layout: Layout, heads: readonly Head[]): Head {
  const shapes = shapesOf(layout)
  const fitting = heads.filter((head) => shapes.some((shape) => ofRank(shape.length + 1)(head)))
  const name = layout.outputs
  const named = heads.find((head) => head.name === name)
  const [only] = fitting
  const output = named ? fitting.find((head) => head === named) : fitting.length === 1 ? only : undefined
  if (!output) throw refusal('outside.output', { file, name, wanted: shapeText(layout), has: listed(heads) })
  typeOf(file, output, CONTEXT_TYPES)
  const { dims } = output
  const fits = (shape: readonly number[]) =>
    dims?.length === shape.length + 1 && shape.every((size, k) => (sizeOf(output, k + 1) ?? size) === size)
  if (dims && !shapes.some(fits))
    throw refusal('outside.dims', { file, name: output.name, found: said(output), wanted: shapeText(layout) })
  return output
}

function sizeOf({ dims }: Head, axis: number): number | undefined {
  const size = dims?.[axis]
  return typeof size === 'number' ? size : undefined
}

function typeOf<T extends string>(file: string, { name, type }: Head, known: readonly T[]): T {
  const found = known.find((t) => t === type)
  if (found === undefined) throw refusal('outside.type', { file, name, type, known: known.join(', ') })
  return found
}

const refusal = (
  code: 'outside.input' | 'outside.output' | 'outside.unfed' | 'outside.type' | 'outside.dims',
  details: Readonly<Record<string, string>>,
) => new ForetideError(code, details, { fault: 'usage' })
