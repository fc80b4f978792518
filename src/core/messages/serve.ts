import type { Message } from '../errors.ts'

export const serve = {
  'usage.command': {
    en: "Unknown command '{command}'.{hint} See foretide --help.",
    zh: '未知命令“{command}”。{hint}请参阅 foretide --help。',
  },
  'usage.option': {
    en: '{problem} See foretide {command} --help.',
    zh: '{problem} 请参阅 foretide {command} --help。',
  },
  'usage.value': {
    en: "--{option}: '{value}' will not do: {problem}. See foretide {command} --help.",
    zh: '--{option}：“{value}”无效：{problem}。请参阅 foretide {command} --help。',
  },
  'usage.missing': {
    en: 'foretide {command} needs {what}. Try: {example}',
    zh: 'foretide {command} 需要 {what}。例如：{example}',
  },
  'usage.model': {
    en: "Unknown model '{model}'. foretide models lists what there is: {known}.",
    zh: '未知模型“{model}”。foretide models 会列出全部模型：{known}。',
  },
  'pipeline.noBacktest': {
    en: 'The data spans {length} periods: too few to hold back {horizon} and still learn. No backtest is run; the forecast is by the default model.',
    zh: '数据只有 {length} 个周期，不足以留出 {horizon} 个周期用于检验。未进行回测，使用默认模型预测。',
  },
  'pipeline.tooShort': {
    en: 'The data spans {length} periods: too few to hold back {horizon} and still learn. Give a shorter --horizon.',
    zh: '数据只有 {length} 个周期，不足以留出 {horizon} 个周期用于检验。请给出更短的 --horizon。',
  },
  'workspace.empty': {
    en: 'The workspace {path} holds no sales yet. Import some first: foretide import sales.csv',
    zh: '工作区 {path} 中还没有销售数据。请先导入：foretide import sales.csv',
  },
} satisfies Record<string, Message>
