import { z } from 'zod'
import { ForetideError, type Locale } from '../../core/errors.ts'
import { PARTS } from '../../explain/explain.ts'
import { changeSentence, sentenceOf, wordOf } from '../../explain/sentence.ts'
import { explainWorkspace } from '../../pipeline.ts'
import { Workspace } from '../../store/workspace.ts'
import { operation } from '../operation.ts'
import { number, table } from '../print.ts'
import { FORECASTING } from './options.ts'

type Made = Awaited<ReturnType<typeof explainWorkspace>>

export const explainOperation = operation({
  name: 'explain',
  about: {
    en: 'why the forecast of a series is what it is, and what changed',
    zh: '说明某序列的预测为何如此，以及有何变化',
  },
  takes: 'SERIES…',
  options: z.strictObject({
    horizon: FORECASTING.horizon,
    models: FORECASTING.models,
    tuned: FORECASTING.tuned,
    metric: FORECASTING.metric,
  }),
  async perform(options, given, { workspace, run }) {
    if (given.length === 0) throw new ForetideError('explain.which', {}, { fault: 'usage' })
    return await explainWorkspace(Workspace.open(workspace), given, options, run)
  },
  print: (made: Made, locale) => made.explained.map((one) => printed(one, made, locale)).join('\n'),
})

/** Steps whose parts are printed; `--json` has them all. */
const PRINTED = 14

function printed(one: Made['explained'][number], { model, changes }: Made, locale: Locale): string {
  const parts = PARTS.filter((part) => one.parts[part]?.some((x) => Math.abs(x) > 1e-9))
  const head = [
    locale === 'zh' ? '日期' : 'date',
    locale === 'zh' ? '预测' : 'forecast',
    ...parts.map((part) => wordOf(part, locale)),
  ]
  const rows = one.dates
    .slice(0, PRINTED)
    .map((date, h) => [date, number(one.mean[h], 1), ...parts.map((part) => number(one.parts[part]?.[h] ?? 0, 1))])
  const left = one.dates.length - rows.length
  const more = left > 0 ? (locale === 'zh' ? `…以及另外 ${left} 期\n` : `… and ${left} more periods\n`) : ''
  const change = changes.find(({ id }) => id === one.id)
  const said = [sentenceOf(one, locale), ...(change ? [changeSentence(change, locale)] : [])].join('\n')
  const by = locale === 'zh' ? `模型 ${one.answeredBy ?? model}` : `model ${one.answeredBy ?? model}`
  return `${said}\n\n${table(head, rows, (c) => c > 0)}\n${more}\n${by}\n`
}
