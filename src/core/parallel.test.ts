import { expect, test } from 'vitest'
import { ForetideError } from './errors.ts'
import { sharedFloat64 } from './memory.ts'
import { parallelMap } from './parallel.ts'
import { runOf } from './run.ts'

const module = new URL('../../test/fixtures/parallel-jobs.ts', import.meta.url)

test.each([1, 2, 3])('results come in the order of the jobs and arrays are shared, on %i threads', async (threads) => {
  const out = sharedFloat64(20)
  const jobs = Array.from({ length: 20 }, (_, k) => k)
  const seen: number[] = []
  const run = runOf({ threads, progress: ({ done }) => seen.push(done) })
  const results = await parallelMap<unknown, number, number>(run, {
    module,
    fn: 'square',
    shared: { out },
    jobs,
    stage: 'square',
  })
  expect(results).toEqual(jobs.map((k) => k * k))
  expect([...out]).toEqual(jobs.map((k) => k * k))
  expect(seen).toEqual(jobs.map((k) => k + 1))
})

test('a coded error keeps its code across threads, and workers serve again after it', async () => {
  const run = runOf({ threads: 2 })
  const failing = parallelMap<unknown, number, number>(run, { module, fn: 'failing', shared: {}, jobs: [1, 2, 3, 4] })
  await expect(failing).rejects.toThrow(ForetideError)
  await expect(failing).rejects.toMatchObject({ code: 'calendar.date', details: { value: 'three' } })
  const out = sharedFloat64(4)
  await expect(parallelMap(run, { module, fn: 'square', shared: { out }, jobs: [1, 2, 3] })).resolves.toEqual([1, 4, 9])
})

test('an interrupt ends the work between jobs', async () => {
  const stop = new AbortController()
  const run = runOf({ threads: 2, signal: stop.signal, progress: ({ done }) => done === 4 && stop.abort() })
  const out = sharedFloat64(100)
  const jobs = Array.from({ length: 100 }, (_, k) => k)
  await expect(parallelMap(run, { module, fn: 'square', shared: { out }, jobs, stage: 'x' })).rejects.toMatchObject({
    code: 'run.interrupted',
  })
  expect(out[99]).toBe(0)
})
