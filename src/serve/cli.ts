import { parseArgs } from 'node:util'
import type { z } from 'zod'
import { ForetideError, LOCALES, type Locale, textOf } from '../core/errors.ts'
import { type Run, runOf } from '../core/run.ts'
import { VERSION } from '../core/version.ts'
import { DRAFT } from '../store/files.ts'
import { type Context, type Operation, optionsOf } from './operation.ts'
import { OPERATIONS } from './operations/index.ts'
import { ProgressView } from './progress.ts'
import { commandHelp, nearest, overview } from './usage.ts'

/** Exit codes, by what went wrong. */
const EXIT = { failed: 1, usage: 2, badInput: 3, interrupted: 130 } as const

const COMMON = {
  workspace: { type: 'string', default: '.foretide' },
  json: { type: 'boolean', default: false },
  quiet: { type: 'boolean', default: false },
  seed: { type: 'string', default: '0' },
  threads: { type: 'string' },
  locale: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
  version: { type: 'boolean', default: false },
} as const

/**
 * Runs one command line and returns its exit code: 0 done, 1 failed, 2 wrong usage, 3 bad input, 130 interrupted.
 *
 * Results go to stdout (one JSON document with `--json`), everything for people's eyes alone to stderr.
 */
export async function main(argv: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<number> {
  let locale = localeOf(undefined, env)
  const view = new ProgressView(process.stderr, env)
  const stop = new AbortController()
  const onInterrupt = () => stop.abort()
  process.once('SIGINT', onInterrupt)
  process.once('SIGTERM', onInterrupt)
  try {
    const [name, ...rest] = argv
    locale = localeOf(spokenOf(argv), env)
    if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
      const about = OPERATIONS.find((o) => o.name === rest[0])
      process.stdout.write(about ? commandHelp(about, locale) : overview(OPERATIONS, locale))
      return name === undefined ? EXIT.usage : 0
    }
    if (name === '--version') {
      process.stdout.write(`${VERSION}\n`)
      return 0
    }
    const declared = OPERATIONS.find((o) => o.name === name)
    const names = OPERATIONS.map((o) => o.name)
    if (!declared)
      throw new ForetideError(
        'usage.command',
        { command: secretless(name), hint: nearest(name, names, locale) },
        { fault: 'usage' },
      )
    const { values, positionals } = parse(declared, rest, locale)
    if (values.locale !== undefined && !LOCALES.includes(values.locale as Locale))
      throw wrongValue(declared, 'locale', values.locale as string, LOCALES.join(' | '))
    if (values.help) {
      process.stdout.write(commandHelp(declared, locale))
      return 0
    }
    const quiet = Boolean(values.quiet)
    const say = (line: string) => {
      if (quiet) return
      view.clear()
      process.stderr.write(`${secretless(line)}\n`)
    }
    const run: Run = runOf({
      seed: wholeNumber(declared, 'seed', values.seed as string),
      ...(values.threads === undefined
        ? {}
        : { threads: Math.max(1, wholeNumber(declared, 'threads', values.threads as string)) }),
      signal: stop.signal,
      locale,
      progress: quiet ? () => {} : (progress) => view.show(progress, locale),
      notice: (notice) => say(textOf(notice.code, notice.details, locale)),
    })
    const context: Context = {
      run,
      workspace: values.workspace as string,
      command: `foretide ${argv.map(shown).join(' ')}`,
      json: Boolean(values.json),
      say,
    }
    const result = await declared.perform(validated(declared, values, locale), positionals, context)
    view.clear()
    process.stdout.write(context.json ? `${JSON.stringify(result, null, 2)}\n` : declared.print(result, locale))
    return 0
  } catch (error) {
    view.clear()
    return failure(error, locale, env)
  } finally {
    process.off('SIGINT', onInterrupt)
    process.off('SIGTERM', onInterrupt)
  }
}

function failure(error: unknown, locale: Locale, env: NodeJS.ProcessEnv): number {
  if (error instanceof ForetideError) {
    process.stderr.write(`${secretless(error.text(locale))}\n`)
    return error.code === 'run.interrupted' ? EXIT.interrupted : EXIT[error.fault]
  }
  const { path, code } = error as NodeJS.ErrnoException
  if (typeof path === 'string' && typeof code === 'string' && !env.FORETIDE_DEBUG) {
    process.stderr.write(`${textOf('system.file', { path: path.replace(DRAFT, ''), why: code }, locale)}\n`)
    return EXIT.failed
  }
  const text = error instanceof Error ? (env.FORETIDE_DEBUG ? error.stack : error.message) : String(error)
  process.stderr.write(`${locale === 'zh' ? '内部错误' : 'Internal error'}: ${secretless(text ?? '')}\n`)
  return EXIT.failed
}

function parse(declared: Operation, rest: readonly string[], locale: Locale) {
  const options: Record<string, { type: 'string' | 'boolean'; multiple?: boolean }> = { ...COMMON }
  for (const { flag, help } of optionsOf(declared))
    options[flag] = { type: help.value === undefined ? 'boolean' : 'string' }
  const refused = (code: 'usage.unexpected' | 'usage.unknown' | 'usage.form', what: string, hint = '') =>
    new ForetideError(code, { what, hint, command: declared.name }, { fault: 'usage' })
  try {
    const { values, positionals } = parseArgs({
      args: [...rest],
      options,
      allowPositionals: true,
      allowNegative: true,
      strict: true,
    })
    if (positionals.length > 0 && declared.takes === undefined)
      throw refused('usage.unexpected', secretless(positionals[0] as string))
    return { values: values as Record<string, string | boolean | undefined>, positionals }
  } catch (error) {
    if (error instanceof ForetideError) throw error
    const flag = /'[^']*?(--?[^'\s=]*)/.exec(error instanceof Error ? error.message : '')?.[1] ?? ''
    const known = Object.keys(options).map((name) => `--${name}`)
    throw (error as NodeJS.ErrnoException).code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION'
      ? refused('usage.unknown', flag, nearest(flag, known, locale))
      : refused('usage.form', flag)
  }
}

function validated(
  declared: Operation,
  values: Readonly<Record<string, string | boolean | undefined>>,
  locale: Locale,
): z.infer<z.ZodObject> {
  const given: Record<string, unknown> = {}
  for (const { name, flag } of optionsOf(declared)) if (values[flag] !== undefined) given[name] = values[flag]
  const parsed = declared.options.safeParse(given)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0] as z.core.$ZodIssue
  const name = String(issue.path[0] ?? '')
  const option = optionsOf(declared).find((o) => o.name === name)?.flag ?? name
  throw wrongValue(declared, option, String(given[name] ?? ''), problemOf(issue, locale))
}

/** What would do instead, in signs that need no translation where there are any. */
function problemOf(issue: z.core.$ZodIssue, locale: Locale): string {
  if (issue.code === 'too_small') return `${issue.inclusive === false ? '>' : '≥'} ${issue.minimum}`
  if (issue.code === 'too_big') return `${issue.inclusive === false ? '<' : '≤'} ${issue.maximum}`
  if (issue.code === 'invalid_value') return issue.values.join(' | ')
  if (issue.code === 'invalid_union')
    return issue.errors.map(([first]) => (first ? problemOf(first, locale) : '')).join(' | ')
  if (issue.code === 'invalid_type') return locale === 'zh' ? '数字' : 'a number'
  return issue.message
}

const wrongValue = (declared: Operation, option: string, value: string, problem: string) =>
  new ForetideError('usage.value', { option, value, problem, command: declared.name }, { fault: 'usage' })

function wholeNumber(declared: Operation, option: string, value: string): number {
  if (/^\d{1,9}$/.test(value)) return Number(value)
  throw wrongValue(declared, option, value, '0, 1, 2, …')
}

/** The language asked for anywhere on the line, so that even a line that cannot be read is answered in it. */
function spokenOf(argv: readonly string[]): string | undefined {
  const place = argv.findIndex((word) => word === '--locale' || word.startsWith('--locale='))
  return place < 0 ? undefined : (argv[place]?.split('=')[1] ?? argv[place + 1])
}

function localeOf(wanted: string | undefined, env: NodeJS.ProcessEnv): Locale {
  if (LOCALES.includes(wanted as Locale)) return wanted as Locale
  return /^zh/i.test(env.LC_ALL || env.LC_MESSAGES || env.LANG || '') ? 'zh' : 'en'
}

/** Hides the secrets of connection URLs in a text: the password, and whatever a query carries that is called one. */
const secretless = (text: string) =>
  text
    .replace(/(:\/\/[^:/?#\s]*):\S*@/g, '$1:•••@')
    .replace(/([?&][^=&\s]*(?:password|pwd|secret|token|key)[^=&\s]*)=[^&\s]*/gi, '$1=•••')

/** A word of the command line as it may be shown and typed again. */
function shown(argument: string): string {
  const safe = secretless(argument)
  return /[\s"'$]/.test(safe) ? JSON.stringify(safe) : safe
}

// A reader that goes away early (`foretide models | head -1`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})
if (process.argv[1] && import.meta.filename === process.argv[1]) process.exitCode = await main(process.argv.slice(2))
