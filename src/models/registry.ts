import { ForetideError } from '../core/errors.ts'
import { GLOBAL_NAMES, type GlobalName, globalNamed } from './global/presets.ts'
import { localModel } from './local-model.ts'
import type { Model } from './model.ts'
import { NEURAL_NAMES, type NeuralName, neuralNamed } from './neural/presets.ts'
import { PRETRAINED_NAMES, type PretrainedName, pretrainedNamed } from './pretrained/presets.ts'
import { calibrated } from './statistical/calibrated.ts'
import { type MakeMethod, METHODS, type MethodName } from './statistical/methods.ts'

/** What a list of models says of one, in both languages. */
export interface ModelInfo {
  readonly name: string
  readonly family: string
  readonly about: { readonly en: string; readonly zh: string }
}

const METHODS_MODULE = new URL(
  import.meta.url.endsWith('.ts') ? './statistical/methods.ts' : './statistical/methods.js',
  import.meta.url,
).href

/** What is put around the models of some methods. */
const WRAPPED: Readonly<Record<string, (model: Model) => Model>> = { ensemble: calibrated }

/** What each method does, in a line. */
const ABOUT: {
  readonly [N in MethodName | GlobalName | NeuralName | PretrainedName]: readonly [
    family: string,
    en: string,
    zh: string,
  ]
} = {
  naive: ['simple', 'the last value', '最近一个值'],
  'seasonal-naive': ['simple', 'the last value of the same phase of the cycle', '上一周期同一相位的值'],
  drift: ['simple', 'the line through the first and last value', '首末值连线'],
  zero: ['simple', 'nothing at all', '恒为零'],
  'historic-mean': ['simple', 'the mean of everything', '全部历史的均值'],
  'window-average': ['simple', 'the mean of the latest periods', '最近若干周期的均值'],
  'seasonal-window-average': [
    'simple',
    'the mean of the same phase over the latest cycles',
    '最近几个周期同一相位的均值',
  ],
  'profile-average': [
    'simple',
    'the mean of the latest periods with a shrunk weekday profile',
    '最近均值乘以收缩的周内轮廓',
  ],
  'window-median': ['simple', 'the median of the latest periods', '最近若干周期的中位数'],
  empirical: ['simple', 'the distribution of the latest periods', '最近若干周期的经验分布'],
  ses: ['smoothing', 'simple exponential smoothing', '简单指数平滑'],
  'ses-optimised': ['smoothing', 'the same with its weight optimised', '权重经优化的简单指数平滑'],
  'seasonal-ses': ['smoothing', 'smoothing of each phase by itself', '各相位分别平滑'],
  'seasonal-ses-optimised': ['smoothing', 'the same with weights optimised', '各相位分别平滑，权重经优化'],
  holt: ['smoothing', "Holt's linear trend", 'Holt 线性趋势'],
  'damped-holt': ['smoothing', 'a trend that flattens out', '阻尼趋势'],
  'holt-winters': ['smoothing', 'trend and additive season', 'Holt-Winters 加法季节'],
  'multiplicative-holt-winters': ['smoothing', 'trend and multiplicative season', 'Holt-Winters 乘法季节'],
  ets: ['smoothing', 'one form of the ETS family', 'ETS 族中的一种'],
  'auto-ets': ['smoothing', 'the best form of the ETS family', '自动选择 ETS'],
  'auto-ces': ['smoothing', 'complex exponential smoothing', '复指数平滑'],
  theta: ['theta', 'the Theta method', 'Theta 方法'],
  'optimised-theta': ['theta', 'with its weight optimised', '权重经优化的 Theta'],
  'dynamic-theta': ['theta', 'with a line that moves along', '动态 Theta'],
  'dynamic-optimised-theta': ['theta', 'both', '动态优化 Theta'],
  'auto-theta': ['theta', 'the best of the Theta family', '自动选择 Theta'],
  arima: ['arima', 'ARIMA of a given order', '给定阶数的 ARIMA'],
  'auto-arima': ['arima', 'seasonal ARIMA of the best order', '自动定阶的季节 ARIMA'],
  'ces-none': ['smoothing', 'complex smoothing without a season', '无季节的复指数平滑'],
  'ces-simple': ['smoothing', 'complex smoothing, simple season', '简单季节的复指数平滑'],
  'ces-partial': ['smoothing', 'complex smoothing, partial season', '部分季节的复指数平滑'],
  'ces-full': ['smoothing', 'complex smoothing, full season', '完全季节的复指数平滑'],
  croston: ['intermittent', "Croston's method, as a hurdle distribution", 'Croston 方法（跨栏分布）'],
  'croston-optimised': ['intermittent', 'with its weights optimised', '权重经优化的 Croston'],
  'croston-sba': ['intermittent', 'bias-corrected (Syntetos and Boylan)', '偏差修正的 Croston (SBA)'],
  tsb: ['intermittent', 'Teunter, Syntetos and Babai: demand may die out', 'TSB：需求可能消失'],
  adida: ['intermittent', 'aggregate, forecast, disaggregate', 'ADIDA 聚合-分解'],
  imapa: ['intermittent', 'several aggregations, averaged', 'IMAPA 多重聚合'],
  hurdle: ['intermittent', 'chance of demand times its sizes, both fading', '衰减的跨栏分布'],
  'raw-ensemble': ['ensemble', 'the median of the best statistical models', '统计模型的中位数集成'],
  ensemble: ['ensemble', 'the same with calibrated intervals', '区间经校准的统计集成'],
  mstl: ['decomposition', 'several seasons by loess, the rest by smoothing', '多季节 STL 分解'],
  boosting: ['trees', 'boosted trees across all series, calibrated quantiles', '跨序列梯度提升树，分位数经校准'],
  'boosting-fast': [
    'trees',
    'smaller: means alone, quantiles from held-out errors',
    '精简版：仅学均值，分位数取自留出误差',
  ],
  'boosting-direct': ['trees', 'the same with models of their own for each week of steps', '各段步长分别建模的提升树'],
  'boosting-recursive': ['trees', 'the same, each step fed back into the next', '逐步递推的提升树'],
  'boosting-shift': ['trees', 'the same with all lags beyond the horizon', '滞后均不短于预测期的提升树'],
  'random-forest': ['trees', 'a random forest across all series', '跨序列随机森林'],
  'extra-trees': ['trees', 'extremely randomised trees across all series', '跨序列极端随机树'],
  ridge: ['linear', 'ridge regression across all series', '跨序列岭回归'],
  lasso: ['linear', 'the lasso across all series', '跨序列 lasso 回归'],
  'elastic-net': ['linear', 'the elastic net across all series', '跨序列弹性网络'],
  'quantile-regression': ['linear', 'linear quantiles across all series', '跨序列线性分位数回归'],
  svr: ['linear', 'linear support vector regression across all series', '跨序列线性支持向量回归'],
  mlp: ['neural', 'a multilayer perceptron across all series', '跨序列多层感知机'],
  dlinear: ['neural', 'linear maps of trend and season across all series', '跨序列趋势-季节线性网络 (DLinear)'],
  nhits: ['neural', 'N-HiTS: hierarchical interpolation', 'N-HiTS 层级插值网络'],
  tide: ['neural', 'TiDE: a dense encoder and decoder', 'TiDE 稠密编码-解码网络'],
  tsmixer: ['neural', 'TSMixer: time and features mixed in turn', 'TSMixer 时间-特征混合网络'],
  tcn: ['neural', 'dilated causal convolutions', '扩张因果卷积网络'],
  lstm: ['neural', 'a long short-term memory across all series', '跨序列长短期记忆网络'],
  gru: ['neural', 'gated recurrent units across all series', '跨序列门控循环网络'],
  'cnn-lstm': ['neural', 'a convolution, then a long short-term memory', '卷积-长短期记忆网络'],
  deepar: ['neural', 'a recurrent network that draws one step after the other', '自回归循环网络（DeepAR），逐步抽样'],
  seq2seq: ['neural', 'a recurrent encoder and decoder', '循环编码器-解码器'],
  transformer: ['neural', 'attention between patches of the past', '分块注意力 Transformer'],
  tft: ['neural', 'the temporal fusion transformer', '时间融合 Transformer（TFT）'],
  swell: ['pretrained', 'the pretrained model, without learning from your data', '预训练模型，无需在您的数据上训练'],
  'swell-finetuned': ['pretrained', 'the same after learning on from your data', '在您的数据上继续学习后的预训练模型'],
  'svr-rbf': ['linear', 'the same with a radial kernel by random features', '径向核（随机特征）支持向量回归'],
}

/** Every model there is, for lists. */
export const MODEL_INFOS: readonly ModelInfo[] = Object.entries(ABOUT).map(([name, [family, en, zh]]) => ({
  name,
  family,
  about: { en, zh },
}))

/**
 * The model of a name, its series shared among worker threads; refuses a name that there is not.
 *
 * @example
 * modelNamed('auto-ets').name // → 'auto-ets'
 */
export function modelNamed(name: string, options: object = {}): Model {
  if ((GLOBAL_NAMES as readonly string[]).includes(name)) return globalNamed(name as GlobalName, options)
  if ((NEURAL_NAMES as readonly string[]).includes(name)) return neuralNamed(name as NeuralName, options)
  if ((PRETRAINED_NAMES as readonly string[]).includes(name)) return pretrainedNamed(name as PretrainedName, options)
  const make: MakeMethod | undefined = Object.hasOwn(METHODS, name) ? METHODS[name as MethodName] : undefined
  if (!make)
    throw new ForetideError('usage.model', { model: name, known: Object.keys(ABOUT).join(', ') }, { fault: 'usage' })
  const method = make(options)
  const model = localModel(method, { module: METHODS_MODULE, options: { ...method.options } })
  return WRAPPED[name]?.(model) ?? model
}

/** Series times periods up to which trees compete unasked: their rows are bounded, looking through all cells for them is not. */
const BOOSTED_WORK = 5_000_000

/**
 * The models that compete when nobody names any, the slower ones only where the data is small: `work` is series times periods.
 */
export function candidateNames(work: number): string[] {
  const names = [
    'ensemble',
    'raw-ensemble',
    'auto-ets',
    'auto-theta',
    'auto-ces',
    'hurdle',
    'imapa',
    'empirical',
    'profile-average',
    'seasonal-naive',
  ]
  if (work <= BOOSTED_WORK) names.push('boosting-fast')
  return work <= 50_000 ? [...names, 'auto-arima', 'mstl'] : names
}

/** Who answers, in turn, what the chosen model refuses: each needs less than the one before. */
export const FALLBACKS: readonly string[] = ['auto-ets', 'seasonal-naive', 'naive']
