import { expect, test } from 'vitest'
import { CORPUS } from './corpus.ts'
import { judge } from './judge.ts'

test('the corpus has at least sixty malformed files, each of its own name', () => {
  expect(CORPUS.length).toBeGreaterThanOrEqual(60)
  expect(new Set(CORPUS.map((input) => input.name)).size).toBe(CORPUS.length)
})

test.each(CORPUS.map((input) => [input.name, input] as const))('bad input: %s', async (_, input) => {
  const verdict = await judge(input)
  expect(verdict.faults).toEqual([])
  expect(verdict.milliseconds).toBeLessThan(30_000)
})
