import type { ReportData, ReportSeries } from './data.ts'
import type { PageKit } from './page-kit.ts'
import type { TEXTS } from './texts.ts'

/**
 * The script of the report's page. It is put into the page as the text of this one function, so it may use nothing from
 * outside of it; `charts` draw what other functions brought: leaderboard, errors, training.
 */
export function page(kit: PageKit, data: ReportData, charts: readonly (() => void)[]): void {
  const {
    document,
    beside,
    narrow,
    names,
    t,
    number,
    compact,
    percent,
    signed,
    element,
    put,
    dark,
    ink,
    soft,
    box,
    sea,
    draw,
    axis,
  } = kit
  let group = 'all'
  let chosen: ReportSeries | undefined = data.series[0]
  // One product in several shops: its title alone would not say which series is meant.
  const titles = data.series.map((s) => s.title)
  const nameOf = ({ id, title }: ReportSeries) =>
    title === undefined ? id : titles.indexOf(title) === titles.lastIndexOf(title) ? title : `${id} · ${title}`

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
    for (const { model, reason } of series.refused) words.push(t('refusedBy', { model, reason: reason[kit.locale()] }))
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
    kit.tall('trends', Math.max(120, 22 * sorted.length + 40))
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

  function words(): void {
    const bands = data.bandLevels.slice(0, data.bandLevels.length >> 1).map((l) => Math.round(100 * (1 - 2 * l)))
    kit.words({
      n: data.backtest?.windows.length ?? 0,
      metric: (data.backtest?.metric ?? '').toUpperCase(),
      a: bands[2] ?? '',
      b: bands[1] ?? '',
      c: bands[0] ?? '',
    })
    document.getElementById('find')?.setAttribute('placeholder', t('search'))
  }

  document.getElementById('find')?.addEventListener('input', picker)
  kit.live(() => {
    words()
    tiles()
    total()
    picker()
    fan()
    trends()
    for (const chart of charts) chart()
  })
}
