import type { Message } from '../errors.ts'

export const hierarchy = {
  'hierarchy.column': {
    en: "A level of the hierarchy names '{column}', which is neither a static column nor a part of the identity. Known are {columns}.",
    zh: '层级中的“{column}”既不是静态列，也不是标识的组成部分。可用的有 {columns}。',
  },
  'hierarchy.level': {
    en: "The hierarchy has no level '{level}'. It has {levels}.",
    zh: '层级结构中没有层级“{level}”。现有层级：{levels}。',
  },
  'hierarchy.twice': {
    en: "The hierarchy has the level '{level}' twice. Name each level once.",
    zh: '层级“{level}”重复出现。请每个层级只写一次。',
  },
  'hierarchy.shape': {
    en: '{what} should hold {wanted} numbers, and holds {found}.',
    zh: '{whatZh}应有 {wanted} 个数，实有 {found} 个。',
  },
  'hierarchy.order': {
    en: "The forecast's series {index} is '{found}', and node {index} of the hierarchy is '{wanted}'. Forecast the panel that aggregated() made, in its order.",
    zh: '预测的第 {index} 个序列是“{found}”，而层级的第 {index} 个节点是“{wanted}”。请按 aggregated() 给出的面板及其顺序进行预测。',
  },
  'hierarchy.missing': {
    en: "There is no base forecast of {count} nodes, '{node}' the first of them. Forecast them by a chain that ends with a model that refuses nothing.",
    zh: '{count} 个节点没有基础预测，第一个是“{node}”。请使用以不会拒绝任何序列的模型结尾的模型链来预测。',
  },
  'hierarchy.needs': {
    en: "The method '{method}' needs {what}. Give them, or choose 'structural', which needs nothing.",
    zh: '方法“{method}”需要{whatZh}。请提供，或改用无需任何数据的 structural。',
  },
  'hierarchy.notNested': {
    en: "The method '{method}' goes down from '{above}' to '{below}', but '{below}' has nodes that lie in several of '{above}', or in none. Choose levels that nest, or 'structural'.",
    zh: '方法“{method}”要从“{above}”向下分配到“{below}”，但“{below}”中有节点属于多个“{above}”节点或不属于任何一个。请选择嵌套的层级，或改用 structural。',
  },
  'hierarchy.unit': {
    en: "The unit '{unit}' is no whole multiple of '{of}'. From days go up weeks, months, quarters and years; from months quarters and years.",
    zh: '单位“{unit}”不由完整的“{of}”组成。日可汇总为周、月、季、年；月可汇总为季、年。',
  },
  'hierarchy.noMethod': {
    en: 'None of the methods could reconcile this hierarchy. The first reason: {error}',
    zh: '没有任何方法能调和该层级结构。首个原因：{errorZh}',
  },
} as const satisfies Record<string, Message>
