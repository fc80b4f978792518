import type { Locale } from '../core/errors.ts'
import type { Candidacy, Selection } from '../models/selection.ts'
import { number, table } from './print.ts'

const OUTCOMES: { readonly [O in Candidacy['outcome']]: { readonly [L in Locale]: string } } = {
  chosen: { en: 'chosen', zh: '入选' },
  dropped: { en: 'did not pay', zh: '无增益' },
  failed: { en: 'failed', zh: '失败' },
  late: { en: 'no time left', zh: '时间不足' },
}

/** Who competed, how each fared on the validation windows, and how much of the forecast is whose. */
export function printSelection({ candidates, cutoffs, together, seconds }: Selection, locale: Locale): string {
  const head =
    locale === 'zh'
      ? ['候选模型', '损失', '权重', '秒', '结果']
      : ['candidate', 'loss', 'weight', 'seconds', 'what became of it']
  const rows = candidates.map(({ model, loss, weight, fitSeconds, forecastSeconds, outcome }) => [
    model,
    loss === null ? '–' : number(loss, 4),
    weight > 0 ? `${number(100 * weight, 0)} %` : '–',
    number(fitSeconds + forecastSeconds, 1),
    OUTCOMES[outcome][locale],
  ])
  const windows = cutoffs.join(', ')
  const about =
    locale === 'zh'
      ? `验证窗口截至 ${windows || '–'}；组合后的损失 ${together === null ? '–' : number(together, 4)}；用时 ${number(seconds, 0)} 秒`
      : `held against what came after ${windows || '–'}; loss together ${together === null ? '–' : number(together, 4)}; ${number(seconds, 0)} s`
  return `${table(head, rows, (c) => c > 0 && c < 4)}\n${about}\n`
}
