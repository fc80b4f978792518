import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The command's program; Node runs it as it is. */
export const CLI = fileURLToPath(new URL('../../src/serve/cli.ts', import.meta.url))

/** What a command left behind. */
export interface Outcome {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A command under way. */
export interface Started {
  readonly outcome: Promise<Outcome>
  stop(signal: NodeJS.Signals): void
}

/** An environment that says nothing of language or colour, so that tests say it. */
const PLAIN = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(LANG|LC_|NO_COLOR|FORCE_)/.test(name)),
)

/** Where Node keeps what it made of the sources, so that only the first of many commands has to. */
const COMPILED = join(tmpdir(), 'foretide-compiled')

/** Starts the real command in a folder. */
export function start(folder: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Started {
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: folder,
    env: { ...PLAIN, LANG: 'C', NODE_COMPILE_CACHE: COMPILED, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const outcome = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
  return { outcome, stop: (signal) => child.kill(signal) }
}

/** Runs the real command in a folder to its end. */
export const foretide = (folder: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Outcome> =>
  start(folder, args, env).outcome

/** Does something in a temporary folder that holds these files. */
export async function inFolder<T>(
  files: Readonly<Record<string, string | Uint8Array>>,
  act: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'foretide-cli-'))
  try {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), content)
    }
    return await act(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The date some days after the first of March 2025. */
export const day = (t: number) => new Date(Date.UTC(2025, 2, 1 + t)).toISOString().slice(0, 10)

/** Units of an item on a day: a weekly rhythm and a little unevenness that repeats in no week. */
export const units = (item: number, t: number) =>
  10 + 5 * item + ([0, 1, 2, 3, 4, 12, 9][t % 7] as number) + ((t * t + 3 * item) % 5)

/** A table as CSV, one row an item and day. */
export function csv(
  head: string,
  items: readonly string[],
  days: number,
  row: (item: string, date: string, units: number, t: number) => string,
): string {
  const rows = items.flatMap((item, i) => Array.from({ length: days }, (_, t) => row(item, day(t), units(i, t), t)))
  return `${head}\n${rows.join('\n')}\n`
}

/** The rows of a CSV without quoted line ends, as cells by column. */
export function rowsOf(text: string): Record<string, string>[] {
  const [head = '', ...lines] = text.trimEnd().split('\n')
  const cells = (line: string) =>
    [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((m) => m[1]?.replaceAll('""', '"') ?? m[2] ?? '')
  const names = cells(head)
  return lines.map((line) => Object.fromEntries(cells(line).map((cell, k) => [names[k] ?? `cell${k}`, cell])))
}

/** Options that keep a run short: two quick models, one window. */
export const QUICK = ['--models', 'seasonal-naive,naive', '--windows', '1', '--threads', '1']
