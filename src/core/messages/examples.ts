import type { Message } from '../errors.ts'

export const examples = {
  'examples.option': {
    en: "The option '{option}' of what a network sees will not do: {problem}.",
    zh: '网络输入的选项“{option}”无效：{problem}。',
  },
  'examples.columns': {
    en: 'The network was fitted on columns that the window has not: {missing}. Forecast with the same columns, or fit anew.',
    zh: '该网络拟合时使用了当前窗口没有的列：{missing}。请使用相同的列进行预测，或重新拟合。',
  },
  'examples.unit': {
    en: "The network was fitted on periods of a {fitted}; the window's are of a {given}. Forecast with the same length of period, or fit anew.",
    zh: '该网络拟合时的周期为 {fitted}，而当前窗口的周期为 {given}。请使用相同的周期进行预测，或重新拟合。',
  },
} satisfies Record<string, Message>
