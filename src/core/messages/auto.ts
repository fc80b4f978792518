import type { Message } from '../errors.ts'

export const auto = {
  'auto.early': {
    en: 'Stopped looking after {tried} of {of} candidates; the forecast is the best of those.',
    zh: '已试过 {of} 个候选模型中的 {tried} 个后停止；预测取自其中最好的组合。',
  },
  'auto.failed': {
    en: '{model} could not compete: {error}',
    zh: '{model} 未能参与比较：{error}',
  },
  'auto.none': {
    en: 'No candidate could forecast the validation windows ({tried}). Give a longer history or a shorter horizon.',
    zh: '没有候选模型能预测验证窗口（{tried}）。请提供更长的历史或更短的预测期。',
  },
} satisfies Record<string, Message>
