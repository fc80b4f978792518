import type { Message } from '../errors.ts'

export const coldStart = {
  'coldStart.option': {
    en: "The option '{option}' of the cold start will not do: {problem}.",
    zh: '冷启动的选项“{option}”无效：{problem}。',
  },
  'coldStart.column': {
    en: "The cold start cannot use '{column}' as {role}: the panel has no such column. It has: {columns}.",
    zh: '冷启动无法将“{column}”用作{role}：面板中没有这一列。现有：{columns}。',
  },
  'coldStart.product': {
    en: "There is no product '{product}' in the catalogue.",
    zh: '目录中没有商品“{product}”。',
  },
  'coldStart.file': {
    en: "'{file}' is not a saved cold start of this version ({problem}). Fit it anew.",
    zh: '“{file}”不是本版本保存的冷启动模型（{problem}）。请重新拟合。',
  },
  'refusal.established': {
    en: 'The series has {has} values and still sells; the model answers series with fewer than {needs}, and those whose demand has died out.',
    zh: '该序列有 {has} 个值且仍在销售；该模型只预测少于 {needs} 个值的序列，以及需求已经消失的序列。',
  },
} satisfies Record<string, Message>
