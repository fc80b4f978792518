import type { ReportData } from './data.ts'
import type { PageKit } from './page-kit.ts'

/** The part of the report's script that draws leaderboard, errors and data quality; it too may use nothing from outside of it. */
export function scoreCharts(kit: PageKit, data: ReportData): () => void {
  const { document, beside, names, t, number, percent, signed, element, row, put, dark, soft, sea, draw, axis, box } =
    kit
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
      if (m.failed) first.append(element('span', { class: 'tag bad', title: m.failed[kit.locale()] }, t('failed')))
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
      const word = kit.word
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
      const first = element('td', { class: `text ${f.severity}` }, f.kind[kit.locale()])
      if (f.examples.length) first.append(element('div', { class: 'why' }, f.examples.join(' · ')))
      return row([
        first,
        element('td', {}, number(f.count)),
        element('td', {}, number(f.series)),
        element('td', { class: 'text' }, f.done[kit.locale()]),
      ])
    })
    document
      .getElementById('findings')
      ?.replaceChildren(...(rows.length ? [row(head), ...rows] : [row([element('td', { class: 'text' }, t('clean'))])]))
  }
  return () => {
    leaderboard()
    errors()
    quality()
  }
}
