import { z } from 'zod'
import type { Calendar } from '../../core/calendar.ts'
import type { Locale } from '../../core/errors.ts'
import type { Forecast } from '../../core/forecast.ts'
import { at } from '../../core/panel.ts'
import type { Update } from '../../forecast/continual/update.ts'
import type { Selection } from '../../models/selection.ts'
import { backtestWorkspace, forecastWorkspace } from '../../pipeline.ts'
import { Workspace } from '../../store/workspace.ts'
import { checkEnding, writeForecast } from '../forecast-file.ts'
import { help, list, operation, whole } from '../operation.ts'
import { number, table } from '../print.ts'
import { printSelection } from '../print-selection.ts'
import { FORECASTING, forecastingOf } from './options.ts'

export const forecastOperation = operation({
  name: 'forecast',
  about: { en: 'forecast every series, with its uncertainty', zh: '预测每个序列及其不确定性' },
  options: z.strictObject({
    ...FORECASTING,
    levels: list()
      .transform((texts) => [...new Set(texts.map(Number))].sort((a, b) => a - b))
      .pipe(z.array(z.number().gt(0).lt(1)).min(1))
      .optional()
      .meta(help('quantile levels, such as 0.1,0.5,0.9', '分位数水平，例如 0.1,0.5,0.9', 'LEVELS')),
    paths: whole(0, 100_000)
      .optional()
      .meta(help('sample paths a series (in JSON output)', '每个序列的样本路径数（JSON 输出）', 'N')),
    coherent: list()
      .transform((names) => names.map((name) => (name === 'total' ? [] : name.split('+'))))
      .optional()
      .meta(
        help(
          'make forecasts add up to these sums: total, columns, or several with + between',
          '使预测与这些合计一致：total、列名，或以 + 连接的多列',
          'total,A,A+B',
        ),
      ),
    update: z
      .boolean()
      .optional()
      .meta(
        help(
          'use what was learned last time; learn anew by schedule, or when errors drift',
          '沿用上次所学；仅按周期或误差漂移时重新学习',
        ),
      ),
    out: z
      .string()
      .optional()
      .meta(help('write to FILE.csv, .parquet or .json', '写入 FILE.csv、.parquet 或 .json', 'FILE')),
  }),
  async perform(options, _, { workspace, run, say }) {
    const { levels, paths, coherent, update, out, ...rest } = options
    checkEnding(out, 'forecast')
    const opened = Workspace.open(workspace)
    const chosen = { ...forecastingOf(rest), levels, paths, coherent, update }
    // One model named is taken at its word; with none or several the past decides.
    const tested = chosen.models?.length === 1 ? undefined : await backtestWorkspace(opened, chosen, run)
    const { forecast, window, chosen: model, selection, ...more } = await forecastWorkspace(opened, tested, chosen, run)
    if (out !== undefined) {
      await writeForecast(out, forecast, opened.source(), levels)
      say(run.locale === 'zh' ? `已写入 ${out}` : `Written to ${out}`)
    }
    return {
      ...summaryOf(forecast, model, window.calendar.format(window.cutoff), levels),
      ...(selection && { selection }),
      ...(more.update && { update: updateOf(more.update, window.calendar) }),
    }
  },
  print: printSummary,
})

/** A forecast as plain data: rows of one series and step. */
function summaryOf(forecast: Forecast, chosen: string, cutoff: string, wanted: readonly number[] | undefined) {
  const { horizon, calendar, start } = forecast
  const levels = wanted ?? [0.1, 0.5, 0.9]
  const places = levels.map((level) => forecast.levels.findIndex((l) => Math.abs(l - level) < 1e-9))
  const rounded = (value: number) => (Number.isFinite(value) ? Number(value.toPrecision(8)) : null)
  return {
    chosen,
    cutoff,
    horizon,
    unit: calendar.unit,
    levels,
    provenance: forecast.provenance,
    dates: Array.from({ length: horizon }, (_, h) => calendar.format(start + h)),
    series: forecast.ids.map((id, i) => ({
      id,
      answeredBy: forecast.answeredBy[i] ?? null,
      refused: (forecast.refused.get(i) ?? []).map(({ model, reason }) => ({ model, reason })),
      mean: Array.from({ length: horizon }, (_, h) => rounded(at(forecast.mean, i * horizon + h))),
      quantiles: places.map((l) =>
        Array.from({ length: horizon }, (_, h) =>
          rounded(at(forecast.quantiles, (i * horizon + h) * forecast.levels.length + l)),
        ),
      ),
      ...(forecast.paths ? { paths: pathsOf(forecast, i) } : {}),
    })),
  }
}

function pathsOf({ paths, horizon }: Forecast, i: number): number[][] {
  if (!paths) return []
  return Array.from({ length: paths.count }, (_, p) => [
    ...paths.values.subarray((i * paths.count + p) * horizon, (i * paths.count + p + 1) * horizon),
  ])
}

/** How many series are printed; the file has them all. */
const PRINTED = 20

/** What an update did, as plain data. */
const updateOf = ({ refitted, loss, watch, learnedTo, seenTo }: Omit<Update, 'forecast'>, calendar: Calendar) => ({
  ...{ refitted, loss, excess: watch.excess },
  ...{ learnedTo: calendar.format(learnedTo), seenTo: calendar.format(seenTo) },
})

type Summary = ReturnType<typeof summaryOf> & {
  readonly selection?: Selection
  readonly update?: ReturnType<typeof updateOf>
}

const REFITTED: { readonly [W in NonNullable<Update['refitted']>]: { readonly [L in Locale]: string } } = {
  first: { en: 'learned for the first time', zh: '首次学习' },
  schedule: { en: 'learned anew, since its time was up', zh: '到期，已重新学习' },
  drift: { en: 'learned anew, since its errors had drifted', zh: '误差漂移，已重新学习' },
  other: { en: 'learned anew, since what was kept was of something else', zh: '所存内容不适用，已重新学习' },
}

function printUpdate({ refitted, loss, learnedTo }: ReturnType<typeof updateOf>, locale: Locale): string {
  const said = refitted
    ? REFITTED[refitted][locale]
    : locale === 'zh'
      ? `沿用截至 ${learnedTo} 的所学`
      : `what was learned up to ${learnedTo}, used again`
  const lost =
    loss === null
      ? ''
      : locale === 'zh'
        ? `；新数据上的损失 ${number(loss, 3)}`
        : `; loss on what is new ${number(loss, 3)}`
  return `${said}${lost}\n`
}

function printSummary(result: Summary, locale: Locale): string {
  const sum = (values: readonly (number | null)[]) => values.reduce((a: number, b) => a + (b ?? 0), 0)
  const rows = [...result.series]
    .sort((a, b) => sum(b.mean) - sum(a.mean))
    .slice(0, PRINTED)
    .map((s) => [
      s.id,
      s.answeredBy ?? '–',
      number(sum(s.mean), 1),
      ...[0, result.horizon - 1].map(
        (h) => `${number(s.mean[h], 1)} [${number(s.quantiles[0]?.[h], 1)} … ${number(s.quantiles.at(-1)?.[h], 1)}]`,
      ),
    ])
  const first = result.dates[0] ?? ''
  const last = result.dates.at(-1) ?? ''
  const head = locale === 'zh' ? ['序列', '模型', '合计', first, last] : ['series', 'model', 'total', first, last]
  const left = result.series.length - rows.length
  const more = left > 0 ? (locale === 'zh' ? `…以及另外 ${left} 个序列\n` : `… and ${left} more series\n`) : ''
  const levels = `${result.levels[0]} … ${result.levels.at(-1)}`
  const about =
    locale === 'zh'
      ? `期望值 [分位数 ${levels}]，截至 ${result.cutoff}`
      : `expected [quantiles ${levels}], known up to ${result.cutoff}`
  const update = result.update ? printUpdate(result.update, locale) : ''
  const chosen = result.selection ? `${printSelection(result.selection, locale)}\n` : ''
  return `${update}${chosen}${table(head, rows, (c) => c > 1)}\n${more}\n${about}\n`
}
