import type { Message } from '../errors.ts'

export const features = {
  'features.spec': {
    en: "The feature specification is wrong at '{where}': {what}.",
    zh: '特征配置在“{where}”处有误：{what}。',
  },
  'features.column': {
    en: "The feature family '{family}' needs the column '{column}', which the panel does not have. It has: {columns}.",
    zh: '特征族“{family}”需要列“{column}”，面板中没有。现有列：{columns}。',
  },
  'features.notKnownAhead': {
    en: "The feature family '{family}' looks ahead in the column '{column}', which is not known ahead. Declare it with --known {column}, or leave the family out.",
    zh: '特征族“{family}”需要列“{column}”的未来值，但该列并非提前已知。请用 --known {column} 声明，或去掉该特征族。',
  },
  'features.lag': {
    en: "The feature '{feature}' reads values {lag} periods back, which do not exist yet at step {step} of the forecast. Raise its lag to {step}, or set beyond to 'shift' or 'missing'.",
    zh: '特征“{feature}”读取 {lag} 个周期前的值，而在预测的第 {step} 步该值尚不存在。请将滞后提高到 {step}，或将 beyond 设为 “shift” 或 “missing”。',
  },
  'features.duplicate': {
    en: "Two features are both named '{feature}'. Leave one of them out of the specification.",
    zh: '有两个特征同名“{feature}”。请从配置中去掉其中一个。',
  },
  'features.country': {
    en: "No public holidays are known for '{country}'. Use a two-letter code such as CN or US, with state or region where there is one.",
    zh: '没有“{country}”的公共假日数据。请使用两位国家代码，例如 CN 或 US，必要时加上州或地区。',
  },
  'features.shape': {
    en: 'Past and future do not belong together: {what}.',
    zh: '历史与未来数据不匹配：{what}。',
  },
  'transform.domain': {
    en: "The transform '{transform}' needs values {needs}; got {value}.",
    zh: '变换“{transform}”要求值{needs}；得到的是 {value}。',
  },
  'transform.empty': {
    en: "The transform '{transform}' cannot be fitted: no value was observed.",
    zh: '变换“{transform}”无法拟合：没有任何观测值。',
  },
  'transform.quantiles': {
    en: "Quantiles cannot be carried through '{transform}', which adds steps up. Give sample paths and take their quantiles.",
    zh: '分位数无法通过会逐步累加的变换“{transform}”还原。请使用样本路径并取其分位数。',
  },
} satisfies Record<string, Message>
