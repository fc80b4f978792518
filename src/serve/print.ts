import type { Locale } from '../core/errors.ts'

/** How wide a text stands in a terminal: Chinese characters take two places. */
export function widthOf(text: string): number {
  let width = 0
  for (const c of text)
    width += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(c)
      ? 2
      : 1
  return width
}

/** Lays out rows in columns; columns named in `right` are set to the right. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: (column: number) => boolean = (c) => c > 0,
): string {
  const widths = head.map((h, c) => Math.max(widthOf(h), ...rows.map((row) => widthOf(row[c] ?? ''))))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, c) => {
        const space = ' '.repeat((widths[c] ?? 0) - widthOf(cell))
        return right(c) ? space + cell : cell + space
      })
      .join('  ')
      .trimEnd()
  return [line(head), widths.map((w) => '─'.repeat(w)).join('  '), ...rows.map(line)].join('\n')
}

/** A number with grouping and a few digits. */
export function number(value: number | null | undefined, digits = 0, locale: Locale = 'en'): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–'
  return value.toLocaleString(locale === 'zh' ? 'zh-CN' : 'en-GB', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
}

/** A share as a percentage. */
export const percent = (value: number | null | undefined, digits = 1) =>
  value === null || value === undefined ? '–' : `${(100 * value).toFixed(digits)} %`

/** A bar of a share of a width. */
export function bar(share: number, width = 24): string {
  const eighths = Math.round(Math.max(0, Math.min(1, share)) * width * 8)
  return '█'.repeat(eighths >> 3) + (' ▏▎▍▌▋▊▉'[eighths & 7] ?? '').trim()
}

/** A line of values drawn in eight heights, missing ones as spaces. */
export function sparkline(values: readonly (number | null)[]): string {
  const seen = values.filter((v): v is number => v !== null)
  const low = Math.min(...seen)
  const span = Math.max(...seen) - low || 1
  return values.map((v) => (v === null ? ' ' : '▁▂▃▄▅▆▇█'[Math.min(7, Math.floor((8 * (v - low)) / span))])).join('')
}
