import { setImmediate } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { ForetideError } from './errors.ts'
import type { MessageCode } from './messages/index.ts'
import { checkInterrupt, type Run } from './run.ts'

/**
 * A piece of work cut into jobs for worker threads.
 *
 * The module's export `fn` is called once a worker with `shared` and returns the function that does a job; both travel by
 * structured clone, arrays on shared memory without a copy.
 */
export interface ParallelTask<Shared, Job> {
  /** `import.meta.url` of, or a URL to, the module that holds `fn`. */
  readonly module: string | URL
  readonly fn: string
  readonly shared: Shared
  readonly jobs: readonly Job[]
  /** Named in progress reports; silent without. */
  readonly stage?: string
  /** How much each job counts in progress; 1 unless given. */
  readonly weights?: readonly number[]
}

/** What the named export of a task's module must be. */
export type JobMaker<Shared, Job, Result> = (shared: Shared) => (job: Job) => Result | Promise<Result>

/** Milliseconds of work on the calling thread after which the event loop gets its turn, or an interrupt would never be heard. */
const BREATH = 50

/**
 * Does the jobs of a task on `run.threads` worker threads and returns their results in the order of the jobs.
 *
 * With one thread or one job it stays on the calling thread. An error in a job ends the task; an interrupt ends it between
 * jobs. Workers are kept for the next task and do not hold the process open.
 */
export async function parallelMap<Shared, Job, Result>(run: Run, task: ParallelTask<Shared, Job>): Promise<Result[]> {
  checkInterrupt(run)
  const { jobs, stage, weights } = task
  const results = new Array<Result>(jobs.length)
  const total = weights ? weights.reduce((a, b) => a + b, 0) : jobs.length
  let done = 0
  const finished = (index: number, result: Result) => {
    results[index] = result
    done += weights?.[index] ?? 1
    if (stage !== undefined) run.progress({ stage, done, total })
  }
  const threads = Math.min(run.threads, jobs.length)
  if (threads <= 1) {
    const module = await import(String(task.module))
    const job = (module[task.fn] as JobMaker<Shared, Job, Result>)(task.shared)
    let breath = performance.now()
    for (const [index, item] of jobs.entries()) {
      if (performance.now() - breath > BREATH) {
        await setImmediate()
        breath = performance.now()
      }
      checkInterrupt(run)
      finished(index, await job(item))
    }
    return results
  }
  const lanes = takeLanes(threads)
  let next = 0
  let failed = false
  try {
    await Promise.all(
      lanes.map(async (lane) => {
        lane.worker.ref()
        await lane.ask<void>({ setup: { module: String(task.module), fn: task.fn, shared: task.shared } })
        while (next < jobs.length && !failed) {
          checkInterrupt(run)
          const index = next++
          finished(index, await lane.ask<Result>({ job: jobs[index] }))
        }
      }),
    )
  } catch (error) {
    failed = true
    throw error
  } finally {
    for (const lane of lanes) giveBack(lane)
  }
  return results
}

/**
 * Puts one worker thread to each job, all at once, and resolves when every one of them is about to begin: for threads that work
 * together through shared memory until they are told to stop. `done` settles when all have come back.
 */
export async function enlist<Shared, Job>(
  task: Pick<ParallelTask<Shared, Job>, 'module' | 'fn' | 'shared' | 'jobs'>,
): Promise<{ readonly done: Promise<unknown> }> {
  const taken = takeLanes(task.jobs.length)
  const release = () => {
    for (const lane of taken) giveBack(lane)
  }
  try {
    for (const lane of taken) lane.worker.ref()
    const setup = { module: String(task.module), fn: task.fn, shared: task.shared }
    await Promise.all(taken.map((lane) => lane.ask<void>({ setup })))
    const done = Promise.all(taken.map((lane, i) => lane.ask<unknown>({ job: task.jobs[i] }))).finally(release)
    return { done }
  } catch (error) {
    release()
    throw error
  }
}

/** What goes to a worker: what to prepare, or what to do. */
export type Order =
  | { readonly setup: { readonly module: string; readonly fn: string; readonly shared: unknown } }
  | { readonly job: unknown }
/** What comes back: a result, or an error as data. */
export type Reply = { readonly result: unknown } | { readonly error: SentError }
interface SentError {
  readonly message: string
  readonly stack: string | undefined
  readonly code: MessageCode | undefined
  readonly details: Record<string, string | number | boolean | undefined> | undefined
}

class Lane {
  readonly worker: Worker
  busy = false
  #waiting: { resolve: (value: never) => void; reject: (error: unknown) => void } | undefined

  constructor() {
    const here = import.meta.url
    this.worker = new Worker(new URL(here.endsWith('.ts') ? './parallel-worker.ts' : './parallel-worker.js', here))
    this.worker.on('message', (reply: Reply) => {
      const waiting = this.#waiting
      this.#waiting = undefined
      if ('error' in reply) waiting?.reject(revive(reply.error))
      else waiting?.resolve(reply.result as never)
    })
    this.worker.on('error', (error) => {
      lanes.delete(this)
      this.#waiting?.reject(error)
    })
  }

  ask<T>(order: Order): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.worker.postMessage(order)
    })
  }

  /** Resolves once the worker owes no answer. */
  get idle(): boolean {
    return this.#waiting === undefined
  }
}

const lanes = new Set<Lane>()

function takeLanes(count: number): Lane[] {
  const taken: Lane[] = []
  for (const lane of lanes) if (!lane.busy && lane.idle && taken.length < count) taken.push(lane)
  while (taken.length < count) {
    const lane = new Lane()
    lanes.add(lane)
    taken.push(lane)
  }
  for (const lane of taken) lane.busy = true
  return taken
}

function giveBack(lane: Lane): void {
  lane.busy = false
  lane.worker.unref()
}

function revive(sent: SentError): Error {
  if (sent.code) return new ForetideError(sent.code, sent.details ?? {})
  const error = new Error(sent.message)
  if (sent.stack) error.stack = sent.stack
  return error
}
