import type { WriteStream } from 'node:tty'
import type { Locale } from '../core/errors.ts'
import type { Progress } from '../core/run.ts'
import { widthOf } from './print.ts'

const WIDTH = 24
/** Milliseconds between two drawings of the bar, and between two lines where there is no terminal. */
const REDRAW = 80
const LINE_EVERY = 5000

const WORDS = {
  en: { left: '{time} left', seconds: 's', minutes: 'min', join: ', ', learning: 'loss {loss}, rate {rate}' },
  zh: { left: '剩余 {time}', seconds: '秒', minutes: '分', join: '，', learning: '损失 {loss}，学习率 {rate}' },
} as const
/** Stages in Chinese; names of models stay as they are. */
const STAGES: Readonly<Record<string, string>> = {
  simulate: '模拟',
  import: '导入',
  backtest: '回测',
  tune: '调参',
  fit: '拟合',
  forecast: '预测',
}

/** Shows progress to people: one bar that redraws itself on a terminal, a line now and then elsewhere. */
export class ProgressView {
  readonly #stream: WriteStream | NodeJS.WriteStream
  readonly #bar: boolean
  #stage = ''
  #begun = 0
  #last = 0
  #drawn = false

  constructor(stream: WriteStream | NodeJS.WriteStream, env: NodeJS.ProcessEnv = process.env) {
    this.#stream = stream
    this.#bar = Boolean(stream.isTTY) && env.TERM !== 'dumb'
  }

  show({ stage, done, total, learning }: Progress, locale: Locale = 'en'): void {
    const now = performance.now()
    const complete = done >= total
    if (stage !== this.#stage) {
      this.clear()
      this.#stage = stage
      this.#begun = now
      this.#last = now
      if (!complete) return
    }
    if (!complete && now - this.#last < (this.#bar ? REDRAW : LINE_EVERY)) return
    if (complete && !this.#drawn) return
    this.#last = now
    const share = total > 0 ? Math.min(1, done / total) : 1
    const seconds = (now - this.#begun) / 1000
    const words = WORDS[locale]
    const ahead = words.left.replace('{time}', clock((seconds / share) * (1 - share), locale))
    const left = share > 0 && share < 1 ? `${words.join}${ahead}` : ''
    const name = locale === 'zh' ? stage.replace(/\w+$/, (word) => STAGES[word] ?? word) : stage
    const learned = learning
      ? words.join +
        words.learning.replace('{loss}', learning.loss.toPrecision(4)).replace('{rate}', learning.rate.toExponential(1))
      : ''
    const text = `${name}  ${Math.round(100 * share)} %  ${clock(seconds, locale)}${left}${learned}`
    if (this.#bar) {
      // A line that wraps could not be drawn over: a narrow terminal gets a shorter bar, or none.
      const width = Math.min(WIDTH, (this.#stream.columns ?? 80) - widthOf(text) - 2)
      const full = Math.round(share * width)
      const drawn = width > 4 ? `${'█'.repeat(full)}${'░'.repeat(width - full)} ` : ''
      this.#stream.write(`\r\x1b[2K${drawn}${text}`)
    } else this.#stream.write(`${text}\n`)
    this.#drawn = true
    if (complete) this.clear()
  }

  /** Removes the bar, so that a line of text can be written in its place. */
  clear(): void {
    if (this.#bar && this.#drawn) this.#stream.write('\r\x1b[2K')
    this.#drawn = false
  }
}

function clock(seconds: number, locale: Locale): string {
  const words = WORDS[locale]
  if (seconds < 59.5) return `${seconds.toFixed(seconds < 9.95 ? 1 : 0)} ${words.seconds}`
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)} ${words.minutes} ${whole % 60} ${words.seconds}`
}
