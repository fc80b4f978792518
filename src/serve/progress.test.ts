import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ProgressView } from './progress.ts'

beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => vi.useRealTimers())

/** A view onto a stream that keeps what it is given, and a clock to turn. */
function viewing(isTTY: boolean, columns = 80, env: NodeJS.ProcessEnv = {}) {
  const written: string[] = []
  const stream = { isTTY, columns, write: (text: string) => written.push(text) > 0 } as unknown as NodeJS.WriteStream
  return { view: new ProgressView(stream, env), written, pass: (ms: number) => vi.advanceTimersByTime(ms) }
}
/** What stands on a terminal's line after all that was written: everything after the last return and erasure. */
const onScreen = (written: readonly string[]) => written.join('').split('\r\x1b[2K').at(-1)

test('a terminal shows one bar that is drawn over, at most a dozen times a second, and is gone at the end', () => {
  const { view, written, pass } = viewing(true)
  for (let done = 0; done <= 100; done++) {
    view.show({ stage: 'import', done, total: 100 })
    if (done === 48) expect(onScreen(written)).toBe('████████████░░░░░░░░░░░░ import  48 %  0.5 s, 0.5 s left')
    pass(10)
  }
  expect(written.length).toBeLessThan(20)
  expect(written.join('')).not.toContain('\n')
  expect(onScreen(written)).toBe('')
})

test('elsewhere there is a plain line every few seconds, and none for what is quick', () => {
  for (const { view, written, pass } of [viewing(false), viewing(true, 80, { TERM: 'dumb' })]) {
    for (let done = 0; done <= 120; done++) {
      view.show({ stage: 'auto-arima: fit', done, total: 120 })
      pass(100)
    }
    expect(written).toEqual([
      'auto-arima: fit  42 %  5.0 s, 7.0 s left\n',
      'auto-arima: fit  83 %  10 s, 2.0 s left\n',
      'auto-arima: fit  100 %  12 s\n',
    ])
    written.length = 0
    view.show({ stage: 'quick', done: 0, total: 1 })
    pass(400)
    view.show({ stage: 'quick', done: 1, total: 1 })
    expect(written).toEqual([])
  }
})

test('the language is the one asked for, minutes are told, and a narrow terminal gets a line that fits', () => {
  const { view, written, pass } = viewing(true, 34)
  view.show({ stage: 'auto-ets: fit', done: 0, total: 4 }, 'zh')
  pass(89_700)
  view.show({ stage: 'auto-ets: fit', done: 3, total: 4 }, 'zh')
  expect(onScreen(written)).toBe('auto-ets: 拟合  75 %  1 分 30 秒，剩余 30 秒')
  view.clear()
  expect(onScreen(written)).toBe('')
})

test('a network that learns shows its loss and rate', () => {
  const { view, written, pass } = viewing(true)
  view.show({ stage: 'lstm: fit', done: 0, total: 10 })
  pass(1000)
  view.show({ stage: 'lstm: fit', done: 5, total: 10, learning: { loss: 0.123456, rate: 0.001 } }, 'zh')
  expect(onScreen(written)).toContain('50 %  1.0 秒，剩余 1.0 秒，损失 0.1235，学习率 1.0e-3')
})
