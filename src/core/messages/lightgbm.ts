import type { Message } from '../errors.ts'

export const lightgbm = {
  'lightgbm.notModel': {
    en: "Line {line}: '{found}' where a LightGBM text model says '{wanted}'. Save the model with Booster.save_model and bring that file.",
    zh: '第 {line} 行：此处应为 LightGBM 文本模型的“{wanted}”，实际是“{found}”。请用 Booster.save_model 保存模型，并使用该文件。',
  },
  'lightgbm.version': {
    en: "Line {line}: the model is of version '{found}'; versions v3 and v4 are read. Load it in LightGBM 3 or 4 and save it again.",
    zh: '第 {line} 行：模型版本为“{found}”；仅支持 v3 和 v4。请在 LightGBM 3 或 4 中载入后重新保存。',
  },
  'lightgbm.missing': {
    en: "Line {line}: the part that begins here has no '{field}'. The file was cut or edited; save the model anew.",
    zh: '第 {line} 行：从此处开始的部分缺少“{field}”。文件被截断或改动；请重新保存模型。',
  },
  'lightgbm.count': {
    en: "Line {line}: '{field}' has {found} values where {wanted} belong. The file was cut or edited; save the model anew.",
    zh: '第 {line} 行：“{field}”有 {found} 个值，应为 {wanted} 个。文件被截断或改动；请重新保存模型。',
  },
  'lightgbm.value': {
    en: "Line {line}: '{field}' has the value '{value}', which is not {wanted}. The file was cut or edited; save the model anew.",
    zh: '第 {line} 行：“{field}”的值“{value}”不是{wantedZh}。文件被截断或改动；请重新保存模型。',
  },
  'lightgbm.cut': {
    en: "Line {line}: the file ends after {found} of {wanted} trees or without 'end of trees'. It was cut; save or copy the model anew.",
    zh: '第 {line} 行：文件在 {wanted} 棵树中的第 {found} 棵之后结束，或缺少“end of trees”。文件被截断；请重新保存或复制模型。',
  },
  'lightgbm.shape': {
    en: 'Line {line}: from the root of this tree, node {node} is reached more than once or never. The file was edited; save the model anew.',
    zh: '第 {line} 行：从这棵树的根出发，节点 {node} 被到达多次或从未到达。文件被改动；请重新保存模型。',
  },
  'lightgbm.linear': {
    en: 'Line {line}: the leaves of this tree are linear models (linear_tree), which cannot be read. Train with linear_tree=false.',
    zh: '第 {line} 行：这棵树的叶子是线性模型（linear_tree），无法读取。请用 linear_tree=false 训练。',
  },
  'lightgbm.objective': {
    en: "Line {line}: a model of the objective '{objective}' cannot be read. Train with another objective, such as regression, poisson, tweedie or quantile, without reg_sqrt.",
    zh: '第 {line} 行：无法读取目标函数为“{objective}”的模型。请改用其他目标函数训练，例如 regression、poisson、tweedie 或 quantile，并且不使用 reg_sqrt。',
  },
} satisfies Record<string, Message>
