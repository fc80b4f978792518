import type { ReportData, ReportSeries } from './data.ts'
import type { TEXTS } from './texts.ts'

/** The little of a browser that the page's script touches, so that the rest of the code base sees no browser globals. */
interface PageElement {
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
 * The script of the report's page. It is put into the page as the text of this one function, so it may use nothing from
 * outside of it.
 */
export function page(window: PageWindow, data: ReportData, texts: typeof TEXTS, firstLocale: 'en' | 'zh'): void {
  const { document } = window
  let locale = firstLocale
  let group = 'all'
  let chosen: ReportSeries | undefined = data.series[0]
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
  // One product in several shops: its title alone would not say which series is meant.
  const titles = data.series.map((s) => s.title)
  const nameOf = ({ id, title }: ReportSeries) =>
    title === undefined ? id : titles.indexOf(title) === titles.lastIndexOf(title) ? title : `${id} · ${title}`

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

  function tiles(): void {
    const place = document.getElementById('tiles')
    const expected = data.total.mean.reduce((a, b) => a + b, 0)
    const before = data.total.history.slice(-data.horizon).reduce((a: number, b) => a + (b ?? 0), 0)
    const best = data.backtest?.leaderboard.find((m) => m.chosen) ?? data.backtest?.leaderboard[0]
    const eighty = data.backtest?.coverage.find((c) => Math.abs(c.nominal - 0.8) < 1e-9)
    const unit = t(data.unit as keyof typeof TEXTS)
    const { quality } = data
    const cards: [string, string, string][] = [
      [
        t('expectedNext', { n: data.horizon, unit }),
        compact(expected),
        before > 0 ? t('against', { change: signed(expected / before - 1), n: data.horizon, unit }) : '',
      ],
      [
        t('seriesForecast'),
        number(data.seriesCount - data.unanswered),
        data.unanswered > 0 ? t('unanswered', { n: data.unanswered }) : t('allAnswered'),
      ],
    ]
    if (data.backtest && best)
      cards.push([
        t('backtestError'),
        percent(best.metrics.wape),
        t('byModel', { model: best.model, n: data.backtest.windows.length }),
      ])
    if (eighty) cards.push([t('coverage80'), percent(eighty.actual), t('coverageIdeal')])
    cards.push([
      t('rows'),
      number(quality.rowsLoaded),
      quality.rowsRejected > 0 ? t('rejected', { n: quality.rowsRejected }) : t('noneRejected'),
    ])
    place?.replaceChildren(
      ...cards.map(([k, v, s]) => {
        const card = element('div', { class: 'tile' })
        card.append(
          element('div', { class: 'k' }, k),
          element('div', { class: 'v' }, v),
          element('div', { class: 's' }, s),
        )
        return card
      }),
    )
  }

  function total(): void {
    const { periods, history, mean } = data.total
    const lead = history.length
    const joined = [...new Array(Math.max(0, lead - 1)).fill(null), history[lead - 1] ?? null, ...mean]
    draw('total', {
      tooltip: { ...box(), valueFormatter: (v: number | null) => compact(v) },
      grid: { left: 64, right: 18, top: 14, bottom: 58 },
      dataZoom: [
        { type: 'slider', height: 18, bottom: 8, start: Math.max(0, 100 - (100 * 400) / periods.length) },
        { type: 'inside' },
      ],
      xAxis: axis({ type: 'category', data: periods, boundaryGap: false }),
      yAxis: axis({ type: 'value' }),
      series: [
        {
          name: t('sold'),
          type: 'line',
          data: history,
          symbol: 'none',
          lineStyle: { width: 1.4, color: ink() },
          itemStyle: { color: ink() },
        },
        {
          name: t('expected'),
          type: 'line',
          data: joined,
          symbol: 'none',
          lineStyle: { width: 2, type: 'dashed', color: sea() },
          itemStyle: { color: sea() },
        },
      ],
    })
  }

  function fan(): void {
    const series = chosen
    if (!series) return
    put('fan-title', series.title === undefined ? series.id : `${series.title} · ${series.id}`)
    const words = [series.answeredBy ? t('answeredBy', { model: series.answeredBy }) : t('nobody')]
    for (const { model, reason } of series.refused) words.push(t('refusedBy', { model, reason: reason[locale] }))
    put('fan-why', words.join(' · '))
    const lead = series.history.length
    const blank = new Array(lead).fill(null)
    const levels = data.bandLevels
    const middle = levels.length >> 1
    const steps = series.mean.length
    const stacked = levels.map((_, l) => ({
      name: `q${levels[l]}`,
      type: 'line',
      stack: 'fan',
      stackStrategy: 'all',
      symbol: 'none',
      silent: true,
      lineStyle: { opacity: 0 },
      itemStyle: { color: sea() },
      areaStyle:
        l === 0
          ? { opacity: 0 }
          : { color: sea(), opacity: 0.12 + 0.5 * (Math.min(l, levels.length - l) / (middle + 1)) ** 1.4 },
      data: [
        ...blank,
        ...Array.from({ length: steps }, (_s, h) => {
          const here = series.quantiles[l]?.[h] ?? null
          const below = l === 0 ? 0 : (series.quantiles[l - 1]?.[h] ?? null)
          return here === null || below === null ? null : here - below
        }),
      ],
    }))
    const marks = (indices: readonly number[], symbol: string, color: string, name: string) => ({
      name,
      type: 'scatter',
      z: 4,
      symbol,
      symbolSize: 7,
      itemStyle: { color },
      data: indices.map((k) => [k, series.history[k] ?? 0]),
    })
    const shown = Math.min(100, (100 * (Math.max(steps * 6, 60) + steps)) / series.periods.length)
    draw('fan', {
      tooltip: {
        ...box(),
        formatter: (points: readonly { dataIndex: number }[]) => {
          const k = points[0]?.dataIndex ?? 0
          if (k < lead) return `${series.periods[k]}<br>${t('sold')}: <b>${compact(series.history[k] ?? null)}</b>`
          const h = k - lead
          const rows = levels.map((l, i) => `${number(100 * l, 1)} %: ${compact(series.quantiles[i]?.[h] ?? null)}`)
          return `${series.periods[k]}<br>${t('expected')}: <b>${compact(series.mean[h] ?? null)}</b><br>${rows.reverse().join('<br>')}`
        },
      },
      legend: {
        data: [t('sold'), t('expected'), t('censored'), t('closed'), t('outlier')],
        textStyle: { color: soft() },
        ...{ itemWidth: 16, itemHeight: 9, itemGap: 14, top: 0, right: 10 },
      },
      grid: { left: 56, right: 18, top: narrow() ? 56 : 34, bottom: 58 },
      dataZoom: [{ type: 'slider', height: 18, bottom: 8, start: 100 - shown }, { type: 'inside' }],
      xAxis: axis({ type: 'category', data: series.periods, boundaryGap: false }),
      yAxis: axis({ type: 'value' }),
      // What was sold comes first: the slider draws the shadow of the first series.
      series: [
        {
          name: t('sold'),
          type: 'line',
          z: 3,
          data: [...series.history],
          symbol: lead < 60 ? 'circle' : 'none',
          symbolSize: 4,
          lineStyle: { width: 1.5, color: ink() },
          itemStyle: { color: ink() },
        },
        ...stacked,
        {
          name: t('expected'),
          type: 'line',
          z: 3,
          data: [...blank, ...series.mean],
          symbol: steps < 15 ? 'circle' : 'none',
          symbolSize: 5,
          lineStyle: { width: 2.4, color: sea() },
          itemStyle: { color: sea() },
        },
        ...(series.censored.length
          ? [marks(series.censored, 'triangle', dark() ? '#e0a458' : '#b4690e', t('censored'))]
          : []),
        ...(series.closed.length ? [marks(series.closed, 'rect', '#8a94a3', t('closed'))] : []),
        ...(series.outliers.length
          ? [marks(series.outliers, 'diamond', dark() ? '#f2857d' : '#b3261e', t('outlier'))]
          : []),
      ],
    })
  }

  function picker(): void {
    const find = document.getElementById('find')
    const text = (find?.value ?? '').toLowerCase()
    const groups = ['all', 'largest', 'rising', 'falling', 'uncertain', 'refused'] as const
    const present = groups.filter((g) => g === 'all' || data.series.some((s) => s.groups.includes(g)))
    document.getElementById('groups')?.replaceChildren(
      ...present.map((g) => {
        const chip = element('button', { type: 'button', 'aria-pressed': String(g === group) }, t(g))
        chip.addEventListener('click', () => {
          group = g
          picker()
        })
        return chip
      }),
    )
    const fits = (s: ReportSeries) =>
      (group === 'all' || s.groups.includes(group as 'largest')) &&
      `${s.id} ${s.title ?? ''}`.toLowerCase().includes(text)
    document.getElementById('list')?.replaceChildren(
      ...data.series.filter(fits).map((s) => {
        const button = element('button', { type: 'button', 'aria-pressed': String(s === chosen), title: s.id })
        const change = s.recent > 0 && s.answeredBy ? signed(s.expected / s.recent - 1) : ''
        button.append(element('span', { class: 'n' }, nameOf(s)), element('span', { class: 'd' }, change))
        button.addEventListener('click', () => {
          chosen = s
          picker()
          fan()
        })
        return button
      }),
    )
  }

  function trends(): void {
    const moving = data.series.filter((s) => s.groups.includes('rising') || s.groups.includes('falling'))
    const sorted = [...moving].sort((a, b) => a.expected - a.recent - (b.expected - b.recent))
    const room = beside('trends', 190)
    document.getElementById('trends')?.setAttribute('style', `height: ${Math.max(120, 22 * sorted.length + 40)}px`)
    charts.trends?.resize()
    draw('trends', {
      tooltip: { ...box(), valueFormatter: (v: number) => `${v > 0 ? '+' : ''}${compact(v)}` },
      grid: { left: room, right: 60, top: 8, bottom: 28 },
      xAxis: axis({ type: 'value' }),
      yAxis: names(room, sorted.map(nameOf)),
      series: [
        {
          type: 'bar',
          name: t('units'),
          data: sorted.map((s) => ({
            value: s.expected - s.recent,
            itemStyle: { color: s.expected >= s.recent ? '#2a9d8f' : '#d1495b' },
          })),
          label: {
            show: true,
            position: 'right',
            color: soft(),
            formatter: (p: { dataIndex: number }) => {
              const s = sorted[p.dataIndex]
              return s && s.recent > 0 ? signed(s.expected / s.recent - 1) : ''
            },
          },
        },
      ],
    })
  }

  const titled = (measure: string) =>
    measure === 'coverage80' ? t('in80') : measure === 'bias' ? t('bias') : measure.toUpperCase()

  function leaderboard(): void {
    const { backtest } = data
    const table = document.getElementById('leaderboard')
    if (!backtest || !table) return
    const measures = Object.keys(backtest.leaderboard[0]?.metrics ?? {})
    const head = [t('model'), ...measures.map(titled), t('answered'), t('seconds')].map((n, k) =>
      element('th', k === 0 ? { class: 'text' } : {}, n),
    )
    const rows = backtest.leaderboard.map((m) => {
      const first = element('td', { class: 'text' }, m.model)
      if (m.chosen) first.append(element('span', { class: 'tag' }, t('chosen')))
      if (m.failed) first.append(element('span', { class: 'tag bad', title: m.failed[locale] }, t('failed')))
      const share = new Set(['wape', 'mape', 'smape', 'bias'])
      const cells = measures.map((n) => {
        const value = m.metrics[n] ?? null
        return element('td', {}, share.has(n) || n.startsWith('cov') ? percent(value) : number(value, 3))
      })
      const asked = m.answered + m.refused
      return row(
        [
          first,
          ...cells,
          element('td', {}, percent(asked ? m.answered / asked : 0, 0)),
          element('td', {}, number(m.seconds, 1)),
        ],
        m.chosen ? { class: 'chosen' } : {},
      )
    })
    table.replaceChildren(row(head), ...rows)
    const ranked = backtest.leaderboard.filter((m) => m.metrics[backtest.metric] != null).reverse()
    draw('ranking', {
      tooltip: { ...box(), valueFormatter: (v: number) => number(v, 4) },
      grid: { left: beside('ranking', 150), right: 56, top: 8, bottom: 44 },
      xAxis: axis({ type: 'value', name: backtest.metric.toUpperCase(), nameLocation: 'middle', nameGap: 26 }),
      yAxis: names(
        beside('ranking', 150),
        ranked.map((m) => m.model),
      ),
      series: [
        {
          type: 'bar',
          name: backtest.metric.toUpperCase(),
          data: ranked.map((m) => ({
            value: m.metrics[backtest.metric],
            itemStyle: { color: m.chosen ? sea() : dark() ? '#47586b' : '#b9c6d4' },
          })),
          label: {
            show: true,
            position: 'right',
            color: soft(),
            formatter: (p: { value: number }) => number(p.value, 3),
          },
        },
      ],
    })
  }

  function errors(): void {
    const { backtest } = data
    if (!backtest) return
    backtest.segments.forEach((segment, k) => {
      const rows = [...segment.rows].reverse()
      const word = (text: string) => (Object.hasOwn(texts, text) ? texts[text as keyof typeof TEXTS][locale] : text)
      const named = segment.by === 'pattern' ? word : (text: string) => text
      const heading = ['decile', 'abc', 'pattern'].includes(segment.by) ? word(segment.by) : segment.by
      draw(`segment-${k}`, {
        tooltip: {
          ...box(),
          formatter: (points: readonly { dataIndex: number }[]) => {
            const r = rows[points[0]?.dataIndex ?? 0]
            return r
              ? `${segment.by}: <b>${r.value.replace(/[<&]/g, '')}</b><br>WAPE ${percent(r.wape)}<br>${t('bias')} ${r.bias === null ? '–' : signed(r.bias)}<br>${number(r.series)} ${t('inSeries')}`
              : ''
          },
        },
        title: { text: heading, left: 0, textStyle: { fontSize: 13, color: soft(), fontWeight: 600 } },
        grid: { left: beside(`segment-${k}`, 130), right: 50, top: 36, bottom: 24 },
        xAxis: axis({ type: 'value', axisLabel: { formatter: (v: number) => percent(v, 0) } }),
        yAxis: names(
          beside(`segment-${k}`, 130),
          rows.map((r) => named(r.value)),
        ),
        series: [
          {
            type: 'bar',
            data: rows.map((r) => r.wape),
            itemStyle: { color: sea() },
            barMaxWidth: 18,
            label: {
              show: true,
              position: 'right',
              color: soft(),
              formatter: (p: { value: number }) => percent(p.value, 0),
            },
          },
        ],
      })
    })
    const colors = [sea(), '#d1495b', '#edae49', '#2a9d8f', '#8d6cab', '#7f8c8d', '#c06c84', '#3d5a80']
    draw('steps', {
      color: colors,
      tooltip: { ...box(), valueFormatter: (v: number) => percent(v) },
      legend: { type: 'scroll', textStyle: { color: soft() }, top: 0 },
      grid: { left: 54, right: 18, top: 34, bottom: 42 },
      xAxis: axis({
        type: 'category',
        name: t('step'),
        nameLocation: 'middle',
        nameGap: 26,
        data: (backtest.steps[0]?.wape ?? []).map((_, h) => h + 1),
      }),
      yAxis: axis({
        type: 'value',
        scale: true,
        axisLabel: { formatter: (v: number) => percent(v, 0) },
      }),
      series: backtest.steps.map((s) => ({
        name: s.model,
        type: 'line',
        data: s.wape,
        symbol: s.wape.length < 20 ? 'circle' : 'none',
        symbolSize: 5,
      })),
    })
    const points = backtest.coverage.filter((c) => c.actual !== null)
    draw('calibration', {
      tooltip: {
        trigger: 'item',
        formatter: (p: { value: [number, number] }) => `${percent(p.value[0], 0)} → ${percent(p.value[1])}`,
      },
      grid: { left: 54, right: 18, top: 16, bottom: 42 },
      xAxis: axis({
        type: 'value',
        min: 0,
        max: 1,
        name: t('nominal'),
        nameLocation: 'middle',
        nameGap: 26,
        axisLabel: { formatter: (v: number) => percent(v, 0) },
      }),
      yAxis: axis({
        type: 'value',
        min: 0,
        max: 1,
        axisLabel: { formatter: (v: number) => percent(v, 0) },
      }),
      series: [
        {
          type: 'line',
          data: [
            [0, 0],
            [1, 1],
          ],
          symbol: 'none',
          silent: true,
          lineStyle: { type: 'dashed', color: soft() },
        },
        {
          type: 'line',
          name: t('actual'),
          data: points.map((c) => [c.nominal, c.actual]),
          symbolSize: 8,
          lineStyle: { color: sea() },
          itemStyle: { color: sea() },
        },
      ],
    })
  }

  function quality(): void {
    const { quality: q } = data
    put(
      'quality-note',
      t('qualityNote', { read: number(q.rowsRead), loaded: number(q.rowsLoaded), rejected: number(q.rowsRejected) }),
    )
    put('quarantine', q.quarantine ? t('quarantine', { path: q.quarantine }) : '')
    const kinds = ['zeros', 'missing', 'censored', 'closed', 'outliers'] as const
    draw('shares', {
      tooltip: { ...box(), valueFormatter: (v: number) => percent(v, 2) },
      title: { text: t('shares'), left: 0, textStyle: { fontSize: 13, color: soft(), fontWeight: 600 } },
      grid: { left: 90, right: 60, top: 32, bottom: 22 },
      xAxis: axis({ type: 'value', axisLabel: { formatter: (v: number) => percent(v, 0) } }),
      yAxis: axis({ type: 'category', data: kinds.map((n) => t(n)).reverse() }),
      series: [
        {
          type: 'bar',
          barMaxWidth: 18,
          itemStyle: { color: '#edae49' },
          data: kinds.map((n) => q.shares[n]).reverse(),
          label: {
            show: true,
            position: 'right',
            color: soft(),
            formatter: (p: { value: number }) => percent(p.value),
          },
        },
      ],
    })
    const answered = [...data.answeredBy].reverse()
    draw('answered', {
      tooltip: box(),
      title: { text: t('whoAnswered'), left: 0, textStyle: { fontSize: 13, color: soft(), fontWeight: 600 } },
      grid: { left: beside('answered', 130), right: 60, top: 32, bottom: 22 },
      xAxis: axis({ type: 'value', minInterval: 1 }),
      yAxis: names(
        beside('answered', 130),
        answered.map((a) => a.model),
      ),
      series: [
        {
          type: 'bar',
          barMaxWidth: 18,
          name: t('inSeries'),
          itemStyle: { color: sea() },
          data: answered.map((a) => a.series),
          label: { show: true, position: 'right', color: soft() },
        },
      ],
    })
    const head = [t('found'), t('count'), t('inSeries'), t('done')].map((n, k) =>
      element('th', k === 0 || k === 3 ? { class: 'text' } : {}, n),
    )
    const rows = q.findings.map((f) => {
      const first = element('td', { class: `text ${f.severity}` }, f.kind[locale])
      if (f.examples.length) first.append(element('div', { class: 'why' }, f.examples.join(' · ')))
      return row([
        first,
        element('td', {}, number(f.count)),
        element('td', {}, number(f.series)),
        element('td', { class: 'text' }, f.done[locale]),
      ])
    })
    document
      .getElementById('findings')
      ?.replaceChildren(...(rows.length ? [row(head), ...rows] : [row([element('td', { class: 'text' }, t('clean'))])]))
  }

  function words(): void {
    document.documentElement.lang = locale === 'zh' ? 'zh-CN' : 'en'
    const bands = data.bandLevels.slice(0, data.bandLevels.length >> 1).map((l) => Math.round(100 * (1 - 2 * l)))
    const details = {
      n: data.backtest?.windows.length ?? 0,
      metric: (data.backtest?.metric ?? '').toUpperCase(),
      a: bands[2] ?? '',
      b: bands[1] ?? '',
      c: bands[0] ?? '',
    }
    for (const place of document.querySelectorAll('[data-t]'))
      place.textContent = t(place.dataset.t as keyof typeof TEXTS, details)
    document.getElementById('find')?.setAttribute('placeholder', t('search'))
  }

  function all(): void {
    words()
    tiles()
    total()
    picker()
    fan()
    trends()
    leaderboard()
    errors()
    quality()
  }

  document.getElementById('find')?.addEventListener('input', picker)
  document.getElementById('lang')?.addEventListener('click', () => {
    locale = locale === 'en' ? 'zh' : 'en'
    all()
  })
  let width = document.documentElement.clientWidth
  window.addEventListener('resize', () => {
    for (const id of Object.keys(charts)) charts[id]?.resize()
    if (document.documentElement.clientWidth !== width) all()
    width = document.documentElement.clientWidth
  })
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', all)
  all()
}
