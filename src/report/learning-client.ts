import type { LearningData } from './learning-page.ts'
import type { PageKit } from './page-kit.ts'

/** The script of the page that says how a model learned; like the report's it may use nothing from outside of it. */
export function learningPage(kit: PageKit, data: LearningData, curves: () => void): void {
  const { t, soft, ink, sea, draw, axis, box, compact } = kit
  kit.live(() => {
    kit.words({})
    curves()
    data.samples.forEach(({ id, periods, history, came, median, bands }, k) => {
      const lead = history.length
      const blank = new Array<null>(lead).fill(null)
      const line = (name: string, values: readonly (number | null)[], color: string, type = 'solid') => ({
        ...{ name, type: 'line', data: values, symbol: 'none', z: 3 },
        ...{ lineStyle: { color, width: 1.6, type }, itemStyle: { color } },
      })
      // Each band is what lies between two levels, put on top of the one below.
      const stacked = bands.flatMap(({ low, high }, b) => [
        {
          ...{ type: 'line', stack: `band ${b}`, symbol: 'none', silent: true, lineStyle: { opacity: 0 } },
          data: [...blank, ...low],
        },
        {
          ...{ type: 'line', stack: `band ${b}`, stackStrategy: 'all', symbol: 'none', silent: true },
          ...{ lineStyle: { opacity: 0 }, areaStyle: { color: sea(), opacity: 0.16 } },
          data: [...blank, ...high.map((v, h) => v - (low[h] as number))],
        },
      ])
      draw(`sample-${k}`, {
        title: { text: id, left: 0, textStyle: { fontSize: 13, color: soft(), fontWeight: 600 } },
        tooltip: { ...box(), valueFormatter: (v: number | null) => compact(v) },
        legend: { data: [t('sold'), t('came'), t('expected')], textStyle: { color: soft() }, top: 30, left: 0 },
        grid: { left: 56, right: 18, top: 64, bottom: 30 },
        xAxis: axis({ type: 'category', data: periods, boundaryGap: false }),
        yAxis: axis({ type: 'value' }),
        series: [
          line(t('sold'), history, ink()),
          ...stacked,
          line(t('came'), [...blank.slice(1), history[lead - 1] ?? null, ...came], ink(), 'dashed'),
          line(t('expected'), [...blank, ...median], sea()),
        ],
      })
    })
  })
}
