import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Locale } from '../core/errors.ts'
import { pageKit } from './page-kit.ts'
import { STYLE } from './style.ts'
import { TEXTS } from './texts.ts'

/** Text as it may stand in markup. */
export const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)

/** An attribute that lets the page's script fill an element with a text in the language shown. */
export const said = (key: keyof typeof TEXTS) => `data-t="${key}"`

/** JSON that may stand inside a script element: no text of the user's can close it. */
const scriptJson = (value: unknown) =>
  JSON.stringify(value).replace(/[<\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** Rounds numbers to seven digits, enough for any chart, so that a page of many series stays small. */
const trimmed = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, v) => (typeof v === 'number' && !Number.isInteger(v) ? Number(v.toPrecision(7)) : v)),
  )

/** What a page is made of; the head's texts are escaped here, the body is markup. */
export interface Page {
  readonly title: string
  readonly subtitle: string
  readonly nav: string
  readonly body: string
  /** A script that finds `kit` (see {@link pageKit}) and `data`. */
  readonly script: string
  readonly data: unknown
}

/** One HTML file that needs no network: data, charts (Apache ECharts) and both languages are inside. */
export function htmlPage({ title, subtitle, nav, body, script, data }: Page, locale: Locale): string {
  const echarts = readFileSync(
    createRequire(import.meta.url).resolve('echarts/dist/echarts.common.min.js'),
    'utf8',
  ).replaceAll('</script', '<\\/script')
  return `<!doctype html>
<html lang="${locale === 'zh' ? 'zh-CN' : 'en'}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Foretide</title><link rel="icon" href="data:,"><style>${STYLE}</style></head><body>
<header class="top"><div class="bar"><div><h1>${escapeHtml(title)}</h1><p>${escapeHtml(subtitle)}</p></div><button class="lang" id="lang" type="button" ${said('language')}></button></div></header>
${nav ? `<nav>${nav}</nav>` : ''}
<main>
${body}
</main>
<script>${echarts}</script>
<script>{
const kit = (${pageKit.toString()})(window, ${scriptJson(TEXTS)}, ${scriptJson(locale)});
const data = ${scriptJson(trimmed(data))};
${script}
}</script>
</body></html>
`
}
