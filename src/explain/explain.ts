import { ForetideError } from '../core/errors.ts'
import { askOf, type Forecast } from '../core/forecast.ts'
import { at, valuesOf } from '../core/panel.ts'
import { checkInterrupt, type Run } from '../core/run.ts'
import type { Window } from '../core/window.ts'
import { windowOfSeries } from '../models/chain.ts'
import { keptWindow } from '../models/global/kept-window.ts'
import type { Fitted } from '../models/model.ts'
import { decompose } from './decompose.ts'
import { calmWindow, type Player, playersOf } from './players.ts'
import { shapleyOf } from './shapley.ts'

/** What the parts of a forecast are called. */
export const PARTS = [
  'level',
  'trend',
  'season',
  'promotion',
  'price',
  'holiday',
  'other',
  'stock',
  'neighbours',
  'rest',
] as const
export type Part = (typeof PARTS)[number]

/** Why the forecast of a series is what it is. */
export interface Explanation {
  readonly id: string
  /** The first period of the horizon, as dates are written. */
  readonly dates: readonly string[]
  readonly mean: readonly number[]
  /** Units that each part adds at each step; they add up to the mean. */
  readonly parts: Readonly<Partial<Record<Part, readonly number[]>>>
  /** Who gave the forecast. */
  readonly answeredBy: string | null
}

/** Which series are explained. */
export interface ExplainOptions {
  readonly ids: readonly string[]
}

const ASK = askOf({ levels: [0.5] })

/**
 * Takes the forecasts of some series apart into what is usual (level, trend, season), what is planned ahead (promotions, prices, holidays and other columns known ahead, each against its own
 * usual value), what was out of stock, what the other series tell, and a rest. The parts add up to the mean exactly.
 *
 * Plans, stock and neighbours by Shapley values over the whole model, which is asked again for every set of them (at most 64 times); what is left without any of them is level,
 * season and line of the series itself. Works for every model and combination alike; effects are those that the model sees, not causes.
 */
export async function explainForecast(
  fitted: Fitted,
  asked: Window,
  { ids }: ExplainOptions,
  run: Run,
): Promise<Explanation[]> {
  const window = keptWindow(asked)
  const places = await placesOf(window, ids)
  const players = await playersOf(window)
  const names = [...players.keys()]
  const whole = await fitted.forecast(window, ASK, run)
  const { horizon, calendar } = window
  const worth = async (set: number): Promise<Float64Array> => {
    checkInterrupt(run)
    run.progress({ stage: 'explain', done: set, total: 1 << names.length })
    const has = (player: Player) => !players.has(player) || (set & (1 << names.indexOf(player))) !== 0
    const calm = new Set(names.flatMap((player) => (has(player) ? [] : (players.get(player) ?? []))))
    const seen = calmWindow(window, calm, !has('stock'))
    const everyone = has('neighbours') || names.length === 0
    const said = everyone ? await fitted.forecast(seen, ASK, run) : undefined
    const own = new Float64Array(places.length * horizon)
    for (const [k, place] of places.entries()) {
      // Each by itself: together they would be each other's neighbours.
      const answer = said ?? (await fitted.forecast(windowOfSeries(seen, [place]), ASK, run))
      own.set(meanOf(answer, said ? place : 0), k * horizon)
    }
    return own
  }
  const shares = await shapleyOf(names.length, worth)
  run.progress({ stage: 'explain', done: 1 << names.length, total: 1 << names.length })
  const pasts = await pastsOf(window, places)
  return places.map((place, k) => {
    const mean = meanOf(whole, place)
    const parts: Partial<Record<Part, number[]>> = {}
    const left = mean.slice()
    for (const [p, name] of names.entries()) {
      const own = (shares[p] as Float64Array).subarray(k * horizon, (k + 1) * horizon)
      parts[name] = [...own]
      for (let h = 0; h < horizon; h++) left[h] = at(left, h) - at(own, h)
    }
    const calm = decompose(pasts[k] as Float64Array, left, calendar.season)
    for (const name of ['level', 'trend', 'season', 'rest'] as const) parts[name] = [...calm[name]]
    return {
      id: ids[k] as string,
      dates: Array.from({ length: horizon }, (_, h) => calendar.format(window.cutoff + 1 + h)),
      mean: [...mean],
      parts: exactly(parts, mean),
      answeredBy: whole.answeredBy[place] ?? null,
    }
  })
}

/** Lets the rest take what rounding left over, so that the parts add up to the last bit of their sum in the order of {@link PARTS}. */
function exactly(parts: Partial<Record<Part, number[]>>, mean: Float64Array): Explanation['parts'] {
  const ordered: Partial<Record<Part, number[]>> = {}
  for (const part of PARTS) if (parts[part]) ordered[part] = parts[part]
  const rest = ordered.rest as number[]
  for (let h = 0; h < mean.length; h++) {
    let sum = 0
    for (const part of PARTS) if (part !== 'rest') sum += ordered[part]?.[h] ?? 0
    rest[h] = at(mean, h) - sum
  }
  return ordered
}

const meanOf = ({ mean, horizon }: Forecast, place: number): Float64Array =>
  Float64Array.from(mean.subarray(place * horizon, (place + 1) * horizon), (y) => (Number.isNaN(y) ? 0 : y))

async function placesOf(window: Window, ids: readonly string[]): Promise<number[]> {
  const found = new Map<string, number>()
  let before = 0
  for await (const { ids: own } of window.past()) {
    for (const [i, id] of own.entries()) found.set(id, before + i)
    before += own.length
  }
  return ids.map((id) => {
    const place = found.get(id)
    if (place === undefined)
      throw new ForetideError(
        'explain.series',
        { id, some: [...found.keys()].slice(0, 5).join(', ') },
        { fault: 'usage' },
      )
    return place
  })
}

async function pastsOf(window: Window, places: readonly number[]): Promise<Float64Array[]> {
  const pasts: Float64Array[] = places.map(() => new Float64Array(0))
  let before = 0
  for await (const past of window.past()) {
    for (const [k, place] of places.entries())
      if (place >= before && place < before + past.ids.length) pasts[k] = valuesOf(past, place - before).slice()
    before += past.ids.length
  }
  return pasts
}
