import type { ReportData } from './data.ts'
import type { PageKit } from './page-kit.ts'

/** The part of the report's script that draws how members of an automatic forecast were chosen; it too may use nothing from outside of it. */
export function selectionCharts(kit: PageKit, data: Pick<ReportData, 'selection'>): () => void {
  const { document, beside, names, t, number, percent, element, row, dark, soft, sea, draw, axis, box } = kit

  function candidates({ candidates }: NonNullable<ReportData['selection']>): void {
    const table = document.getElementById('candidates')
    const head = [t('model'), t('lossAlone'), t('weight'), t('seconds'), ''].map((text, k) =>
      element('th', k === 0 || k === 4 ? { class: 'text' } : {}, text),
    )
    const rows = candidates.map((one) => {
      const said = one.outcome === 'chosen' ? '' : t(one.outcome)
      const last = element('td', { class: 'text', ...(one.problem && { title: one.problem }) }, said)
      return row([
        element('td', { class: 'text' }, one.model),
        element('td', {}, one.loss === null ? '–' : number(one.loss, 4)),
        element('td', {}, one.weight > 0 ? percent(one.weight, 0) : '–'),
        element('td', {}, number(one.fitSeconds + one.forecastSeconds, 1)),
        last,
      ])
    })
    table?.replaceChildren(row(head), ...rows)
  }

  return () => {
    const { selection } = data
    if (!selection) return
    candidates(selection)
    const compared = selection.candidates.filter(({ loss }) => loss !== null).reverse()
    const room = beside('weights', 150)
    draw('weights', {
      tooltip: { ...box(), valueFormatter: (v: number) => percent(v, 0) },
      grid: { left: room, right: 56, top: 8, bottom: 44 },
      xAxis: axis({
        ...{ type: 'value', min: 0, name: t('weight'), nameLocation: 'middle', nameGap: 26 },
        axisLabel: { formatter: (v: number) => percent(v, 0) },
      }),
      yAxis: names(
        room,
        compared.map(({ model }) => model),
      ),
      series: [
        {
          type: 'bar',
          name: t('weight'),
          data: compared.map(({ weight, outcome }) => ({
            value: weight,
            itemStyle: { color: outcome === 'chosen' ? sea() : dark() ? '#47586b' : '#b9c6d4' },
          })),
          label: {
            ...{ show: true, position: 'right', color: soft() },
            formatter: (p: { value: number }) => percent(p.value, 0),
          },
        },
      ],
    })
  }
}
