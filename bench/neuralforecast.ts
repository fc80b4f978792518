import type { Model } from '../src/models/model.ts'
import { type Peer, type PeerColumns, peerModel } from './peer.ts'

/** How the rival forecasts. */
export interface NeuralforecastOptions extends PeerColumns {
  readonly context: number
  readonly steps: number
  /** Windows of a step. */
  readonly batch: number
  readonly rate: number
  /** Units of the two layers of each of its three stacks. */
  readonly units: number
  readonly dropout: number
}

/** N-HiTS as it comes, with a context of four weeks and all columns. */
export const NHITS_FOR_GROCERIES: NeuralforecastOptions = {
  context: 28,
  steps: 1000,
  batch: 1024,
  rate: 1e-3,
  units: 512,
  dropout: 0.1,
  relative: ['discount'],
  within: ['product', 'city'],
  past: ['demand', 'sale_in_stock', 'stockout_hours', 'precpt', 'temperature', 'humidity', 'wind'],
}

/** N-HiTS as it comes, with a context of three horizons of eight weeks. */
export const NHITS_FOR_WEEKS: NeuralforecastOptions = {
  ...NHITS_FOR_GROCERIES,
  context: 24,
  relative: [],
  within: [],
  past: ['price'],
}

/**
 * N-HiTS of neuralforecast as a rival, with the known-ahead columns and their derived ones, past-only columns, and static columns as
 * categories (`bench/peers/neuralforecast_run.py`); its point is the median.
 */
export function neuralforecastPeer(
  { relative, within, past, ...options }: NeuralforecastOptions,
  place: Pick<Peer, 'python' | 'keep' | 'log'>,
): Peer {
  const columns = { relative, within, past }
  return { ...place, script: 'neuralforecast_run.py', quantiles: true, columns, options }
}

/** The same as a model. */
export const neuralforecast = (
  name: string,
  python: string,
  options: NeuralforecastOptions,
  log: (line: string) => void,
): Model => peerModel(name, neuralforecastPeer(options, { python, log }), 'point')
