import type { Message } from '../errors.ts'

export const explain = {
  'explain.columns': {
    en: 'The rows have {columns} columns, the trees were trained on {features} features. Hand over one column a feature, in the order of the training table.',
    zh: '这些行有 {columns} 列，而树是在 {features} 个特征上训练的。请按训练表的顺序为每个特征提供一列。',
  },
  'explain.background': {
    en: 'A background of {rows} rows has no rows to compare with, or negative or non-finite weights. Hand over at least one row of positive weight.',
    zh: '背景样本（{rows} 行）没有可供比较的行，或含有负的或非有限的权重。请至少提供一行正权重的数据。',
  },
  'explain.target': {
    en: 'Permutation importance needs a target: a block of {rows} rows has none. Add the observed values as `target`.',
    zh: '置换重要性需要目标值：有 {rows} 行的数据块没有目标值。请以 `target` 提供观测值。',
  },
  'explain.which': {
    en: 'Say which series to explain, by name: foretide explain SERIES… (foretide forecast lists them).',
    zh: '请给出要说明的序列名：foretide explain SERIES…（foretide forecast 会列出序列）。',
  },
  'explain.series': {
    en: "There is no series '{id}'. Give one of the series by its whole name, such as {some}.",
    zh: '没有序列“{id}”。请给出完整的序列名，例如 {some}。',
  },
} satisfies Record<string, Message>
