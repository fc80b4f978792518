import { z } from 'zod'
import { METRICS, type MetricName } from '../../backtest/metrics/metrics.ts'
import { UNITS } from '../../core/calendar.ts'
import type { IngestOptions, Input } from '../../ingest/options.ts'
import { TABLE_KINDS } from '../../ingest/staged.ts'
import type { ForecastOptions } from '../../pipeline.ts'
import { type CleaningPolicy, FILLS, OUTLIER_RULES } from '../../store/clean/policy.ts'
import type { ImportOptions } from '../../store/import.ts'
import { help, list, whole } from '../operation.ts'

/** Options of everything that reads files. */
export const READING = {
  as: z
    .enum(TABLE_KINDS)
    .optional()
    .meta(
      help(
        `what the files hold: ${TABLE_KINDS.join('|')} (default: guessed)`,
        '文件内容的类型（默认自动判断）',
        'KIND',
      ),
    ),
  id: list()
    .optional()
    .meta(help('columns that name a series, such as store,item', '标识序列的列，例如 store,item', 'COLUMNS')),
  date: z
    .string()
    .optional()
    .meta(help('column of dates', '日期列', 'COLUMN')),
  target: z
    .string()
    .optional()
    .meta(help('column of units sold', '销量列', 'COLUMN')),
  known: list()
    .optional()
    .meta(help('columns known ahead of time (price, promotion plan)', '未来已知的列（价格、促销计划）', 'COLUMNS')),
  past: list()
    .optional()
    .meta(help('columns known only afterwards (clicks, weather)', '仅事后可知的列（点击、天气）', 'COLUMNS')),
  static: list()
    .optional()
    .meta(help('columns with one value a series (brand, category)', '每个序列固定的列（品牌、类别）', 'COLUMNS')),
  wide: z
    .boolean()
    .optional()
    .meta(
      help('a column a series, or a column a date (--no-wide: never)', '宽表：每列一个序列或一个日期（--no-wide：否）'),
    ),
  freq: z
    .enum(UNITS)
    .optional()
    .meta(help(`length of a period: ${UNITS.join('|')} (default: found)`, '周期长度（默认自动识别）', 'UNIT')),
  gaps: z
    .enum(['zero', 'missing'])
    .optional()
    .meta(
      help(
        'what a period without a row means: zero sold, or missing',
        '没有记录的周期：zero 为零销售，missing 为缺失',
        'zero|missing',
      ),
    ),
  zone: z
    .string()
    .optional()
    .meta(help("time zone of the shop's clock, such as Asia/Shanghai", '店铺时区，例如 Asia/Shanghai', 'ZONE')),
  dayFirst: z
    .boolean()
    .optional()
    .meta(
      help(
        '03/04/2026 is the third of April (--no-day-first: the fourth of March)',
        '03/04/2026 为四月三日（--no-day-first：三月四日）',
      ),
    ),
  decimal: z
    .enum(['.', ','])
    .optional()
    .meta(help('decimal sign of numbers (default: found)', '小数点符号（默认自动识别）', '.|,')),
  encoding: z
    .string()
    .optional()
    .meta(
      help(
        'encoding of text files, such as gb18030 (default: found)',
        '文本文件的编码，例如 gb18030（默认自动识别）',
        'NAME',
      ),
    ),
  delimiter: z
    .string()
    .transform((text) => (text === 'tab' || text === '\\t' ? '\t' : text))
    .optional()
    .meta(help('what parts cells: , ; tab | (default: found)', '单元格分隔符：, ; tab |（默认自动识别）', 'SIGN')),
  excelDates: z
    .boolean()
    .optional()
    .meta(help("plain numbers in the date column are Excel's days", '日期列中的纯数字为 Excel 日期')),
  periods: z
    .string()
    .transform(periods)
    .optional()
    .meta(
      help(
        'dates are whole numbers: when number FIRST (default 1) began, and the unit',
        '日期为整数编号：编号 FIRST（默认 1）的起始日期与单位',
        'DATE,UNIT[,FIRST]',
      ),
    ),
} as const

/** Options of everything that forecasts. */
export const FORECASTING = {
  horizon: whole(1, 10_000)
    .optional()
    .meta(
      help(
        'periods ahead (default: 48 h, 28 days, 13 weeks, 12 months)',
        '预测的周期数（默认 48 小时、28 天、13 周、12 个月）',
        'H',
      ),
    ),
  models: list()
    .optional()
    .meta(
      help(
        'models that compete (default: automatic; see foretide models)',
        '参与竞争的模型（默认自动；见 foretide models）',
        'A,B',
      ),
    ),
  tuned: z
    .boolean()
    .optional()
    .meta(
      help(
        'models that were tuned compete as NAME@tuned (see foretide tune)',
        '已调参的模型以 NAME@tuned 参与竞争（见 foretide tune）',
      ),
    ),
  metric: z
    .custom<MetricName>((name) => typeof name === 'string' && Object.hasOwn(METRICS, name), {
      error: Object.keys(METRICS).join(' | '),
    })
    .optional()
    .meta(help('what the best model is chosen by (default wql)', '选择模型所用的指标（默认 wql）', 'METRIC')),
  clean: z
    .string()
    .transform(cleaning)
    .optional()
    .meta(
      help(
        `what models see the past through, e.g. missing=${FILLS.join('|')},outliers=${OUTLIER_RULES.join('|')},censored=keep|zeroMissing|missing`,
        '模型所见历史的清洗方式，例如 missing=seasonal,censored=missing',
        'RULES',
      ),
    ),
} as const

/** Options of everything that backtests. */
export const BACKTESTING = {
  windows: whole(1, 1000)
    .optional()
    .meta(help('past windows to forecast again (default 3)', '回测窗口数（默认 3）', 'K')),
  step: whole(1, 10_000)
    .optional()
    .meta(help('periods from one window to the next (default: the horizon)', '窗口之间的间隔（默认等于预测期）', 'S')),
  gap: whole(0, 10_000)
    .optional()
    .meta(help('periods after the cutoff that are not scored (default 0)', '截止点之后不计分的周期数（默认 0）', 'G')),
  refit: z
    .union([z.literal('never'), whole(1)])
    .optional()
    .meta(help('fit anew every N windows, or never (default 1)', '每 N 个窗口重新拟合，或 never（默认 1）', 'N|never')),
  by: list()
    .optional()
    .meta(help('columns to show errors by', '按列细分误差', 'COLUMNS')),
} as const

type Given<Shape extends z.ZodRawShape> = z.infer<z.ZodObject<Shape>>

/** Leaves out what was not given, so that defaults hold further in. */
function present<T extends object>(given: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, v]) => v !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}

/** What reading and importing are to be told. */
export function readingOf(given: Given<typeof READING>): IngestOptions & ImportOptions {
  return present(given)
}

/** What forecasting and backtesting are to be told. */
export function forecastingOf(given: Given<typeof FORECASTING> & Partial<Given<typeof BACKTESTING>>): ForecastOptions {
  const { horizon, models, tuned, metric, clean, windows, step, gap, refit, by } = given
  return present({ horizon, models, tuned, metric, clean, windows, step, gap, refit, by })
}

/** Files as they stand on the command line: `prices:list.csv` says what a file holds. */
export function inputsOf(files: readonly string[]): (string | Input)[] {
  return files.map((file) => {
    const match = /^(\w+):(?!\/\/|\\)(.+)$/.exec(file)
    const kind = TABLE_KINDS.find((k) => k === match?.[1])
    return kind && match ? { path: match[2] as string, as: kind } : file
  })
}

const CLEANING: { readonly [K in keyof CleaningPolicy]: (text: string) => CleaningPolicy[K] | undefined } = {
  missing: (t) => FILLS.find((f) => f === t),
  longestGap: Number,
  neighbours: Number,
  outliers: (t) => OUTLIER_RULES.find((r) => r === t),
  threshold: Number,
  replaceOutliers: (t) => (t === 'true' ? true : t === 'false' ? false : undefined),
  negatives: (t) => (['keep', 'zero', 'missing'] as const).find((v) => v === t),
  leadingZeros: (t) => (['keep', 'missing'] as const).find((v) => v === t),
  censored: (t) => (['keep', 'zeroMissing', 'missing'] as const).find((v) => v === t),
  closed: (t) => (['keep', 'missing'] as const).find((v) => v === t),
}

/** Reads `name=value,…` into a cleaning policy; anything unknown is an issue of the option. */
function cleaning(text: string, context: z.RefinementCtx): Partial<CleaningPolicy> {
  const policy: Record<string, unknown> = { outliers: 'none' }
  for (const part of text.split(',').filter(Boolean)) {
    const [name = '', value = ''] = part.split('=')
    const read = Object.hasOwn(CLEANING, name) ? CLEANING[name as keyof CleaningPolicy](value) : undefined
    if (read === undefined || Number.isNaN(read))
      context.addIssue({
        code: 'custom',
        message: Object.keys(CLEANING)
          .map((key) => `${key}=…`)
          .join(' | '),
      })
    else policy[name] = read
  }
  return policy as Partial<CleaningPolicy>
}

/** Reads `1989-09-14,week,1` into how whole numbers count periods. */
function periods(text: string, context: z.RefinementCtx): NonNullable<IngestOptions['periods']> {
  const [origin = '', given = '', first = '1'] = text.split(',')
  const unit = UNITS.find((u) => u === given)
  if (Number.isNaN(Date.parse(origin)) || !unit || !/^-?\d+$/.test(first)) {
    context.addIssue({ code: 'custom', message: 'DATE,UNIT[,FIRST]: 1989-09-14,week,1' })
    return z.NEVER
  }
  return { origin, unit, first: Number(first) }
}
