import type { Message } from '../errors.ts'

export const core = {
  'calendar.unit': {
    en: "Unknown frequency '{unit}'. Choose one of {units}.",
    zh: '未知的频率“{unit}”。请从 {units} 中选择。',
  },
  'calendar.weekStart': {
    en: 'A week cannot start on day {weekStart}. Give 0 (Monday) to 6 (Sunday).',
    zh: '一周不能从第 {weekStart} 天开始。请给出 0（周一）到 6（周日）。',
  },
  'calendar.zone': {
    en: "Unknown time zone '{zone}'. Use an IANA name such as Asia/Shanghai.",
    zh: '未知的时区“{zone}”。请使用 IANA 名称，例如 Asia/Shanghai。',
  },
  'calendar.date': {
    en: "'{value}' is not a date. Write dates as 2026-11-22.",
    zh: '“{value}”不是日期。请写成 2026-11-22 的形式。',
  },
  'panel.shape': {
    en: 'The panel does not fit together: {what}.',
    zh: '面板数据不一致：{what}。',
  },
  'forecast.level': {
    en: 'A quantile level must lie between 0 and 1; got {level}.',
    zh: '分位数水平必须在 0 与 1 之间；得到的是 {level}。',
  },
  'run.interrupted': {
    en: 'Interrupted. What was finished is kept; the same command goes on from there.',
    zh: '已中断。已完成的部分已保存；再次运行同一命令即可继续。',
  },
  'refusal.tooShort': {
    en: 'The series has {has} values; the model needs {needs}.',
    zh: '该序列有 {has} 个值；模型需要 {needs} 个。',
  },
  'refusal.noValues': {
    en: 'The series has no observed value.',
    zh: '该序列没有任何观测值。',
  },
  'refusal.notPositive': {
    en: 'The model needs values above zero.',
    zh: '该模型要求所有值大于零。',
  },
  'refusal.noSeason': {
    en: 'The model needs a seasonal cycle; this frequency has none.',
    zh: '该模型需要季节周期；此频率没有。',
  },
  'refusal.missingColumn': {
    en: "The model needs the column '{column}', which the panel does not have.",
    zh: '该模型需要列“{column}”，面板中没有。',
  },
  'refusal.didNotConverge': {
    en: 'The fit did not converge.',
    zh: '拟合未收敛。',
  },
} satisfies Record<string, Message>
