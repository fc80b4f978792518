import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * Runs a program in a process of its own and gives what it prints as its last line, one JSON document; its stderr is ours.
 *
 * @example
 * const { seconds } = await childJson<{ seconds: number }>(process.execPath, ['measure.ts'])
 */
export async function childJson<T>(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<T> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env } })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  if (code !== 0) throw new Error(`${program} ${args[0]} ended with ${code}`)
  return JSON.parse(Buffer.concat(chunks).toString().trim().split('\n').at(-1) as string) as T
}

/** The highest resident memory that this process ever had, in GiB: VmHWM of Linux, elsewhere what getrusage says. */
export function peakGiB(): number {
  try {
    const kibibytes = /VmHWM:\s*(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
    if (kibibytes) return Number(kibibytes) / 2 ** 20
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS / 2 ** 20
}

/** The middle of numbers, the mean of the two middle ones where they are even in number. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  const upper = sorted[half] as number
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] as number) + upper) / 2
}
