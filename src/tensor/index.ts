/**
 * The engine by itself: graphs of tensors, layers, training and prediction, on ONNX Runtime.
 *
 * @module
 */
export { ForetideError } from '../core/errors.ts'
export { Random } from '../core/random.ts'
export { type Progress, type Run, runOf } from '../core/run.ts'
export { toOnnx } from './graph/emit.ts'
export { gradients } from './graph/gradients.ts'
export { tensorGraph } from './graph/graph.ts'
export {
  abs,
  add,
  and,
  cast,
  concat,
  cos,
  cumulativeSum,
  div,
  equal,
  erf,
  exp,
  expand,
  floats,
  full,
  gather,
  gelu,
  integers,
  layerNorm,
  less,
  log,
  logSoftmax,
  logSumExp,
  type MatmulOptions,
  matmul,
  max,
  maximum,
  mean,
  minimum,
  mul,
  neg,
  not,
  type Operand,
  pad,
  pow,
  type ReduceOptions,
  relu,
  reshape,
  rmsNorm,
  sigmoid,
  sign,
  sin,
  slice,
  softmax,
  softplus,
  sort,
  split,
  sqrt,
  step,
  sub,
  sum,
  tanh,
  transpose,
  where,
} from './graph/operators.ts'
export type { Bool, Float, Int, TensorGraph, Value, ValueType } from './graph/value.ts'
export {
  type Attended,
  type AttentionOptions,
  attention,
  causalMask,
  missingMask,
  selfAttention,
} from './layers/attention.ts'
export { type ConvolutionOptions, convolution, pooling } from './layers/convolution.ts'
export { type DenseOptions, dense, dropout, embedding } from './layers/dense.ts'
export {
  elu,
  type GatedOptions,
  gatedLinearUnit,
  gatedResidual,
  type Selected,
  selectedVariables,
} from './layers/gated.ts'
export { type MixingOptions, mixing, type ResidualOptions, residualBlock } from './layers/mixing.ts'
export {
  batchNormalised,
  layerNormalised,
  type Reversible,
  type ReversibleOptions,
  reversible,
  rmsNormalised,
} from './layers/normalise.ts'
export {
  constantly,
  type Initialiser,
  normal,
  type Parameters,
  type PassOptions,
  parameterCount,
  parametersOf,
  within,
  zeros,
} from './layers/parameters.ts'
export { gru, lstm, type Recurrence, type RecurrentOptions, stepsOf } from './layers/recurrent.ts'
export {
  learnedPositions,
  sinusoidalPositions,
  type TransformerOptions,
  transformerBlock,
} from './layers/transformer.ts'
export type { Model, Tensor } from './onnx/model.ts'
export { readModel } from './onnx/read.ts'
export { writeModel } from './onnx/write.ts'
export type { Provider } from './providers.ts'
export { type Session, type SessionOptions, session } from './runtime.ts'
export { halved } from './smaller/halve.ts'
export { magnitudeMask, pruned, sparsityOf } from './smaller/prune.ts'
export { dynamicallyQuantised, quantised } from './smaller/quantise.ts'
export type { Arrays } from './train/arrays.ts'
export { type Checkpoint, loadCheckpoint, saveCheckpoint } from './train/checkpoint.ts'
export type { CurveRow } from './train/curve.ts'
export type { Field, Fields, Network, ValuesOf } from './train/network.ts'
export type { OptimiserOptions } from './train/optimiser.ts'
export { networkModel, type Predictor, type PredictorOptions, predictorOf } from './train/predictor.ts'
export { readTensors, type StoredTensor, type TensorFile, writeTensors } from './train/safetensors.ts'
export { rateAt, type Schedule } from './train/schedule.ts'
export type { Place } from './train/step.ts'
export { eventFile } from './train/tensorboard.ts'
export { type Source, type Trained, type TrainOptions, train } from './train/train.ts'
export { storedWeights, type Weights, weightOf, weightsOf } from './train/weights.ts'
