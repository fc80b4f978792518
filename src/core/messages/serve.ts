import type { Message } from '../errors.ts'

export const serve = {
  'usage.command': {
    en: "Unknown command '{command}'.{hint} See foretide --help.",
    zh: '未知命令“{command}”。{hint}请参阅 foretide --help。',
  },
  'usage.unknown': {
    en: "Unknown option '{what}'.{hint} See foretide {command} --help.",
    zh: '未知选项“{what}”。{hint}请参阅 foretide {command} --help。',
  },
  'usage.form': {
    en: "Option '{what}' is not written right: it lacks a value, or takes none. See foretide {command} --help.",
    zh: '选项“{what}”写法有误：缺少取值，或不接受取值。请参阅 foretide {command} --help。',
  },
  'usage.unexpected': {
    en: "Unexpected '{what}'. See foretide {command} --help.",
    zh: '多余的参数“{what}”。请参阅 foretide {command} --help。',
  },
  'usage.value': {
    en: "--{option}: '{value}' will not do. What will: {problem}. See foretide {command} --help.",
    zh: '--{option}：“{value}”无效，应为：{problem}。请参阅 foretide {command} --help。',
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
  'system.file': {
    en: "'{path}' cannot be read or written ({why}). Check the path, your rights and the space that is left.",
    zh: '无法读写“{path}”（{why}）。请检查路径、权限与剩余空间。',
  },
} satisfies Record<string, Message>
