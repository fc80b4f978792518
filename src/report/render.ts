import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Locale } from '../core/errors.ts'
import { page } from './client.ts'
import type { ReportData } from './data.ts'
import { STYLE } from './style.ts'
import { TEXTS } from './texts.ts'

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)

/** JSON that may stand inside a script element: no text of the user's can close it. */
const scriptJson = (value: unknown) =>
  JSON.stringify(value).replace(/[<\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)

const said = (key: keyof typeof TEXTS) => `data-t="${key}"`

/** Rounds numbers to seven digits, enough for any chart, so that a page of many series stays small. */
function trimmed<T>(value: T): T {
  return JSON.parse(
    JSON.stringify(value, (_, v) => (typeof v === 'number' && !Number.isInteger(v) ? Number(v.toPrecision(7)) : v)),
  )
}

/**
 * Writes a report as one HTML file that needs no network: data, charts (Apache ECharts) and both languages are inside.
 *
 * Texts of the user's (names, file names) are data on the page and never markup.
 */
export function renderReport(data: ReportData, locale: Locale): string {
  const echarts = readFileSync(
    createRequire(import.meta.url).resolve('echarts/dist/echarts.common.min.js'),
    'utf8',
  ).replaceAll('</script', '<\\/script')
  const chart = (id: string, size = '') => `<div id="${id}" class="chart ${size}" role="img"></div>`
  const section = (id: string, title: keyof typeof TEXTS, note: keyof typeof TEXTS | '', body: string) =>
    `<section id="${id}"><h2 ${said(title)}></h2>${note ? `<p class="note" ${said(note)}></p>` : ''}${body}</section>`
  const backtest = data.backtest
    ? `<div class="scroll"><table id="leaderboard"></table></div>${chart('ranking', data.backtest.leaderboard.length > 12 ? 'tall' : 'small')}`
    : `<p ${said('noBacktest')}></p>`
  const segments = (data.backtest?.segments ?? []).map((_, k) => chart(`segment-${k}`, 'small')).join('')
  const about = (key: keyof typeof TEXTS, value: string) => `<dt ${said(key)}></dt><dd>${value}</dd>`
  return `<!doctype html>
<html lang="${locale === 'zh' ? 'zh-CN' : 'en'}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(data.title)} · Foretide</title><style>${STYLE}</style></head><body>
<header class="top"><div class="bar"><div><h1>${escapeHtml(data.title)}</h1><p id="unit-span"></p></div><button class="lang" id="lang" type="button" ${said('language')}></button></div></header>
<nav>${(['summary', 'forecasts', 'trends', 'leaderboard', 'segments', 'quality', 'provenance'] as const).map((k) => `<a href="#s-${k}" ${said(k)}></a>`).join('')}</nav>
<main>
${section('s-summary', 'summary', '', `<div class="tiles" id="tiles"></div><h3 ${said('totalTitle')}></h3>${chart('total')}<p class="why" ${said('totalNote')}></p>`)}
${section('s-forecasts', 'forecasts', 'forecastsNote', `<div class="pick"><div><input class="find" id="find" type="search"><div class="chips" id="groups"></div><div class="list" id="list"></div></div><div><h3 id="fan-title"></h3>${chart('fan', 'tall')}<p class="why" id="fan-why"></p></div></div>`)}
${section('s-trends', 'trends', 'trendsNote', chart('trends', 'tall'))}
${section('s-leaderboard', 'leaderboard', 'leaderboardNote', backtest)}
${data.backtest ? section('s-segments', 'segments', 'segmentsNote', `<div class="two">${segments}</div><div class="two"><div><h3 ${said('horizon')}></h3>${chart('steps', 'small')}</div><div><h3 ${said('calibration')}></h3>${chart('calibration', 'small')}<p class="why" ${said('calibrationNote')}></p></div></div>`) : ''}
${section('s-quality', 'quality', '', `<p class="note" id="quality-note"></p><div class="two">${chart('shares', 'small')}${chart('answered', 'small')}</div><div class="scroll"><table id="findings"></table></div><p class="why" id="quarantine"></p>`)}
${section('s-provenance', 'provenance', '', `<dl>${about('files', data.files.map(escapeHtml).join('<br>'))}${about('span', `${data.from} – ${data.to}`)}${about('command', `<code>${escapeHtml(data.command)}</code>`)}${about('made', `${escapeHtml(data.generatedAt)}, Foretide ${data.version}`)}${about('window', `<code>${data.windowDigest}</code>`)}${about('seed', String(data.seed))}</dl>`)}
</main>
<script>${echarts}</script>
<script>(${page.toString()})(window, ${scriptJson(trimmed(data))}, ${scriptJson(TEXTS)}, ${scriptJson(locale)})</script>
</body></html>
`
}
