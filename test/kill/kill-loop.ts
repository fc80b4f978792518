import { spawn } from 'node:child_process'
import type { Random } from '../../src/core/random.ts'

/** Programs that are started and killed again and again, and how to tell that nothing broke. */
export interface KillLoop {
  readonly times: number
  /** The arguments of Node in a round. */
  readonly start: (round: number) => readonly string[]
  /** Text on its standard output from which on the delay counts; from its start where absent. */
  readonly ready?: string
  /** The longest delay before the kill, in milliseconds; each is drawn evenly from 0 up to it. */
  readonly longest: number
  readonly random: Random
  /** Looks at what a round left behind and says what is wrong with it; `ended` is true where the program was quicker than the kill. */
  readonly check: (round: number, stdout: string, ended: boolean) => Promise<string | undefined>
}

/** How many rounds were killed in the midst of their work, and everything that was found wrong. */
export interface KillOutcome {
  readonly killed: number
  readonly ended: number
  readonly faults: readonly string[]
}

/**
 * Starts a Node program, kills it with SIGKILL at a random moment, checks what is left, and does so again.
 *
 * @example
 * await killLoop({ times: 100, start: () => ['src/serve/cli.ts', 'run', file], longest: 4000, random, check })
 */
export async function killLoop(loop: KillLoop): Promise<KillOutcome> {
  const faults: string[] = []
  let killed = 0
  for (let round = 0; round < loop.times; round++) {
    const { stdout, ended, stderr, code } = await startAndKill(loop, round)
    if (!ended) killed++
    else if (code !== 0) faults.push(`round ${round}: ended with ${code}: ${stderr}`)
    const fault = await loop.check(round, stdout, ended)
    if (fault !== undefined) faults.push(`round ${round}: ${fault}`)
  }
  return { killed, ended: loop.times - killed, faults }
}

interface Round {
  readonly stdout: string
  readonly stderr: string
  readonly ended: boolean
  readonly code: number | null
}

function startAndKill({ start, ready, longest, random }: KillLoop, round: number): Promise<Round> {
  const delay = random.uniform() * longest
  const child = spawn(process.execPath, [...start(round)], { stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  let timer: NodeJS.Timeout | undefined
  const arm = () => {
    timer ??= setTimeout(() => child.kill('SIGKILL'), delay)
  }
  if (ready === undefined) arm()
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk
    if (ready !== undefined && stdout.includes(ready)) arm()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      resolve({ stdout, stderr, ended: signal !== 'SIGKILL', code })
    })
  })
}
