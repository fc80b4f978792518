import type { Message } from '../errors.ts'

export const backtest = {
  'backtest.noModels': {
    en: 'A backtest needs at least one model. Name some, such as --models seasonal-naive,ets.',
    zh: '回测至少需要一个模型。请指定，例如 --models seasonal-naive,ets。',
  },
  'backtest.sameName': {
    en: "Two models are named '{model}'. Give each a name of its own, so that the leaderboard can tell them apart.",
    zh: '有两个模型都叫“{model}”。请为它们取不同的名称，以便排行榜区分。',
  },
  'backtest.option': {
    en: "The backtest option '{option}' cannot be {value}. Give {expected}.",
    zh: '回测选项“{option}”不能是 {value}。请给出{expectedZh}。',
  },
  'backtest.tooLittlePast': {
    en: 'Window {window} of {windows} would learn from {has} periods up to {cutoff}; at least {needs} are needed. Ask for fewer windows (--windows), a shorter step (--step) or horizon (--horizon), or import a longer history.',
    zh: '第 {window} 个窗口（共 {windows} 个）截至 {cutoff} 只有 {has} 期历史；至少需要 {needs} 期。请减少窗口数（--windows）、步长（--step）或预测期（--horizon），或导入更长的历史。',
  },
  'backtest.tooLittleTruth': {
    en: 'Window {window} of {windows} would be scored up to {needed}, but the data ends on {last}. Choose a cutoff of {latest} or earlier.',
    zh: '第 {window} 个窗口（共 {windows} 个）需要评分到 {needed}，但数据止于 {last}。请选择 {latest} 或更早的截止期。',
  },
  'backtest.column': {
    en: "There is no static column or key '{column}' to segment by. Choose among {columns}.",
    zh: '没有可用于分组的静态列或键“{column}”。请从 {columns} 中选择。',
  },
  'backtest.reserved': {
    en: "The segment name '{column}' is taken by a built-in segment. Rename the column.",
    zh: '分组名“{column}”已被内置分组占用。请重命名该列。',
  },
  'backtest.shape': {
    en: "Model '{model}' answered for other series or fewer periods than it was asked for. This is a defect of the model.",
    zh: '模型“{model}”返回的序列或期数与要求不符。这是该模型的缺陷。',
  },
  'backtest.notFinite': {
    en: "Model '{model}' claims to have answered series '{series}', but gave no finite number. This is a defect of the model.",
    zh: '模型“{model}”声称回答了序列“{series}”，但没有给出有限数值。这是该模型的缺陷。',
  },
  'backtest.level': {
    en: "Model '{model}' gave no quantile at level {level}. Ask for levels that it supports.",
    zh: '模型“{model}”没有给出水平 {level} 的分位数。请要求其支持的水平。',
  },
  'backtest.failed': {
    en: "Model '{model}' failed at the cutoff {cutoff} and is out of the leaderboard: {error}",
    zh: '模型“{model}”在截止期 {cutoff} 失败，不再参与排行：{error}',
  },
  'backtest.noLeader': {
    en: "No model has a score by '{metric}'. See why each failed in the leaderboard.",
    zh: '没有模型具有指标“{metric}”的得分。请在排行榜中查看各模型失败的原因。',
  },
} satisfies Record<string, Message>
