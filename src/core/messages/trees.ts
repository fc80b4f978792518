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
  'trees.negative': {
    en: "Row {row} has the target {value}; the loss '{loss}' needs targets of 0 or more. Correct it, or choose the loss 'l2'.",
    zh: '第 {row} 行的目标值是 {value}；损失函数“{loss}”要求目标值不小于 0。请更正该值，或改用损失函数“l2”。',
  },
  'trees.notPositive': {
    en: "Row {row} has the target {value}; the loss '{loss}' needs targets above 0. Correct it, or choose the loss 'tweedie', which allows 0.",
    zh: '第 {row} 行的目标值是 {value}；损失函数“{loss}”要求目标值大于 0。请更正该值，或改用允许 0 的损失函数“tweedie”。',
  },
  'trees.notBinary': {
    en: "Row {row} has the target {value}; the loss '{loss}' needs targets of 0 and 1. Recode the targets, or choose the loss 'softmax' for several classes.",
    zh: '第 {row} 行的目标值是 {value}；损失函数“{loss}”要求目标值为 0 或 1。请重新编码目标值，多个类别请改用损失函数“softmax”。',
  },
  'trees.notClass': {
    en: "Row {row} has the target {value}; the loss '{loss}' needs whole numbers from 0 to {most}. Recode the targets or raise the number of classes.",
    zh: '第 {row} 行的目标值是 {value}；损失函数“{loss}”要求目标值为 0 到 {most} 的整数。请重新编码目标值或增大类别数。',
  },
  'trees.notGrade': {
    en: "Row {row} has the target {value}; the loss '{loss}' needs grades that are whole numbers from 0 to {most}. Recode the targets as grades.",
    zh: '第 {row} 行的目标值是 {value}；损失函数“{loss}”要求等级为 0 到 {most} 的整数。请将目标值重新编码为等级。',
  },
  'trees.allZero': {
    en: "All targets are 0 (or all weights are), which the loss '{loss}' cannot learn from. Choose the loss 'l2' or leave these rows out.",
    zh: '所有目标值（或所有权重）都是 0，损失函数“{loss}”无法学习。请改用损失函数“l2”或去掉这些行。',
  },
  'trees.delta': {
    en: "The delta of the loss 'huber' must be a number above 0; got {delta}.",
    zh: '损失函数“huber”的 delta 必须是大于 0 的数；得到的是 {delta}。',
  },
  'trees.power': {
    en: "The power of the loss 'tweedie' must lie between 1 and 2; got {power}. Choose the loss 'poisson' for 1 or 'gamma' for 2.",
    zh: '损失函数“tweedie”的 power 必须在 1 和 2 之间；得到的是 {power}。等于 1 请用“poisson”，等于 2 请用“gamma”。',
  },
  'trees.level': {
    en: 'A quantile level must lie between 0 and 1; got {level}.',
    zh: '分位数水平必须在 0 和 1 之间；得到的是 {level}。',
  },
  'trees.levels': {
    en: 'Quantile levels must ascend and lie between 0 and 1, such as 0.1, 0.5, 0.9; got {levels}.',
    zh: '分位数水平必须递增且在 0 和 1 之间，例如 0.1、0.5、0.9；得到的是 {levels}。',
  },
  'trees.classes': {
    en: "The loss 'softmax' needs a whole number of classes, 2 or more; got {classes}.",
    zh: '损失函数“softmax”的类别数必须是不小于 2 的整数；得到的是 {classes}。',
  },
  'trees.truncation': {
    en: "The truncation of the loss 'rank' must be a whole number above 0; got {truncation}.",
    zh: '损失函数“rank”的 truncation 必须是大于 0 的整数；得到的是 {truncation}。',
  },
  'trees.queries': {
    en: "The loss 'rank' needs the query that each row belongs to; give the table a 'group' column.",
    zh: '损失函数“rank”需要知道每一行属于哪个查询；请为数据表提供 group 列。',
  },
  'trees.tooLarge': {
    en: 'A table of {rows} rows and {columns} columns does not fit into the {most} GiB that training can use. Keep fewer rows or columns.',
    zh: '{rows} 行、{columns} 列的数据表超出训练可用的 {most} GiB 内存。请减少行或列。',
  },
  'trees.rows': {
    en: 'A table says that it has {said} rows, but its blocks have {found} or more.',
    zh: '数据表声明有 {said} 行，但其数据块包含 {found} 行或更多。',
  },
  'trees.noRows': {
    en: 'There are no rows to learn from.',
    zh: '没有可供学习的行。',
  },
  'trees.target': {
    en: 'Rows from {row} on have no target; a table to learn from needs one.',
    zh: '从第 {row} 行起没有目标值；用于学习的数据表必须有目标值。',
  },
  'trees.targetValue': {
    en: 'Row {row} has the target {value}; leave rows without a finite target out.',
    zh: '第 {row} 行的目标值是 {value}；请去掉没有有限目标值的行。',
  },
  'trees.weight': {
    en: 'Row {row} has the weight {value}; weights must be finite and not negative.',
    zh: '第 {row} 行的权重是 {value}；权重必须是有限的非负数。',
  },
  'trees.group': {
    en: 'Rows from {row} on have no group; ranking needs the query of every row.',
    zh: '从第 {row} 行起没有 group；排序学习需要每一行所属的查询。',
  },
  'trees.patience': {
    en: 'Early stopping (patience {patience}) needs a validation table.',
    zh: '提前停止（patience {patience}）需要验证数据表。',
  },
  'trees.option': {
    en: "'{option}' must be {wanted}; got {value}.",
    zh: '“{option}”必须{wantedZh}；得到的是 {value}。',
  },
  'trees.warmStart': {
    en: 'Training cannot go on from a model of other features, outputs or loss.',
    zh: '无法在特征、输出或损失函数不同的模型上继续训练。',
  },
  'trees.unreadable': {
    en: '{file} cannot be read as the head of saved trees ({reason}). Copy the folder of the model again, or fit and save it anew.',
    zh: '无法将 {file} 作为已保存的树模型的描述文件读取（{reason}）。请重新复制模型文件夹，或重新训练并保存。',
  },
  'trees.format': {
    en: "{file} is of the format '{found}'; '{wanted}' is read. Load it with the version that saved it, or fit and save the model anew.",
    zh: '{file} 的格式为“{found}”；可读取的格式是“{wanted}”。请使用保存它的版本载入，或重新训练并保存模型。',
  },
  'trees.size': {
    en: '{file} has {found} bytes where {wanted} belong: it was cut, or is of another model. Copy the folder of the model again, or fit and save it anew.',
    zh: '{file} 有 {found} 字节，应为 {wanted} 字节：文件被截断或属于另一个模型。请重新复制模型文件夹，或重新训练并保存。',
  },
  'trees.damaged': {
    en: "{file}: '{field}' is wrong at {place} (found {found}). The file is damaged; copy the folder of the model again, or fit and save it anew.",
    zh: '{file}：“{field}”在位置 {place} 处有误（值为 {found}）。文件已损坏；请重新复制模型文件夹，或重新训练并保存。',
  },
  'trees.artifact': {
    en: '{file} is damaged or of another version: {what}. Fit the model again and save it anew.',
    zh: '{file} 已损坏或版本不符：{what}。请重新训练并保存模型。',
  },
  'trees.columns': {
    en: 'The model learned from {wanted} columns, and the rows to predict have {found}.',
    zh: '模型学习时有 {wanted} 列，而待预测的行有 {found} 列。',
  },
} satisfies Record<string, Message>
