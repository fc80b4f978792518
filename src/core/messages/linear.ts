import type { Message } from '../errors.ts'

export const linear = {
  'linear.option': {
    en: "'{option}' must be {wanted}; got {value}.",
    zh: '“{option}”必须{wantedZh}；得到的是 {value}。',
  },
  'linear.noRows': {
    en: 'There are no rows to learn from: none, or all with weight 0.',
    zh: '没有可供学习的行：数据表为空，或所有权重都是 0。',
  },
  'linear.target': {
    en: 'Rows from {row} on have no target; a table to learn from needs one.',
    zh: '从第 {row} 行起没有目标值；用于学习的数据表必须有目标值。',
  },
  'linear.targetValue': {
    en: 'Row {row} has the target {value}; leave rows without a finite target out.',
    zh: '第 {row} 行的目标值是 {value}；请去掉没有有限目标值的行。',
  },
  'linear.negative': {
    en: "Row {row} has the target {value}, which has no log1p. Correct it, or fit without the option 'log'.",
    zh: '第 {row} 行的目标值是 {value}，无法取 log1p。请更正该值，或不使用选项“log”。',
  },
  'linear.weight': {
    en: 'Row {row} has the weight {value}; weights must be finite and not negative.',
    zh: '第 {row} 行的权重是 {value}；权重必须是有限的非负数。',
  },
  'linear.rows': {
    en: 'A table says that it has {said} rows, but its blocks have {found}.',
    zh: '数据表声明有 {said} 行，但其数据块包含 {found} 行。',
  },
  'linear.columns': {
    en: 'A block has {has} columns; the model was fitted on {needs}. Give the same columns in the same order.',
    zh: '数据块有 {has} 列；模型拟合时有 {needs} 列。请按相同顺序提供相同的列。',
  },
  'linear.features': {
    en: 'The table to validate on, or the fit to go on from, has other features than the table to learn from.',
    zh: '验证数据表或用于继续训练的拟合结果，与训练数据表的特征不同。',
  },
  'linear.sampled': {
    en: "'{model}' learned from {kept} of {rows} rows, chosen at random, to fit into memory. Raise 'sample' to keep more.",
    zh: '“{model}”为适应内存，从 {rows} 行中随机抽取了 {kept} 行进行学习。增大 sample 可保留更多行。',
  },
  'linear.stopped': {
    en: "'{model}' stopped after {steps} steps before it reached its tolerance (gap {gap}). Raise 'steps', or lower 'c'.",
    zh: '“{model}”在 {steps} 步后停止，尚未达到容差（差距 {gap}）。请增大 steps 或减小 c。',
  },
  'linear.artifact': {
    en: '{file} is damaged or of another model: {what}. Fit the model again and save it anew.',
    zh: '{file} 已损坏或属于其他模型：{what}。请重新训练并保存模型。',
  },
} satisfies Record<string, Message>
