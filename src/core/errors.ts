import { MESSAGES, type MessageCode } from './messages/index.ts'

/** The languages that people's text exists in. */
export const LOCALES = ['en', 'zh'] as const
export type Locale = (typeof LOCALES)[number]

/** What an error or a warning is about: names and values to be put into its text. */
export type Details = Readonly<Record<string, string | number | boolean | undefined>>

/** A message in both languages; `{name}` stands for a detail, and the text names cause and remedy. */
export type Message = { readonly [L in Locale]: string }

/** The text of a coded message in a language, its details filled in. */
export function textOf(code: MessageCode, details: Details, locale: Locale): string {
  return fill(MESSAGES[code][locale], details)
}

/** Puts details into the `{name}` places of a text; a detail that is absent leaves its place empty. */
function fill(text: string, details: Details): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(details[name] ?? ''))
}

/** What went wrong in a few words for programs: `badInput` (exit 3), `usage` (exit 2), `failed` (exit 1). */
export type Fault = 'badInput' | 'usage' | 'failed'

/**
 * An error as data: a code, details, and a text with cause and remedy in English and Chinese.
 *
 * @example
 * new ForetideError('calendar.date', { value: '31/31/2026' }).text('en') // → "'31/31/2026' is not a date. Write dates as 2026-11-22."
 */
export class ForetideError extends Error {
  readonly code: MessageCode
  readonly details: Details
  readonly fault: Fault

  constructor(code: MessageCode, details: Details = {}, options: { cause?: unknown; fault?: Fault } = {}) {
    super(textOf(code, details, 'en'), options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'ForetideError'
    this.code = code
    this.details = details
    this.fault = options.fault ?? 'failed'
  }

  text(locale: Locale): string {
    return textOf(this.code, this.details, locale)
  }
}

/**
 * A model's typed refusal to answer one series, upon which the next candidate is tried; it is data and no failure.
 *
 * @example
 * new CannotForecast('tooShort', { has: 3, needs: 14 }).text('en') // → 'The series has 3 values; the model needs 14.'
 */
export class CannotForecast extends Error {
  readonly reason: Refusal
  readonly details: Details

  constructor(reason: Refusal, details: Details = {}) {
    super(textOf(`refusal.${reason}`, details, 'en'))
    this.name = 'CannotForecast'
    this.reason = reason
    this.details = details
  }

  text(locale: Locale): string {
    return textOf(`refusal.${this.reason}`, this.details, locale)
  }
}

/** Why a model refuses a series. */
export const REFUSALS = [
  'tooShort',
  'noValues',
  'notPositive',
  'noSeason',
  'missingColumn',
  'didNotConverge',
  'established',
] as const
export type Refusal = (typeof REFUSALS)[number]
