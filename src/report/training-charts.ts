import type { ReportData } from './data.ts'
import type { PageKit } from './page-kit.ts'

/** The part of the report's script that draws how networks were trained; it too may use nothing from outside of it. */
export function trainingCharts(kit: PageKit, data: Pick<ReportData, 'training'>): () => void {
  const { t, number, soft, sea, draw, axis, box } = kit
  const loss = (v: number) => (v === 0 || Math.abs(v) >= 1e-4 ? String(Number(v.toPrecision(3))) : v.toExponential(1))

  return () => {
    data.training.forEach(({ name, steps, loss: losses, validation, rate }, k) => {
      const along = (values: readonly (number | null)[]) =>
        values.flatMap((value, at) => (value === null ? [] : [[steps[at] as number, value]]))
      const held = along(validation)
      // Likelihoods of densities may lie below 0, where there are no logarithms.
      const positive = [...losses, ...held.map(([, v]) => v as number)].every((v) => v > 0)
      const line = (
        key: 'trainingLoss' | 'heldOut' | 'rate',
        points: number[][],
        color: string,
        more: object = {},
      ) => ({
        ...{ name: t(key), type: 'line', data: points, showSymbol: false, color },
        lineStyle: { color, width: 2 },
        ...more,
      })
      const faint = { yAxisIndex: 1, lineStyle: { color: soft(), width: 1, type: 'dashed' } }
      draw(`training-${k}`, {
        title: { text: name, left: 0, textStyle: { fontSize: 13, color: soft(), fontWeight: 600 } },
        tooltip: { ...box(), valueFormatter: (v: number) => (v < 0.01 ? v.toExponential(2) : number(v, 4)) },
        legend: { type: 'scroll', textStyle: { color: soft() }, top: 30, left: 0 },
        grid: { left: 56, right: 60, top: 68, bottom: 42 },
        xAxis: axis({
          type: 'value',
          max: steps.at(-1),
          name: t('trainingStep'),
          nameLocation: 'middle',
          nameGap: 26,
          splitLine: { show: false },
        }),
        yAxis: [
          axis({ type: positive ? 'log' : 'value', logBase: 2, scale: true, axisLabel: { formatter: loss } }),
          axis({ type: 'value', min: 0, splitLine: { show: false }, axisLabel: { formatter: loss } }),
        ],
        series: [
          line('trainingLoss', along(losses), sea()),
          ...(held.length > 0
            ? [line('heldOut', held, '#d1495b', { showSymbol: held.length < 60, symbolSize: 5 })]
            : []),
          line('rate', along(rate), soft(), faint),
        ],
      })
    })
  }
}
