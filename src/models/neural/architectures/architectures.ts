import type { Architecture } from '../architecture.ts'
import { cnnLstm } from './cnn-lstm.ts'
import { deepar } from './deepar.ts'
import { dlinear } from './dlinear.ts'
import { mlp } from './mlp.ts'
import { nhits } from './nhits.ts'
import { gru, lstm } from './recurrent.ts'
import { seq2seq } from './seq2seq.ts'
import { tcn } from './tcn.ts'
import { tft } from './tft.ts'
import { tide } from './tide.ts'
import { transformer } from './transformer.ts'
import { tsmixer } from './tsmixer.ts'

/** Architectures by name, made from their options: what a saved network is made again with. */
export const ARCHITECTURES = {
  cnnLstm,
  deepar,
  dlinear,
  gru,
  lstm,
  mlp,
  nhits,
  seq2seq,
  tcn,
  tft,
  tide,
  transformer,
  tsmixer,
} as const satisfies Readonly<Record<string, (options?: object) => Architecture>>
