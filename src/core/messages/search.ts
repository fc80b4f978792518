import type { Message } from '../errors.ts'

export const search = {
  'search.space': {
    en: "The search space cannot be used: parameter '{parameter}' {problem}.",
    zh: '搜索空间无效：参数“{parameter}”{problemZh}。',
  },
  'search.option': {
    en: "The search option '{option}' cannot be {value}. Give {expected}.",
    zh: '搜索选项“{option}”不能是 {value}。请给出{expectedZh}。',
  },
  'search.tooLittlePast': {
    en: 'The data spans {length} periods: too few to tune on {windows} windows of {horizon} periods and leave the last {holdBack} alone. Give a shorter --horizon, fewer --windows or a smaller --hold-back, or import a longer history.',
    zh: '数据只有 {length} 期，不足以在 {windows} 个窗口（每个 {horizon} 期）上调参并保留最后 {holdBack} 期不用。请给出更短的 --horizon、更少的 --windows 或更小的 --hold-back，或导入更长的历史。',
  },
  'search.noScore': {
    en: "No setting of '{model}' could be scored by '{metric}'. The first reason: {error}",
    zh: '“{model}”没有任何设置能得到指标“{metric}”的得分。首个原因：{errorZh}',
  },
  'search.noTime': {
    en: "Only the default of '{model}' could be tried in the time given: it took {taken} s of {seconds} s. What was finished is kept: ask again with more --minutes, or with fewer --windows.",
    zh: '在给定时间内只来得及尝试“{model}”的默认参数：{seconds} 秒中用去 {taken} 秒。已完成的部分会保留：请给出更多 --minutes 后重试，或减少 --windows。',
  },
  'search.failed': {
    en: 'A setting failed and is out of the search ({parameters}): {error}',
    zh: '某个设置失败，已退出搜索（{parameters}）：{error}',
  },
  'search.noSpace': {
    en: "Model '{model}' has nothing to tune. These have: {models}.",
    zh: '模型“{model}”没有可调的参数。可调的模型有：{models}。',
  },
  'search.notTuned': {
    en: "Model '{model}' has not been tuned in this workspace. Tune it first: foretide tune --model {model}",
    zh: '模型“{model}”尚未在此工作区调参。请先运行：foretide tune --model {model}',
  },
  'search.noneTuned': {
    en: 'No model that competes has been tuned in this workspace; all keep their defaults. Tune one first: foretide tune --model NAME',
    zh: '参与竞争的模型均未在此工作区调参，全部使用默认参数。请先运行：foretide tune --model NAME',
  },
  'search.seen': {
    en: "The parameters of '{model}' were chosen on data up to {seen}, and this backtest scores periods from {from} on: it will flatter them. Tune with a larger --hold-back, or backtest fewer windows.",
    zh: '“{model}”的参数选自截至 {seen} 的数据，而本次回测从 {from} 开始评分，结果会偏乐观。请用更大的 --hold-back 重新调参，或减少回测窗口。',
  },
  'search.file': {
    en: "'{path}' does not hold tuned parameters. Delete it, then tune again: foretide tune --model {model}",
    zh: '“{path}”中不是调参结果。请删除后重新调参：foretide tune --model {model}',
  },
} satisfies Record<string, Message>
