import { basename, extname } from 'node:path'
import { z } from 'zod'
import { ForetideError, type Locale } from '../../core/errors.ts'
import type { Selection } from '../../models/selection.ts'
import {
  backtestWorkspace,
  type ForecastOptions,
  forecastWorkspace,
  importFiles,
  reportPath,
  reportWorkspace,
  writePage,
} from '../../pipeline.ts'
import { renderReport } from '../../report/render.ts'
import { Workspace } from '../../store/workspace.ts'
import { checkEnding, writeForecast } from '../forecast-file.ts'
import { type Context, help, operation } from '../operation.ts'
import { number, percent } from '../print.ts'
import { printSelection } from '../print-selection.ts'
import { printLeaderboard } from './backtest.ts'
import { BACKTESTING, FORECASTING, forecastingOf, inputsOf, READING, readingOf } from './options.ts'

export const runOperation = operation({
  name: 'run',
  about: { en: 'everything: import, check, backtest, forecast, report', zh: '全流程：导入、检查、回测、预测、报告' },
  takes: 'FILES…',
  options: z.strictObject({
    ...READING,
    ...FORECASTING,
    ...BACKTESTING,
    title: z
      .string()
      .optional()
      .meta(help('title of the report', '报告标题', 'TEXT')),
    report: z
      .string()
      .optional()
      .meta(
        help(
          'where the report goes (default: report.html in the workspace)',
          '报告位置（默认为工作区中的 report.html）',
          'FILE',
        ),
      ),
    out: z
      .string()
      .optional()
      .meta(
        help(
          'forecasts as FILE.csv, .parquet or .json (default: forecast.csv in the workspace)',
          '预测结果文件（默认为工作区中的 forecast.csv）',
          'FILE',
        ),
      ),
  }),
  async perform(options, files, context) {
    if (files.length === 0)
      throw new ForetideError(
        'usage.missing',
        { command: 'run', what: 'FILES', example: 'foretide run sales.csv --horizon 28' },
        { fault: 'usage' },
      )
    const { title, report, out, ...rest } = options
    checkEnding(out, 'run')
    const opened = Workspace.open(context.workspace)
    await importFiles(opened, inputsOf(files), readingOf(rest), context.run)
    const named = title ?? titleOf(files[0] as string)
    return await runAll(opened, forecastingOf(rest), { title: named, report, out }, context)
  },
  print: printRun,
})

/** A report's title where none is given: the file's name, or of a database the table's, never an address with its secrets. */
function titleOf(file: string): string {
  if (!file.includes('://')) return basename(file, extname(file))
  const url = URL.parse(file)
  return url?.searchParams.get('table') ?? (basename(url?.pathname ?? '') || 'Foretide')
}

/** What is left behind by a whole run. */
export interface RunResult {
  readonly chosen: string
  readonly report: string
  readonly forecasts: string
  readonly series: number
  readonly unanswered: number
  readonly expected: number
  readonly horizon: number
  readonly unit: string
  readonly quality: {
    readonly rowsRead: number
    readonly rowsLoaded: number
    readonly rowsRejected: number
    readonly findings: number
  }
  readonly backtest: Awaited<ReturnType<typeof backtestWorkspace>> | null
  /** How the members of the model chosen were, where it is a combination. */
  readonly selection?: Selection
}

/** Backtest, forecast and report of an imported workspace. */
export async function runAll(
  workspace: Workspace,
  chosen: ForecastOptions,
  files: { readonly title: string; readonly report?: string | undefined; readonly out?: string | undefined },
  { run, command }: Context,
): Promise<RunResult> {
  const tested = await backtestWorkspace(workspace, chosen, run)
  const made = await forecastWorkspace(workspace, tested, chosen, run)
  const data = await reportWorkspace(
    workspace,
    tested,
    made,
    { title: files.title, command, metric: chosen.metric },
    run,
  )
  const report = files.report ?? reportPath(workspace)
  writePage(report, renderReport(data, run.locale))
  const forecasts = files.out ?? `${workspace.path}/forecast.csv`
  await writeForecast(forecasts, made.forecast, workspace.source(), undefined)
  const { quality } = data
  return {
    chosen: made.chosen,
    report,
    forecasts,
    series: data.seriesCount,
    unanswered: data.unanswered,
    expected: data.total.mean.reduce((a, b) => a + b, 0),
    horizon: data.horizon,
    unit: data.unit,
    quality: {
      rowsRead: quality.rowsRead,
      rowsLoaded: quality.rowsLoaded,
      rowsRejected: quality.rowsRejected,
      findings: quality.findings.length,
    },
    backtest: tested ?? null,
    ...(made.selection && { selection: made.selection }),
  }
}

/** A run in a few lines, for people. */
export function printRun(result: RunResult, locale: Locale): string {
  const board = result.backtest ? `${printLeaderboard(result.backtest, locale)}\n` : ''
  const row = result.backtest?.leaderboard.find((r) => r.model === result.chosen)
  const { quality } = result
  const lines =
    locale === 'zh'
      ? [
          `数据：读取 ${number(quality.rowsRead)} 行，载入 ${number(quality.rowsLoaded)} 行，隔离 ${number(quality.rowsRejected)} 行，${quality.findings} 类问题`,
          `模型：${result.chosen}${row ? `，回测 WAPE ${percent(row.wape)}，80% 区间覆盖 ${percent(row.coverage['80'])}` : ''}`,
          `预测：${number(result.series - result.unanswered)} 个序列，未来 ${result.horizon} 个周期，预计合计 ${number(result.expected)}${result.unanswered ? `，${result.unanswered} 个没有结果` : ''}`,
          `报告：${result.report}`,
          `预测文件：${result.forecasts}`,
        ]
      : [
          `Data       ${number(quality.rowsRead)} rows read, ${number(quality.rowsLoaded)} loaded, ${number(quality.rowsRejected)} set aside, ${quality.findings} kinds of findings`,
          `Model      ${result.chosen}${row ? `, WAPE ${percent(row.wape)} in backtests, ${percent(row.coverage['80'])} of truths inside the 80 % interval` : ''}`,
          `Forecast   ${number(result.series - result.unanswered)} series, ${result.horizon} ${result.unit}s ahead, ${number(result.expected)} units expected${result.unanswered ? `, ${result.unanswered} without an answer` : ''}`,
          `Report     ${result.report}`,
          `Forecasts  ${result.forecasts}`,
        ]
  const members = result.selection ? `${printSelection(result.selection, locale)}\n` : ''
  return `${board}${members}${lines.join('\n')}\n`
}
