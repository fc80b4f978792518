import { z } from 'zod'
import type { Locale } from '../core/errors.ts'
import type { Run } from '../core/run.ts'

/** A text in both languages. */
export type Both = { readonly [L in Locale]: string }

/** What the help says of an option: its meaning, and the word that stands for its value (none for a switch). */
export type OptionHelp = {
  readonly about: Both
  readonly value?: string
}

/** Where an operation runs. */
export interface Context {
  readonly run: Run
  /** Folder of the workspace. */
  readonly workspace: string
  /** The command as it was typed, for the report. */
  readonly command: string
  readonly json: boolean
  /** Says a line to people, on stderr. */
  say(line: string): void
}

/**
 * One thing that Foretide can be asked to do, declared once; the command line and the HTTP interface derive from it.
 *
 * `options` is a zod object whose fields carry {@link OptionHelp} as metadata; `print` words a result for people.
 */
export interface Operation<Shape extends z.ZodRawShape = z.ZodRawShape, Result = unknown> {
  readonly name: string
  readonly about: Both
  /** The word for positional arguments, when it takes any. */
  readonly takes?: string
  readonly options: z.ZodObject<Shape>
  perform(options: z.infer<z.ZodObject<Shape>>, given: readonly string[], context: Context): Promise<Result>
  print(result: Result, locale: Locale): string
}

/** Declares an operation with its types inferred. */
export function operation<Shape extends z.ZodRawShape, Result>(declared: Operation<Shape, Result>): Operation {
  return declared as unknown as Operation
}

/** Help for one option. */
export const help = (en: string, zh: string, value?: string): OptionHelp => ({
  about: { en, zh },
  ...(value ? { value } : {}),
})

/** A comma-separated list. */
export const list = () =>
  z.string().transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean),
  )
/** A whole number written as text, within bounds. */
export const whole = (least: number, most = Number.MAX_SAFE_INTEGER) => z.coerce.number().int().min(least).max(most)

/** What the help says of each option of an operation, by its name on the command line. */
export function optionsOf(declared: Operation): { name: string; flag: string; help: OptionHelp }[] {
  return Object.entries(declared.options.shape).map(([name, schema]) => ({
    name,
    flag: name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`),
    help: (schema as z.ZodType).meta() as unknown as OptionHelp,
  }))
}
