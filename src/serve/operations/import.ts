import { z } from 'zod'
import { ForetideError, type Locale } from '../../core/errors.ts'
import { importFiles } from '../../pipeline.ts'
import type { ImportFacts } from '../../store/facts.ts'
import { Workspace } from '../../store/workspace.ts'
import { operation } from '../operation.ts'
import { number, table } from '../print.ts'
import { inputsOf, READING, readingOf } from './options.ts'

export const importOperation = operation({
  name: 'import',
  about: { en: 'read files and databases into the workspace', zh: '将文件与数据库读入工作区' },
  takes: 'FILES…',
  options: z.strictObject(READING),
  async perform(options, files, { workspace, run }) {
    if (files.length === 0)
      throw new ForetideError(
        'usage.missing',
        { command: 'import', what: 'FILES', example: 'foretide import sales.csv' },
        { fault: 'usage' },
      )
    return await importFiles(Workspace.open(workspace), inputsOf(files), readingOf(options), run)
  },
  print: printFacts,
})

const TEXT = {
  en: {
    table: 'table',
    rows: 'rows',
    aside: 'set aside',
    columns: 'columns',
    series: 'series',
    periods: 'one value a',
    known: 'known ahead',
    past: 'known afterwards',
    fixed: 'per series',
  },
  zh: {
    table: '表',
    rows: '行',
    aside: '隔离',
    columns: '列',
    series: '个序列',
    periods: '频率',
    known: '未来已知',
    past: '事后可知',
    fixed: '序列属性',
  },
} as const

/** What an import brought, for people. */
function printFacts(facts: ImportFacts, locale: Locale): string {
  const t = TEXT[locale]
  const rows = facts.tables.map((one) => [
    one.kind,
    number(one.rows, 0, locale),
    number(one.rejected.count, 0, locale),
    one.columns
      .filter((c) => c.role !== 'ignored')
      .map((c) => (c.source === c.name ? c.name : `${c.source} → ${c.role}`))
      .join(', '),
  ])
  const names = (ahead: boolean) =>
    facts.columns
      .filter((c) => c.knownAhead === ahead)
      .map((c) => c.name)
      .join(', ') || '–'
  return `${table([t.table, t.rows, t.aside, t.columns], rows, (c) => c === 1 || c === 2)}

${number(facts.series, 0, locale)} ${t.series} (${facts.keys.join(' / ')}), ${t.periods} ${facts.calendar.unit}, ${facts.from} – ${facts.to}
${t.known}: ${names(true)}
${t.past}: ${names(false)}
${t.fixed}: ${facts.statics.filter((s) => !facts.keys.includes(s)).join(', ') || '–'}
`
}
