import { parseArgs } from 'node:util'
import type { z } from 'zod'
import { ForetideError, LOCALES, type Locale, textOf } from '../core/errors.ts'
import { type Run, runOf } from '../core/run.ts'
import { VERSION } from '../core/version.ts'
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
    if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
      locale = localeOf(rest[rest.indexOf('--locale') + 1], env)
      process.stdout.write(overview(OPERATIONS, locale))
      return name === undefined ? EXIT.usage : 0
    }
    if (name === '--version') {
      process.stdout.write(`${VERSION}\n`)
      return 0
    }
    const declared = OPERATIONS.find((o) => o.name === name)
    if (!declared)
      throw new ForetideError(
        'usage.command',
        { command: name, hint: nearest(name, OPERATIONS, locale) },
        { fault: 'usage' },
      )
    const { values, positionals } = parse(declared, rest)
    locale = localeOf(values.locale as string | undefined, env)
    if (values.help) {
      process.stdout.write(commandHelp(declared, locale))
      return 0
    }
    const quiet = Boolean(values.quiet)
    const say = (line: string) => {
      if (quiet) return
      view.clear()
      process.stderr.write(`${line}\n`)
    }
    const run: Run = runOf({
      seed: wholeNumber(declared, 'seed', values.seed as string),
      ...(values.threads === undefined
        ? {}
        : { threads: Math.max(1, wholeNumber(declared, 'threads', values.threads as string)) }),
      signal: stop.signal,
      locale,
      progress: quiet ? () => {} : (progress) => view.show(progress),
      notice: (notice) => say(textOf(notice.code, notice.details, locale)),
    })
    const context: Context = {
      run,
      workspace: values.workspace as string,
      command: `foretide ${argv.map(redact).join(' ')}`,
      json: Boolean(values.json),
      say,
    }
    const result = await declared.perform(validated(declared, values), positionals, context)
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
    process.stderr.write(`${error.text(locale)}\n`)
    return error.code === 'run.interrupted' ? EXIT.interrupted : EXIT[error.fault]
  }
  const text = error instanceof Error ? (env.FORETIDE_DEBUG ? error.stack : error.message) : String(error)
  process.stderr.write(`${locale === 'zh' ? '内部错误' : 'Internal error'}: ${text}\n`)
  return EXIT.failed
}

function parse(declared: Operation, rest: readonly string[]) {
  const options: Record<string, { type: 'string' | 'boolean'; multiple?: boolean }> = { ...COMMON }
  for (const { flag, help } of optionsOf(declared))
    options[flag] = { type: help.value === undefined ? 'boolean' : 'string' }
  try {
    const { values, positionals } = parseArgs({ args: [...rest], options, allowPositionals: true, strict: true })
    if (positionals.length > 0 && declared.takes === undefined) throw new Error(`Unexpected '${positionals[0]}'.`)
    return { values: values as Record<string, string | boolean | undefined>, positionals }
  } catch (error) {
    const problem =
      error instanceof Error ? (error.message.split('. ')[0] as string).replace(/\.?$/, '.') : String(error)
    throw new ForetideError('usage.option', { problem, command: declared.name }, { fault: 'usage' })
  }
}

function validated(
  declared: Operation,
  values: Readonly<Record<string, string | boolean | undefined>>,
): z.infer<z.ZodObject> {
  const given: Record<string, unknown> = {}
  for (const { name, flag } of optionsOf(declared)) if (values[flag] !== undefined) given[name] = values[flag]
  const parsed = declared.options.safeParse(given)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const name = String(issue?.path[0] ?? '')
  const option = optionsOf(declared).find((o) => o.name === name)?.flag ?? name
  const details = { option, value: String(given[name] ?? ''), problem: issue?.message ?? '', command: declared.name }
  throw new ForetideError('usage.value', details, { fault: 'usage' })
}

function wholeNumber(declared: Operation, option: string, value: string): number {
  if (/^\d{1,9}$/.test(value)) return Number(value)
  throw new ForetideError(
    'usage.value',
    { option, value, problem: '0, 1, 2, …', command: declared.name },
    { fault: 'usage' },
  )
}

function localeOf(wanted: string | undefined, env: NodeJS.ProcessEnv): Locale {
  if (LOCALES.includes(wanted as Locale)) return wanted as Locale
  return /^zh/i.test(env.LC_ALL || env.LC_MESSAGES || env.LANG || '') ? 'zh' : 'en'
}

/** Hides the password of a connection URL. */
function redact(argument: string): string {
  const safe = argument.replace(/(:\/\/[^:/@\s]+):[^@\s]*@/, '$1:•••@')
  return /[\s"'$]/.test(safe) ? JSON.stringify(safe) : safe
}

if (process.argv[1] && import.meta.filename === process.argv[1]) process.exitCode = await main(process.argv.slice(2))
