import type { CheckData } from './check-data.ts'
import type { PageKit } from './page-kit.ts'

/**
 * The script of the page that `check` draws. Like the report's it is put into the page as the text of this one function, so it
 * may use nothing from outside of it.
 */
export function checkPage(kit: PageKit, data: CheckData): void {
  const { document, t, percent, dark, soft, ink, draw, axis, element, row } = kit
  const LEGEND = () => ({ textStyle: { color: soft() }, itemWidth: 16, itemHeight: 9, itemGap: 14, top: 0 })
  const zoom = [{ type: 'slider', height: 16, bottom: 6 }, { type: 'inside' }]

  function all(): void {
    const { quality: q } = data
    const counts = {
      read: q.rowsRead.toLocaleString(),
      loaded: q.rowsLoaded.toLocaleString(),
      rejected: q.rowsRejected.toLocaleString(),
    }
    kit.words(counts)
    const names = ['zeros', 'missing', 'censored', 'closed', 'outliers'] as const
    draw('shares', {
      tooltip: { trigger: 'axis', valueFormatter: percent },
      grid: { left: 90, right: 60, top: 10, bottom: 24 },
      xAxis: axis({ type: 'value', axisLabel: { formatter: (v: number) => `${(100 * v).toFixed(0)} %` } }),
      yAxis: axis({ type: 'category', data: names.map((n) => t(n)).reverse() }),
      series: [
        {
          type: 'bar',
          barMaxWidth: 18,
          itemStyle: { color: '#edae49' },
          data: names.map((n) => q.shares[n]).reverse(),
          label: {
            show: true,
            position: 'right',
            color: soft(),
            formatter: (p: { value: number }) => percent(p.value),
          },
        },
      ],
    })
    const layers = [
      ['observed', 'sold', '#0b6e8f'],
      ['censored', 'censored', '#edae49'],
      ['closed', 'closed', '#9aa7b8'],
      ['missing', 'missing', '#d1495b'],
    ] as const
    draw('coverage', {
      tooltip: { trigger: 'axis' },
      legend: LEGEND(),
      grid: { left: 60, right: 18, top: 30, bottom: 56 },
      dataZoom: zoom,
      xAxis: axis({ type: 'category', data: data.coverage.periods, boundaryGap: false }),
      yAxis: axis({ type: 'value' }),
      series: layers.map(([key, name, color]) => ({
        name: t(name),
        type: 'line',
        stack: 'all',
        symbol: 'none',
        lineStyle: { width: 0 },
        areaStyle: { color, opacity: 0.85 },
        itemStyle: { color },
        data: data.coverage[key],
      })),
    })
    data.examples.forEach((e, k) => {
      const title = document.getElementById(`example-title-${k}`)
      if (title) title.textContent = `${e.id} · ${e.why[kit.locale()]}`
      const marks = (at: readonly number[], symbol: string, color: string, name: string) => ({
        name,
        type: 'scatter',
        symbol,
        symbolSize: 7,
        itemStyle: { color },
        data: at.map((p) => [p, e.values[p] ?? 0]),
      })
      draw(`example-${k}`, {
        tooltip: { trigger: 'axis' },
        legend: { ...LEGEND(), right: 8 },
        grid: { left: 56, right: 18, top: 30, bottom: 54 },
        dataZoom: zoom,
        xAxis: axis({ type: 'category', data: e.periods, boundaryGap: false }),
        yAxis: axis({ type: 'value' }),
        series: [
          {
            name: t('sold'),
            type: 'line',
            symbol: 'none',
            data: e.values,
            lineStyle: { width: 1.3, color: ink() },
            itemStyle: { color: ink() },
          },
          marks(e.censored, 'triangle', dark() ? '#e0a458' : '#b4690e', t('censored')),
          marks(e.closed, 'rect', '#8a94a3', t('closed')),
          marks(e.outliers, 'diamond', dark() ? '#f2857d' : '#b3261e', t('outlier')),
        ],
      })
    })
    const cell = (tag: string, text: string, classes: string) => element(tag, classes ? { class: classes } : {}, text)
    const head = row([
      cell('th', t('found'), 'text'),
      cell('th', t('count'), ''),
      cell('th', t('inSeries'), ''),
      cell('th', t('done'), 'text'),
    ])
    const rows = q.findings.map((f) => {
      const first = cell('td', f.kind[kit.locale()], `text ${f.severity}`)
      if (f.examples.length > 0) first.append(cell('div', f.examples.join(' · '), 'why'))
      return row([
        first,
        cell('td', f.count.toLocaleString(), ''),
        cell('td', f.series.toLocaleString(), ''),
        cell('td', f.done[kit.locale()], 'text'),
      ])
    })
    document
      .getElementById('findings')
      ?.replaceChildren(...(rows.length > 0 ? [head, ...rows] : [row([cell('td', t('clean'), 'text')])]))
    const kept = document.getElementById('quarantine')
    if (kept) kept.textContent = q.quarantine ? t('quarantine', { path: q.quarantine }) : ''
  }

  kit.live(all)
}
