import type { Message } from '../errors.ts'

export const trees = {
  'trees.bins': {
    en: 'A feature can have 2 to 255 bins; got {bins}.',
    zh: '每个特征可分为 2 到 255 个区间；得到的是 {bins}。',
  },
  'trees.sample': {
    en: 'Bins must be chosen from at least 1 row; got sample {sample}.',
    zh: '选择区间至少需要抽取 1 行；得到的 sample 是 {sample}。',
  },
  'trees.label': {
    en: "Row {row} has the target {value}; the loss '{loss}' needs {wanted}. Correct the target or choose another loss.",
    zh: '第 {row} 行的目标值是 {value}；损失函数“{loss}”要求{wantedZh}。请更正目标值或改用其他损失函数。',
  },
  'trees.allZero': {
    en: "All targets are 0 (or all weights are), which the loss '{loss}' cannot learn from. Choose the loss 'l2' or leave these rows out.",
    zh: '所有目标值（或所有权重）都是 0，损失函数“{loss}”无法学习。请改用损失函数“l2”或去掉这些行。',
  },
  'trees.lossOption': {
    en: "The loss '{loss}' needs {option} {wanted}; got {value}.",
    zh: '损失函数“{loss}”要求 {option} {wantedZh}；得到的是 {value}。',
  },
  'trees.queries': {
    en: "The loss 'rank' needs the query that each row belongs to; give the table a 'group' column.",
    zh: '损失函数“rank”需要知道每一行属于哪个查询；请为数据表提供 group 列。',
  },
} satisfies Record<string, Message>
