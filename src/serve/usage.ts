import type { Locale } from '../core/errors.ts'
import { type Both, type Operation, optionsOf } from './operation.ts'

const TEXT = {
  lead: {
    en: "Foretide sees product demand coming: from a shop's files to honest forecasts.",
    zh: 'Foretide 预见商品需求：从店铺数据到可信的预测。',
  },
  usage: { en: 'Usage', zh: '用法' },
  commands: { en: 'Commands', zh: '命令' },
  options: { en: 'Options', zh: '选项' },
  common: { en: 'Common options', zh: '通用选项' },
  more: { en: 'More on one command: foretide COMMAND --help', zh: '查看某个命令的详细说明：foretide COMMAND --help' },
  meant: { en: " Did you mean '{name}'?", zh: '您是否想输入“{name}”？' },
} satisfies Record<string, Both>

const COMMON: readonly [string, Both][] = [
  [
    '--workspace DIR',
    { en: 'where data and results are kept (default .foretide)', zh: '数据与结果的存放位置（默认 .foretide）' },
  ],
  ['--json', { en: 'print one JSON document on stdout and nothing else', zh: '仅向标准输出打印一个 JSON 文档' }],
  ['--quiet', { en: 'no progress, no remarks', zh: '不显示进度与提示' }],
  ['--seed N', { en: 'seed of all randomness (default 0)', zh: '随机种子（默认 0）' }],
  [
    '--threads N',
    { en: 'worker threads (default: all processors, at most 8)', zh: '工作线程数（默认为全部处理器，最多 8）' },
  ],
  ['--locale en|zh', { en: 'language (default from LANG)', zh: '语言（默认取自 LANG）' }],
]

const table = (rows: readonly (readonly [string, string])[]) => {
  const width = Math.max(...rows.map(([left]) => left.length)) + 2
  return rows.map(([left, right]) => `  ${left.padEnd(width)}${right}\n`).join('')
}

/** The help of the whole command line. */
export function overview(operations: readonly Operation[], locale: Locale): string {
  const commands = operations.map((o) => [`${o.name}${o.takes ? ` ${o.takes}` : ''}`, o.about[locale]] as const)
  const common = COMMON.map(([flag, about]) => [flag, about[locale]] as const)
  return `${TEXT.lead[locale]}\n\n${TEXT.usage[locale]}: foretide COMMAND …\n\n${TEXT.commands[locale]}\n${table(commands)}\n${TEXT.common[locale]}\n${table(common)}\n${TEXT.more[locale]}\n`
}

/** The help of one command. */
export function commandHelp(declared: Operation, locale: Locale): string {
  const own = optionsOf(declared).map(
    ({ flag, help }) => [`--${flag}${help.value ? ` ${help.value}` : ''}`, help.about[locale]] as const,
  )
  const common = COMMON.map(([flag, about]) => [flag, about[locale]] as const)
  const options = own.length > 0 ? `${TEXT.options[locale]}\n${table(own)}\n` : ''
  return `foretide ${declared.name}${declared.takes ? ` ${declared.takes}` : ''}\n  ${declared.about[locale]}\n\n${options}${TEXT.common[locale]}\n${table(common)}`
}

/** A remark that names the word most like a mistyped one, or nothing. */
export function nearest(name: string, known: readonly string[], locale: Locale): string {
  const scored = known.map((word) => [word, distance(name, word)] as const).sort((a, b) => a[1] - b[1])
  const [best] = scored
  return best && best[1] <= 2 ? TEXT.meant[locale].replace('{name}', best[0]) : ''
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(
        (row[j] as number) + 1,
        (next[j - 1] as number) + 1,
        (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1),
      )
    row = next
  }
  return row[b.length] as number
}
