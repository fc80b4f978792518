import type { Peer, PeerColumns } from './peer.ts'

/** How the rival forecasts. */
export interface AutogluonOptions extends PeerColumns {
  readonly preset: 'medium_quality'
  /** Seconds that fitting may take; forecasting comes on top. */
  readonly seconds: number
}

/**
 * AutoGluon-TimeSeries as a rival, told the metric that counts, known-ahead, past-only and static columns; models whose weights would have
 * to be downloaded are left out (`bench/peers/autogluon_run.py`). Its points are `mean` and the median.
 */
export function autogluonPeer(
  { relative, within, past, ...options }: AutogluonOptions,
  place: Pick<Peer, 'python' | 'keep' | 'log'>,
): Peer {
  const columns = { relative, within, past }
  return { ...place, script: 'autogluon_run.py', quantiles: true, columns, options }
}
