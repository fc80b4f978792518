import type { Locale } from '../core/errors.ts'
import { page } from './client.ts'
import type { ReportData } from './data.ts'
import { escapeHtml, htmlPage, said } from './html.ts'
import { scoreCharts } from './score-charts.ts'
import { selectionCharts } from './selection-charts.ts'
import type { TEXTS } from './texts.ts'
import { trainingCharts } from './training-charts.ts'

/**
 * Writes a report as one HTML file that needs no network: data, charts (Apache ECharts) and both languages are inside.
 *
 * Texts of the user's (names, file names) are data on the page and never markup.
 */
export function renderReport(data: ReportData, locale: Locale): string {
  const chart = (id: string, size = '') => `<div id="${id}" class="chart ${size}" role="img"></div>`
  const section = (id: string, title: keyof typeof TEXTS, note: keyof typeof TEXTS | '', body: string) =>
    `<section id="${id}"><h2 ${said(title)}></h2>${note ? `<p class="note" ${said(note)}></p>` : ''}${body}</section>`
  const backtest = data.backtest
    ? `<div class="scroll"><table id="leaderboard"></table></div>${chart('ranking', data.backtest.leaderboard.length > 12 ? 'tall' : 'small')}`
    : `<p ${said('noBacktest')}></p>`
  const segments = (data.backtest?.segments ?? []).map((_, k) => chart(`segment-${k}`, 'small')).join('')
  const about = (key: keyof typeof TEXTS, value: string) => `<dt ${said(key)}></dt><dd>${value}</dd>`
  const training = data.training.map((_, k) => chart(`training-${k}`)).join('')
  const parts = [
    'summary',
    'forecasts',
    'trends',
    'leaderboard',
    'segments',
    'selection',
    'training',
    'quality',
    'provenance',
  ] as const
  const absent = new Set([...(training ? [] : ['training']), ...(data.selection ? [] : ['selection'])])
  const shown = parts.filter((k) => !absent.has(k))
  const selection = data.selection
    ? `<div class="two"><div class="scroll"><table id="candidates"></table></div>${chart('weights', 'small')}</div>`
    : ''
  const nav = `${shown.map((k) => `<a href="#s-${k}" ${said(k)}></a>`).join('')}`
  const body = `${section('s-summary', 'summary', '', `<div class="tiles" id="tiles"></div><h3 ${said('totalTitle')}></h3>${chart('total')}<p class="why" ${said('totalNote')}></p>`)}
${section('s-forecasts', 'forecasts', 'forecastsNote', `<div class="pick"><div><input class="find" id="find" type="search"><div class="chips" id="groups"></div><div class="list" id="list"></div></div><div><h3 id="fan-title"></h3>${chart('fan', 'tall')}<p class="why" id="fan-why"></p></div></div>`)}
${section('s-trends', 'trends', 'trendsNote', chart('trends', 'tall'))}
${section('s-leaderboard', 'leaderboard', 'leaderboardNote', backtest)}
${data.backtest ? section('s-segments', 'segments', 'segmentsNote', `<div class="two">${segments}</div><div class="two"><div><h3 ${said('horizon')}></h3>${chart('steps', 'small')}</div><div><h3 ${said('calibration')}></h3>${chart('calibration', 'small')}<p class="why" ${said('calibrationNote')}></p></div></div>`) : ''}
${selection && section('s-selection', 'selection', 'selectionNote', selection)}
${training && section('s-training', 'training', 'trainingNote', `<div class="two">${training}</div>`)}
${section('s-quality', 'quality', '', `<p class="note" id="quality-note"></p><div class="two">${chart('shares', 'small')}${chart('answered', 'small')}</div><div class="scroll"><table id="findings"></table></div><p class="why" id="quarantine"></p>`)}
${section('s-provenance', 'provenance', '', `<dl>${about('files', data.files.map(escapeHtml).join('<br>'))}${about('span', `${data.from} – ${data.to}`)}${about('command', `<code>${escapeHtml(data.command)}</code>`)}${about('made', `${escapeHtml(data.generatedAt)}, Foretide ${data.version}`)}${about('window', `<code>${data.windowDigest}</code>`)}${about('seed', String(data.seed))}</dl>`)}`
  const subtitle = `${data.from} – ${data.to} → ${data.forecastTo}`
  return htmlPage(
    {
      title: data.title,
      subtitle,
      nav,
      body,
      script: `(${page.toString()})(kit, data, [(${scoreCharts.toString()})(kit, data), (${selectionCharts.toString()})(kit, data), (${trainingCharts.toString()})(kit, data)])`,
      data,
    },
    locale,
  )
}
