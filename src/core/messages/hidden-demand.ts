import type { Message } from '../errors.ts'

export const hiddenDemand = {
  'hiddenDemand.option': {
    en: "The option '{option}' of hidden demand will not do: {problem}. See docs/hidden-demand.md for what each option takes.",
    zh: '隐藏需求的选项“{option}”无效：{problem}。各选项的取值见 docs/hidden-demand.zh-CN.md。',
  },
  'hiddenDemand.column': {
    en: "Hidden demand is to be found by '{column}', which the panel does not have. It has: {columns}.",
    zh: '隐藏需求需要用到“{column}”，但面板中没有。现有：{columns}。',
  },
  'hiddenDemand.hourly': {
    en: 'The hours given do not belong to these sales: {problem}. Give a panel by the hour of the same series.',
    zh: '给出的小时数据与这些销售不符：{problem}。请给出相同序列的小时面板。',
  },
  'hiddenDemand.shape': {
    en: "'{what}' has {has} values where {needs} belong. Give one for each {unit}.",
    zh: '“{what}”有 {has} 个值，应为 {needs} 个。请为每个{unitZh}给出一个值。',
  },
  'hiddenDemand.paths': {
    en: 'Stock that runs down over the horizon needs sample paths, since quantiles of days do not add. Ask the forecast for paths.',
    zh: '库存随预测期消耗时需要样本路径，因为各日的分位数不能相加。请在预测时要求样本路径。',
  },
} satisfies Record<string, Message>
