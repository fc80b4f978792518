import { blankForecast, type Forecast } from '../src/core/forecast.ts'
import { at } from '../src/core/panel.ts'
import type { Model } from '../src/models/model.ts'
import { type Peer, peerModel } from './peer.ts'

/** A class of statsforecast.models. */
export type StatsforecastModel = 'AutoETS' | 'AutoTheta' | 'DynamicOptimizedTheta' | 'AutoCES' | 'AutoARIMA'

/** One statistical model of statsforecast as a rival: it sees the target alone (`bench/peers/statsforecast_run.py`). */
export function statsforecastPeer(
  model: StatsforecastModel,
  season: number,
  place: Pick<Peer, 'python' | 'keep' | 'log'>,
): Peer {
  const columns = { relative: [], within: [], past: [] }
  const options = { model, options: { season_length: season }, jobs: 2, mend: true }
  return { ...place, script: 'statsforecast_run.py', quantiles: true, columns, options }
}

/**
 * The middle of what several rivals say, cell by cell, of the point and of every level: the ensemble of statistical models of
 * Petropoulos and Svetunkov, A simple combination of univariate models (2020), which statsforecast's authors publish as theirs.
 */
export function medianOf(name: string, peers: readonly Peer[]): Model {
  const members = peers.map((peer, k) => peerModel(`${name} ${k}`, peer, 'mean'))
  return {
    name,
    needs: { minHistory: 1, knownAhead: 'ignored', crossSeries: false, missing: false },
    fit: async (learned, run) => ({
      async forecast(window, ask) {
        const said: Forecast[] = []
        for (const member of members) said.push(await (await member.fit(learned, run)).forecast(window, ask, run))
        const first = said[0] as Forecast
        const forecast = { ...blankForecast(first, ask), answeredBy: first.ids.map(() => name) }
        for (const key of ['mean', 'quantiles'] as const)
          middle(
            said.map((one) => one[key]),
            forecast[key],
          )
        return forecast
      },
      save: () => Promise.reject(new Error('a rival is not saved')),
    }),
    load: () => Promise.reject(new Error('a rival is not loaded')),
  }
}

function middle(said: readonly Float64Array[], into: Float64Array): void {
  const room = new Float64Array(said.length)
  const half = said.length >> 1
  for (let k = 0; k < into.length; k++) {
    for (const [m, values] of said.entries()) room[m] = at(values, k)
    room.sort()
    into[k] = said.length % 2 === 1 ? at(room, half) : (at(room, half - 1) + at(room, half)) / 2
  }
}
