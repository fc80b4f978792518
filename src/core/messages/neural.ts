import type { Message } from '../errors.ts'

export const neural = {
  'neural.option': {
    en: "The option '{option}' of the network '{network}' will not do: {problem}.",
    zh: '网络“{network}”的选项“{option}”无效：{problem}。',
  },
  'neural.horizon': {
    en: "'{model}' has learned to look {learned} periods ahead; {asked} are asked for. Fit it for a window of that horizon.",
    zh: '“{model}”学到的预测期为 {learned} 期，却要求 {asked} 期。请用该预测期的窗口重新拟合。',
  },
  'autoencoder.synthetic': {
    en: 'An autoencoder that is not variational has no distribution to draw new series from. Learn one with `variational: true`.',
    zh: '非变分自编码器没有可供抽取新序列的分布。请以 `variational: true` 学习。',
  },
} satisfies Record<string, Message>
