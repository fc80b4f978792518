import { availableParallelism } from 'node:os'
import { type Details, ForetideError, type Locale } from './errors.ts'
import type { MessageCode } from './messages/index.ts'
import { Random } from './random.ts'

/** How far a long piece of work has come. */
export interface Progress {
  /** What is being done, a stage of the pipeline or a model's name. */
  readonly stage: string
  readonly done: number
  readonly total: number
  /** Where a network that learns stands. */
  readonly learning?: { readonly loss: number; readonly rate: number }
}

/** Something a person should know that stops nothing, as coded data. */
export interface Notice {
  readonly code: MessageCode
  readonly details: Details
}

/**
 * What every computation is handed and nothing is global for: randomness, clock, interrupt, progress, notices, threads.
 */
export interface Run {
  readonly seed: number
  /** A random source of its own for each name, the same under the same seed. */
  random(stream: string): Random
  now(): Date
  readonly signal: AbortSignal
  progress(progress: Progress): void
  notice(notice: Notice): void
  readonly threads: number
  readonly locale: Locale
}

/** A run with what is given, and sensible defaults (seed 0, all processors but at most 8, English, silence) for the rest. */
export function runOf(given: Partial<Omit<Run, 'random'>> = {}): Run {
  const seed = given.seed ?? 0
  return {
    seed,
    random: (stream) => Random.of(seed, stream),
    now: given.now ?? (() => new Date()),
    signal: given.signal ?? new AbortController().signal,
    progress: given.progress ?? (() => {}),
    notice: given.notice ?? (() => {}),
    threads: given.threads ?? Math.min(8, availableParallelism()),
    locale: given.locale ?? 'en',
  }
}

/** Throws the coded interrupt if the run was asked to stop; called between pieces of work. */
export function checkInterrupt(run: Run): void {
  if (run.signal.aborted) throw new ForetideError('run.interrupted')
}
