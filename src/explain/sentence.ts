import type { Locale } from '../core/errors.ts'
import { type Explanation, PARTS, type Part } from './explain.ts'

const WORDS: { readonly [P in Part]: { readonly [L in Locale]: string } } = {
  level: { en: 'recent level', zh: '近期水平' },
  trend: { en: 'trend', zh: '趋势' },
  season: { en: 'time of the week or year', zh: '季节' },
  promotion: { en: 'promotions', zh: '促销' },
  price: { en: 'price', zh: '价格' },
  holiday: { en: 'holidays', zh: '节假日' },
  other: { en: 'other plans', zh: '其他计划' },
  stock: { en: 'past stock-outs', zh: '过往缺货' },
  neighbours: { en: 'other products', zh: '其他商品' },
  rest: { en: 'the rest', zh: '其余' },
}

/** What a part is called. */
export const wordOf = (part: Part, locale: Locale): string => WORDS[part][locale]

/** A part smaller than this share of the whole is not worth a word. */
const LEAST = 0.01

const sumOf = (values: readonly number[] = []) => values.reduce((sum, x) => sum + x, 0)

function rounded(value: number, locale: Locale): string {
  const size = Math.abs(value)
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2
  return value.toLocaleString(locale === 'zh' ? 'zh-CN' : 'en-GB', { maximumFractionDigits: digits })
}

const signed = (value: number, locale: Locale) => `${value >= 0 ? '+' : '−'}${rounded(Math.abs(value), locale)}`

/** The parts of some totals by size, the least of them summed up as the rest. */
function ranked(totals: ReadonlyMap<Part, number>, whole: number): [Part, number][] {
  const large: [Part, number][] = []
  let rest = totals.get('rest') ?? 0
  for (const part of PARTS) {
    const own = totals.get(part) ?? 0
    if (part === 'rest' || part === 'level') continue
    if (Math.abs(own) >= LEAST * Math.abs(whole)) large.push([part, own])
    else rest += own
  }
  large.sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]))
  return Math.abs(rest) >= LEAST * Math.abs(whole) ? [...large, ['rest', rest]] : large
}

const totalsOf = ({ parts }: Explanation): Map<Part, number> =>
  new Map(PARTS.flatMap((part) => (parts[part] ? [[part, sumOf(parts[part])]] : [])))

/** Says in a sentence why a forecast is what it is, over the whole horizon. */
export function sentenceOf(explanation: Explanation, locale: Locale): string {
  const { id, dates, mean } = explanation
  const whole = sumOf(mean)
  const totals = totalsOf(explanation)
  const parts = ranked(totals, whole).map(([part, own]) => `${WORDS[part][locale]} ${signed(own, locale)}`)
  const [first, last] = [dates[0] ?? '', dates.at(-1) ?? '']
  const level = rounded(totals.get('level') ?? 0, locale)
  if (locale === 'zh')
    return `${id}：${first} 至 ${last} 预计 ${rounded(whole, locale)} 件；按近期水平为 ${level} 件${parts.length > 0 ? `，${parts.join('，')}` : ''}。`
  return `${id}: ${rounded(whole, locale)} units expected from ${first} to ${last}; ${level} by the recent level${parts.length > 0 ? `, ${parts.join(', ')}` : ''}.`
}

/** How two forecasts of a series differ over the periods that both cover, part by part. */
export interface Change {
  readonly id: string
  readonly dates: readonly string[]
  readonly before: number
  readonly after: number
  readonly parts: Readonly<Partial<Record<Part, number>>>
}

/** Compares an explanation with an earlier one of the same series; undefined where they have no period in common. */
export function changeOf(before: Explanation, after: Explanation): Change | undefined {
  const dates = after.dates.filter((date) => before.dates.includes(date))
  if (dates.length === 0) return undefined
  const over = (explanation: Explanation, values: readonly number[] | undefined) =>
    sumOf(dates.map((date) => values?.[explanation.dates.indexOf(date)] ?? 0))
  const parts: Partial<Record<Part, number>> = {}
  for (const part of PARTS)
    if (before.parts[part] || after.parts[part])
      parts[part] = over(after, after.parts[part]) - over(before, before.parts[part])
  return { id: after.id, dates, before: over(before, before.mean), after: over(after, after.mean), parts }
}

/** Says in a sentence what changed since an earlier forecast, and why. */
export function changeSentence({ id, dates, before, after, parts }: Change, locale: Locale): string {
  const totals = new Map(PARTS.flatMap((part) => (parts[part] === undefined ? [] : [[part, parts[part]] as const])))
  const level = totals.get('level') ?? 0
  const whole = Math.max(Math.abs(before), Math.abs(after))
  const own: [Part, number][] = Math.abs(level) >= LEAST * whole ? [['level', level]] : []
  const why = [...own, ...ranked(totals, whole)].sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]))
  const said = why
    .map(([part, change]) => `${WORDS[part][locale]} ${signed(change, locale)}`)
    .join(locale === 'zh' ? '，' : ', ')
  const [first, last] = [dates[0] ?? '', dates.at(-1) ?? '']
  if (locale === 'zh')
    return `${id}：${first} 至 ${last} 的预测由 ${rounded(before, locale)} 变为 ${rounded(after, locale)} 件${said ? `：${said}` : ''}。`
  return `${id}: the forecast from ${first} to ${last} went from ${rounded(before, locale)} to ${rounded(after, locale)} units${said ? `: ${said}` : ''}.`
}
