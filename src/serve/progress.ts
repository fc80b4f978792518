import type { WriteStream } from 'node:tty'
import type { Progress } from '../core/run.ts'

const WIDTH = 24
/** Milliseconds between two drawings of the bar, and between two lines where there is no terminal. */
const REDRAW = 80
const LINE_EVERY = 5000

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

  show({ stage, done, total }: Progress): void {
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
    const left = share > 0 && share < 1 ? `, ${clock((seconds / share) * (1 - share))} left` : ''
    const text = `${stage}  ${Math.round(100 * share)} %  ${clock(seconds)}${left}`
    if (this.#bar) {
      const full = Math.round(share * WIDTH)
      this.#stream.write(`\r\x1b[2K${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${text}`)
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

function clock(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`
}
