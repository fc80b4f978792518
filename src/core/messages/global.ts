import type { Message } from '../errors.ts'

export const global = {
  'global.option': {
    en: "The option '{option}' of the model '{model}' will not do: {problem}.",
    zh: '模型“{model}”的选项“{option}”无效：{problem}。',
  },
  'global.columns': {
    en: "The model '{model}' was fitted on the columns {fitted}; the window now gives {given}. Forecast with the same columns, or fit anew.",
    zh: '模型“{model}”拟合时使用的列为 {fitted}，而当前窗口给出的是 {given}。请使用相同的列进行预测，或重新拟合。',
  },
  'global.segment': {
    en: "The model '{model}' cannot be split by '{column}': the panel has no such static column. It has: {columns}.",
    zh: '模型“{model}”无法按“{column}”划分：面板中没有这一静态列。现有：{columns}。',
  },
  'global.continue': {
    en: "The model '{model}' can only go on from a fit of its own kind.",
    zh: '模型“{model}”只能从同类模型的拟合结果继续训练。',
  },
} satisfies Record<string, Message>
