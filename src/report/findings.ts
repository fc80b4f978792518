import { MESSAGES } from '../core/messages/index.ts'
import type { Finding, ImportFacts } from '../store/facts.ts'
import type { Both, ReportData, ReportFinding } from './data.ts'

interface Wording {
  readonly kind: Both
  readonly done: Both
  readonly severity: ReportFinding['severity']
}

/** What each finding of an import is called, and what was done about it. */
const FOUND: { readonly [F in Finding]: Wording } = {
  identicalRows: {
    kind: { en: 'The same row twice', zh: '完全重复的行' },
    done: { en: 'read once', zh: '只读取一次' },
    severity: 'warning',
  },
  severalRows: {
    kind: { en: 'Several rows for one series and period', zh: '同一序列同一周期有多行' },
    done: { en: 'added up', zh: '已相加' },
    severity: 'warning',
  },
  gapsZero: {
    kind: { en: 'Periods without a row', zh: '没有记录的周期' },
    done: { en: 'read as nothing sold (--gaps missing for unknown)', zh: '视为零销售（--gaps missing 可视为未知）' },
    severity: 'info',
  },
  gapsMissing: {
    kind: { en: 'Periods without a row', zh: '没有记录的周期' },
    done: { en: 'kept as missing (--gaps zero for nothing sold)', zh: '保留为缺失（--gaps zero 可视为零销售）' },
    severity: 'warning',
  },
  missingValues: {
    kind: { en: 'Empty values', zh: '空值' },
    done: { en: 'kept as missing, never as zero', zh: '保留为缺失，不当作零' },
    severity: 'warning',
  },
  negativePeriods: {
    kind: { en: 'Periods with less than nothing sold', zh: '销量为负的周期' },
    done: { en: 'kept: returns outweighed sales', zh: '保留：退货多于销售' },
    severity: 'warning',
  },
  returns: {
    kind: { en: 'Returns', zh: '退货' },
    done: { en: 'netted against sales', zh: '已与销售相抵' },
    severity: 'info',
  },
  censored: {
    kind: { en: 'Periods out of stock', zh: '缺货的周期' },
    done: { en: 'masked: the sale is a lower bound of demand', zh: '已标记：销量只是需求的下限' },
    severity: 'info',
  },
  closedPlanned: {
    kind: { en: 'Closed periods', zh: '休业的周期' },
    done: { en: 'masked', zh: '已标记' },
    severity: 'info',
  },
  closedDetected: {
    kind: { en: 'Days on which a whole shop sold nothing', zh: '整店零销售的日子' },
    done: { en: 'masked as closed, not read as no demand', zh: '标记为休业，不当作零需求' },
    severity: 'info',
  },
  coarserSeries: {
    kind: { en: 'Series with longer steps than the rest', zh: '频率低于其他的序列' },
    done: { en: 'periods in between kept as missing', zh: '中间的周期保留为缺失' },
    severity: 'warning',
  },
  finerSeries: {
    kind: { en: 'Series with shorter steps than the rest', zh: '频率高于其他的序列' },
    done: { en: 'added up to the common period', zh: '已按共同周期汇总' },
    severity: 'warning',
  },
  constantSeries: {
    kind: { en: 'Series that never change', zh: '从不变化的序列' },
    done: { en: 'kept', zh: '保留' },
    severity: 'info',
  },
  zeroSeries: {
    kind: { en: 'Series that never sold', zh: '从未销售的序列' },
    done: { en: 'kept', zh: '保留' },
    severity: 'info',
  },
  shortSeries: {
    kind: { en: 'Series of fewer than ten values', zh: '不足十个值的序列' },
    done: { en: 'kept; simple models answer them', zh: '保留；由简单模型预测' },
    severity: 'info',
  },
  unmatchedRows: {
    kind: { en: 'Rows of other tables for products without sales', zh: '其他表中没有销售的商品' },
    done: { en: 'left out of the panel', zh: '未纳入面板' },
    severity: 'info',
  },
}

/** The quality part of a report: rows set aside by reason, then what the import found. */
export function qualityOf(facts: ImportFacts): ReportData['quality'] {
  const rejectedRows = facts.tables.flatMap(({ rejected }) => Object.entries(rejected.byCode))
  const byCode = new Map<string, number>()
  for (const [code, count] of rejectedRows) byCode.set(code, (byCode.get(code) ?? 0) + count)
  const rejected = [...byCode].map(
    ([code, count]): ReportFinding => ({
      kind: shortText(code),
      done: { en: 'row set aside', zh: '该行已隔离' },
      count,
      series: 0,
      severity: 'serious',
      examples: [],
    }),
  )
  const total = (of: (t: ImportFacts['tables'][number]) => number) => facts.tables.reduce((sum, t) => sum + of(t), 0)
  const loaded = total((t) => t.rows)
  const aside = total((t) => t.rejected.count)
  return {
    rowsRead: loaded + aside,
    rowsLoaded: loaded,
    rowsRejected: aside,
    quarantine: facts.tables.find((t) => t.rejected.path)?.rejected.path ?? null,
    shares: { ...facts.shares, outliers: 0 },
    findings: [
      ...rejected,
      ...facts.findings.map(({ finding, count, series, examples }) => ({ ...FOUND[finding], count, series, examples })),
    ],
  }
}

/** What rows set aside are called, by the message code of their reason. */
const ASIDE: Readonly<Record<string, Both>> = {
  'ingest.row.columns': { en: 'Rows with the wrong number of cells', zh: '单元格数量不符的行' },
  'ingest.row.quote': { en: 'Rows with broken quotes', zh: '引号不完整的行' },
  'ingest.row.bytes': { en: 'Rows with bytes that are no text', zh: '含有非文本字节的行' },
  'ingest.row.long': { en: 'Rows that are far too long', zh: '过长的行' },
  'ingest.row.json': { en: 'Lines that are no JSON', zh: '不是 JSON 的行' },
  'ingest.row.key': { en: 'Rows that name no series', zh: '没有序列标识的行' },
  'ingest.row.dateMissing': { en: 'Rows without a date', zh: '没有日期的行' },
  'ingest.row.date': { en: 'Dates that cannot be read', zh: '无法识别的日期' },
  'ingest.row.dateRange': { en: 'Dates that cannot be', zh: '不可能的日期' },
  'ingest.row.number': { en: 'Numbers that cannot be read', zh: '无法识别的数字' },
}

/** What a reason for setting rows aside is called; one without a name of its own by its message, details left open. */
function shortText(code: string): Both {
  const message = (MESSAGES as Readonly<Record<string, Both | undefined>>)[code]
  const open = (text: string) => text.replace(/\{\w+\}/g, '…').split(/(?<=[.。])\s*/)[0] ?? code
  return ASIDE[code] ?? (message ? { en: open(message.en), zh: open(message.zh) } : { en: code, zh: code })
}
