import type { TEXTS } from './texts.ts'

/** The little of a browser that the page's script touches, so that the rest of the code base sees no browser globals. */
export interface PageElement {
  textContent: string | null
  innerHTML: string
  value: string
  lang: string
  readonly clientWidth: number
  dataset: Record<string, string | undefined>
  setAttribute(name: string, value: string): void
  getAttribute(name: string): string | null
  addEventListener(type: string, listener: () => void): void
  append(...children: PageElement[]): void
  replaceChildren(...children: PageElement[]): void
}
interface PageDocument {
  documentElement: PageElement
  title: string
  getElementById(id: string): PageElement | null
  querySelectorAll(selector: string): Iterable<PageElement>
  createElement(tag: string): PageElement
}
interface Chart {
  setOption(option: unknown, notMerge?: boolean): void
  resize(): void
}
export interface PageWindow {
  document: PageDocument
  echarts: { init(element: PageElement | null): Chart }
  addEventListener(type: string, listener: () => void): void
  matchMedia(query: string): { matches: boolean; addEventListener(type: string, listener: () => void): void }
}

/**
 * What the scripts of all pages share: words and numbers in the language shown, elements, charts. Like them it is put into a page
 * as its own text, so it may use nothing from outside of it.
 */
export function pageKit(window: PageWindow, texts: typeof TEXTS, firstLocale: 'en' | 'zh') {
  const { document } = window
  let locale = firstLocale
  const charts: Record<string, Chart> = {}
  // A canvas does not inherit the page's font.
  const FONT = 'system-ui, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif'
  /** Pixels for names beside a chart: what is wished for, but no more than a third of what there is. */
  const beside = (id: string, wished: number) =>
    Math.min(wished, Math.round((document.getElementById(id)?.clientWidth ?? 3 * wished) / 3))
  const narrow = () => document.documentElement.clientWidth < 640
  /** An axis of names: cut with an ellipsis where they are longer than the room. */
  const names = (room: number, data: readonly string[]) =>
    axis({
      type: 'category',
      data,
      axisLabel: { width: room - 12, overflow: 'truncate', interval: 0, hideOverlap: false },
    })

  const t = (key: keyof typeof TEXTS, details: Record<string, string | number> = {}) =>
    texts[key][locale].replace(/\{(\w+)\}/g, (_, name: string) => String(details[name] ?? ''))
  const number = (value: number | null | undefined, digits = 0) =>
    value === null || value === undefined || !Number.isFinite(value)
      ? '–'
      : value.toLocaleString(locale === 'zh' ? 'zh-CN' : 'en-GB', {
          maximumFractionDigits: digits,
          minimumFractionDigits: digits,
        })
  const compact = (value: number | null) =>
    value === null ? '–' : number(value, Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2)
  const percent = (value: number | null | undefined, digits = 1) =>
    value === null || value === undefined ? '–' : `${number(100 * value, digits)} %`
  const signed = (value: number) =>
    `${value >= 0 ? '+' : '−'}${number(Math.abs(100 * value), Math.abs(value) < 0.1 ? 1 : 0)} %`
  const element = (tag: string, attributes: Record<string, string> = {}, text?: string) => {
    const made = document.createElement(tag)
    for (const name of Object.keys(attributes)) made.setAttribute(name, attributes[name] as string)
    if (text !== undefined) made.textContent = text
    return made
  }
  const row = (cells: readonly PageElement[], attributes: Record<string, string> = {}) => {
    const made = element('tr', attributes)
    made.append(...cells)
    return made
  }
  const put = (id: string, text: string) => {
    const found = document.getElementById(id)
    if (found) found.textContent = text
  }
  const dark = () => window.matchMedia('(prefers-color-scheme: dark)').matches
  const ink = () => (dark() ? '#e6ebf2' : '#1c2430')
  const soft = () => (dark() ? '#9aa7b8' : '#5d6b7e')
  const line = () => (dark() ? '#2a3442' : '#e3e8ef')
  const sea = () => (dark() ? '#4fb3d4' : '#0b6e8f')
  const draw = (id: string, option: object) => {
    const place = document.getElementById(id)
    if (!place) return
    const chart = charts[id] ?? window.echarts.init(place)
    charts[id] = chart
    const base = { animation: false, textStyle: { color: soft(), fontFamily: FONT } }
    chart.setOption({ ...base, ...option }, true)
  }
  const axis = (more: { readonly axisLabel?: object; readonly [name: string]: unknown } = {}) => ({
    axisLine: { lineStyle: { color: line() } },
    splitLine: { lineStyle: { color: line() } },
    ...(narrow() ? { splitNumber: 3 } : {}),
    ...more,
    axisLabel: { color: soft(), hideOverlap: true, ...more.axisLabel },
  })
  const box = () => ({
    trigger: 'axis',
    backgroundColor: dark() ? '#18202a' : '#fff',
    borderColor: line(),
    textStyle: { color: ink() },
    confine: true,
  })
  /** Gives a chart's place another height. */
  const tall = (id: string, pixels: number) => {
    document.getElementById(id)?.setAttribute('style', `height: ${pixels}px`)
    charts[id]?.resize()
  }
  /** Draws now, whenever the language is switched, and where the width or the colours of the screen change. */
  const live = (all: () => void) => {
    const whole = () => {
      document.documentElement.lang = locale === 'zh' ? 'zh-CN' : 'en'
      all()
    }
    document.getElementById('lang')?.addEventListener('click', () => {
      locale = locale === 'en' ? 'zh' : 'en'
      whole()
    })
    let width = document.documentElement.clientWidth
    window.addEventListener('resize', () => {
      for (const id of Object.keys(charts)) charts[id]?.resize()
      if (document.documentElement.clientWidth !== width) whole()
      width = document.documentElement.clientWidth
    })
    window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', whole)
    whole()
  }
  /** Fills every element that names a text. */
  const words = (details: Record<string, string | number>) => {
    for (const place of document.querySelectorAll('[data-t]'))
      place.textContent = t(place.dataset.t as keyof typeof TEXTS, details)
  }
  /** A text by a name that may be none of ours, which is then itself. */
  const word = (name: string) => (Object.hasOwn(texts, name) ? t(name as keyof typeof TEXTS) : name)
  return {
    document,
    locale: () => locale,
    live,
    tall,
    words,
    word,
    beside,
    narrow,
    names,
    t,
    number,
    compact,
    percent,
    signed,
    element,
    row,
    put,
    dark,
    ink,
    soft,
    line,
    sea,
    draw,
    axis,
    box,
  }
}

export type PageKit = ReturnType<typeof pageKit>
