import { join } from 'node:path'
import { z } from 'zod'
import type { Locale } from '../../core/errors.ts'
import { importFiles, writePage } from '../../pipeline.ts'
import { type CheckData, checkData } from '../../report/check-data.ts'
import { renderCheck } from '../../report/check-page.ts'
import { Workspace } from '../../store/workspace.ts'
import { operation } from '../operation.ts'
import { bar, number, percent, sparkline, table, widthOf } from '../print.ts'
import { inputsOf, READING, readingOf } from './options.ts'

export const checkOperation = operation({
  name: 'check',
  about: { en: 'data quality: what is wrong, where, and what was done about it', zh: '数据质量：问题、位置与处理方式' },
  takes: '[FILES…]',
  options: z.strictObject(READING),
  async perform(options, files, { workspace, run, say }) {
    const opened = Workspace.open(workspace)
    if (files.length > 0) await importFiles(opened, inputsOf(files), readingOf(options), run)
    const data = await checkData(opened.facts(), opened.source())
    const path = join(opened.path, 'check.html')
    writePage(path, renderCheck(data, run.locale))
    say(run.locale === 'zh' ? `图表：${path}` : `Charts: ${path}`)
    return { ...data, page: path }
  },
  print: (data, locale) => printCheck(data, locale),
})

const TEXT = {
  en: {
    found: 'what was found',
    count: 'count',
    series: 'series',
    done: 'what was done',
    clean: 'Nothing to report.',
    rows: 'rows read, loaded, set aside',
    kept: 'Rows set aside are kept in',
    zeros: 'zeros',
    missing: 'missing',
    censored: 'out of stock',
    closed: 'closed',
    outliers: 'outliers',
  },
  zh: {
    found: '发现的问题',
    count: '数量',
    series: '序列',
    done: '处理方式',
    clean: '没有需要报告的问题。',
    rows: '行：读取、载入、隔离',
    kept: '被隔离的行保存在',
    zeros: '零值',
    missing: '缺失',
    censored: '缺货',
    closed: '休业',
    outliers: '异常值',
  },
} as const

function printCheck({ quality, examples }: CheckData, locale: Locale): string {
  const t = TEXT[locale]
  const { rowsRead, rowsLoaded, rowsRejected, quarantine, shares, findings } = quality
  const lines = [`${t.rows}: ${[rowsRead, rowsLoaded, rowsRejected].map((n) => number(n, 0, locale)).join(' / ')}`]
  if (quarantine) lines.push(`${t.kept} ${quarantine}`)
  lines.push('')
  for (const name of ['zeros', 'missing', 'censored', 'closed', 'outliers'] as const)
    lines.push(
      `${percent(shares[name]).padStart(8)}  ${t[name]}${' '.repeat(14 - widthOf(t[name]))} ${bar(shares[name], 40)}`.trimEnd(),
    )
  lines.push('')
  if (findings.length === 0) lines.push(t.clean)
  else
    lines.push(
      table(
        [t.found, t.count, t.series, t.done],
        findings.map((f) => [f.kind[locale], number(f.count, 0, locale), number(f.series, 0, locale), f.done[locale]]),
        (c) => c === 1 || c === 2,
      ),
    )
  for (const f of findings) if (f.examples.length > 0) lines.push(`  ${f.kind[locale]}: ${f.examples.join('; ')}`)
  for (const example of examples)
    lines.push('', `${example.id}  (${example.why[locale]})`, `  ${sparkline(example.values.slice(-100))}`)
  return `${lines.join('\n')}\n`
}
