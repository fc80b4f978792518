import type { Message } from '../errors.ts'

export const anomalies = {
  'anomalies.option': {
    en: "The option '{option}' of the search for anomalies cannot be {value}. Give a number from {low} to {high}.",
    zh: '异常检测的选项“{option}”不能是 {value}。请给出 {low} 到 {high} 之间的数。',
  },
  'anomalies.ahead': {
    en: 'The anomalies were looked for in data up to {through}, but the window ends on {cutoff}: mending would let the future leak into the past. Look for them in the window itself.',
    zh: '异常检测所用数据截至 {through}，而窗口在 {cutoff} 结束：用它来修整会使未来泄漏到过去。请在该窗口内重新检测。',
  },
  'anomalies.values': {
    en: "{count} unusual values of {series} series were mended before learning. The most unusual: '{id}' on {period}, {value} where {expected} was expected.",
    zh: '学习前修整了 {series} 个序列中的 {count} 个异常值。最异常的是“{id}”，{period}：实际 {value}，预期 {expected}。',
  },
  'anomalies.levels': {
    en: "{count} lasting changes of level in {series} series were mended before learning. The clearest: '{id}' from {period} on, about {value} where {expected} was usual before.",
    zh: '学习前修整了 {series} 个序列中的 {count} 次持久的水平变化。最明显的是“{id}”，自 {period} 起：约 {value}，此前通常为 {expected}。',
  },
  'anomalies.aboveForecast': {
    en: "'{id}' on {period}: {value} is more than expected ({low} to {high}). That much happens by chance once in {rarity}.",
    zh: '“{id}”在 {period}：{value} 高于预期（{low} 至 {high}）。偶然出现这样的高值约为 {rarity} 次中一次。',
  },
  'anomalies.belowForecast': {
    en: "'{id}' on {period}: {value} is less than expected ({low} to {high}). So little happens by chance once in {rarity}.",
    zh: '“{id}”在 {period}：{value} 低于预期（{low} 至 {high}）。偶然出现这样的低值约为 {rarity} 次中一次。',
  },
  'anomalies.driftUp': {
    en: "'{id}' has been selling more than forecast since {period}: {value} where {expected} was expected, usually {low} to {high}. Look at what changed, or fit the model anew.",
    zh: '“{id}”自 {period} 起持续高于预测：实际合计 {value}，预期 {expected}，通常在 {low} 至 {high} 之间。请检查发生了什么变化，或重新拟合模型。',
  },
  'anomalies.driftDown': {
    en: "'{id}' has been selling less than forecast since {period}: {value} where {expected} was expected, usually {low} to {high}. Look at what changed, or fit the model anew.",
    zh: '“{id}”自 {period} 起持续低于预测：实际合计 {value}，预期 {expected}，通常在 {low} 至 {high} 之间。请检查发生了什么变化，或重新拟合模型。',
  },
  'anomalies.wholeUp': {
    en: 'Sales as a whole run above the forecast: {value} where {expected} was expected, and {above} % of values above their median. Fit the model anew.',
    zh: '整体销售高于预测：实际合计 {value}，预期 {expected}，{above}% 的数值高于其预测中位数。请重新拟合模型。',
  },
  'anomalies.wholeDown': {
    en: 'Sales as a whole run below the forecast: {value} where {expected} was expected, and only {above} % of values above their median. Fit the model anew.',
    zh: '整体销售低于预测：实际合计 {value}，预期 {expected}，仅 {above}% 的数值高于其预测中位数。请重新拟合模型。',
  },
  'anomalies.wholeWide': {
    en: 'The forecast promises more certainty than there is: {outside} % of values lie outside of its range, where {wanted} % should. Fit or calibrate the model anew.',
    zh: '预测的不确定性被低估：{outside}% 的数值落在预测区间之外，而应为 {wanted}%。请重新拟合或校准模型。',
  },
  'anomalies.unlike': {
    en: "The values to be checked do not fit the forecast: {problem}. Give the panel of the same series, at the forecast's periods.",
    zh: '待检查的数值与预测不符：{problem}。请给出相同序列、相同时期的面板。',
  },
} satisfies Record<string, Message>
