import { Calendar } from '../../src/core/calendar.ts'
import { askOf, blankForecast } from '../../src/core/forecast.ts'
import { at, Mask, type Panel, panelOf } from '../../src/core/panel.ts'
import { Random } from '../../src/core/random.ts'
import { runOf } from '../../src/core/run.ts'
import { alertsOf } from '../../src/forecast/anomalies/alerts.ts'
import type { Findings } from '../../src/forecast/anomalies/anomaly.ts'
import { findAnomalies } from '../../src/forecast/anomalies/find.ts'
import { mended } from '../../src/forecast/anomalies/mended.ts'
import { PLANTS, type Plant, planted } from '../../src/forecast/anomalies/planted.case.ts'
import type { Model } from '../../src/models/model.ts'
import { modelNamed } from '../../src/models/registry.ts'
import { type PanelTruth, simulatePanel } from '../../src/simulate/panel.ts'
import { memorySource } from '../../src/store/source.ts'
import { windowAt } from '../../src/store/window.ts'
import { atLeast, atMost, type Bench, type Figure, shown } from '../bench.ts'
import { median } from '../child.ts'

const DAYS = 90
const START = 700
const MANY = 42_421
const HORIZON = 28
/** Seeds of marketplaces that no default was chosen on. */
const MARKETS = [101, 102, 103, 104, 105, 106]

const bench: Bench = {
  about:
    'anomalies planted into eight kinds of demand: found, falsely found, located; seconds; WAPE learned from mended pasts',
  async measure({ smoke, log }) {
    const series = smoke ? 20 : 2000
    const figures: Figure[] = []
    for (const kind of PLANTS) {
      figures.push(...(await foundIn(kind, series)))
      log(`${kind}: done`)
    }
    figures.push(...alerted(smoke ? 500 : MANY))
    figures.push(...(await timed(smoke ? 200 : MANY, smoke ? 1 : 3)))
    for (const rate of [0.02, 0]) figures.push(...(await learned(rate, smoke ? 1 : MARKETS.length, smoke, log)))
    return figures
  },
}
export default bench

const run = runOf({ threads: 2 })
const calendar = new Calendar({ unit: 'day' })

async function foundIn(kind: Plant, series: number): Promise<Figure[]> {
  const shape = { series, days: DAYS, seed: 2026 }
  const clean = await findAnomalies(planted(kind, shape).panel, {}, run)
  const wild = planted(kind, { ...shape, outliers: 2 })
  const cells = flagged(await findAnomalies(wild.panel, {}, run))
  const found = [...wild.wild].filter((cell) => cells.has(cell)).length
  const shift = planted(kind, { ...shape, shift: 4, outliers: 1 })
  const moved = await findAnomalies(shift.panel, {}, run)
  const near = moved.series.filter(({ anomalies }, i) =>
    anomalies.some((a) => a.kind === 'levelShift' && Math.abs(a.from - START - at(shift.changed, i)) <= 2),
  ).length
  const changed = clean.series.filter(({ anomalies }) =>
    anomalies.some((a) => a.kind === 'levelShift' || a.kind === 'trendBreak'),
  ).length
  const within = (100 * near) / series
  const figure = `${kind}: shifts of 4 sd within 2 days`
  return [
    atLeast(`${kind}: outliers as rare as 6 sd that are found`, (100 * found) / wild.wild.size, 90, '%'),
    atMost(`${kind}: clean cells flagged`, (100 * flagged(clean).size) / (series * DAYS), 0.5, '%'),
    atMost(`${kind}: clean series with a change`, (100 * changed) / series, 2, '%'),
    kind === 'rare' || kind === 'lumpy' ? shown(figure, within, '%') : atLeast(figure, within, 90, '%'),
  ]
}

function flagged({ series }: Findings): Set<number> {
  const cells = new Set<number>()
  for (const [i, { anomalies }] of series.entries())
    for (const a of anomalies)
      if (a.kind === 'outlier' || a.kind === 'pulseRun')
        for (let p = a.from; p <= a.to; p++) cells.add(i * DAYS + p - START)
  return cells
}

/** Of every 400 series one sells as much on a day as happens to one in a thousand million; forecasts are the truth. */
const ODD = 400

function alerted(series: number): Figure[] {
  const ids = Array.from({ length: series }, (_, i) => `s${i}`)
  const frame = { calendar, ids, start: START, horizon: 1, provenance: { model: 'truth', window: '', version: '' } }
  const forecast = blankForecast(frame, askOf())
  const inputs = ids.map((id, i) => {
    const random = Random.of(7, id)
    // Chances are added up from that of nothing, which must not be too small for a number.
    const mean = Math.min(500, Math.exp(2 * random.normal()))
    forecast.mean[i] = mean
    forecast.levels.forEach((level, l) => {
      forecast.quantiles[i * forecast.levels.length + l] = poissonQuantile(mean, 1 - level)
    })
    return { id, start: START, values: [i % ODD === 0 ? poissonQuantile(mean, 1e-9) : random.poisson(mean)] }
  })
  const begun = performance.now()
  const { values } = alertsOf(forecast, panelOf(inputs, { calendar }))
  const seconds = (performance.now() - begun) / 1000
  const odd = Math.ceil(series / ODD)
  const right = values.filter(({ id }) => Number(id?.slice(1)) % ODD === 0).length
  return [
    atLeast(`alerts: of ${odd} planted values among ${series} found`, (100 * right) / odd, 90, '%'),
    atMost('alerts: false ones among them', (100 * (values.length - right)) / Math.max(1, values.length), 5, '%'),
    shown('alerts: one day looked at', seconds, 's'),
  ]
}

/** The least count that is exceeded with no more than a chance, by adding up. */
function poissonQuantile(mean: number, exceeded: number): number {
  const chances = [Math.exp(-mean)]
  for (let y = 1; y < 20 * mean + 60; y++) chances.push(((chances[y - 1] ?? 0) * mean) / y)
  let y = chances.length - 1
  for (let tail = 0; y > 0 && tail + (chances[y] ?? 0) <= exceeded; y--) tail += chances[y] ?? 0
  return y
}

/** Medians of several looks, since machines are busy; processor seconds are those of both threads. */
async function timed(series: number, times: number): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const kind of ['small counts', 'promoted'] as const) {
    const { panel } = planted(kind, { series, days: DAYS, seed: 1, outliers: 1 })
    const wall: number[] = []
    const processor: number[] = []
    for (let k = 0; k < times; k++) {
      const begun = performance.now()
      const before = process.cpuUsage()
      await findAnomalies(panel, {}, run)
      const used = process.cpuUsage(before)
      wall.push((performance.now() - begun) / 1000)
      processor.push((used.user + used.system) / 1e6)
    }
    figures.push(shown(`${series} series of ${kind} × ${DAYS} days, 2 threads`, median(wall), 's'))
    figures.push(shown(`${series} series of ${kind}: processor time`, median(processor), 's'))
  }
  return figures
}

/** Forecasts of marketplaces in which bulk orders are planted, held against true demand without them. */
async function learned(rate: number, markets: number, smoke: boolean, log: (line: string) => void): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const name of ['ensemble', 'boosting-fast']) {
    const wape: Record<'plain' | 'mended', number[]> = { plain: [], mended: [] }
    for (const seed of MARKETS.slice(0, markets)) {
      const items = smoke ? 4 : 50
      const { panel, truth } = simulatePanel({ preset: 'tiny', items, stores: 4, days: 220, seed, outlierRate: rate })
      wape.plain.push(await wapeOf(modelNamed(name), panel, truth))
      wape.mended.push(await wapeOf(mended(modelNamed(name)), panel, truth))
      log(`${name}, ${rate}, market ${seed}: ${wape.plain.at(-1)?.toFixed(4)} → ${wape.mended.at(-1)?.toFixed(4)}`)
    }
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length
    const better = wape.mended.filter((w, k) => w < at(wape.plain, k)).length
    const what = rate > 0 ? `bulk orders on ${100 * rate} % of days` : 'no bulk orders'
    figures.push(
      shown(`${name}, ${what}: WAPE mended`, mean(wape.mended), '', `plain ${mean(wape.plain).toFixed(4)}`),
      shown(`${name}, ${what}: markets of ${markets} with a lower WAPE mended`, better, ''),
    )
  }
  return figures
}

async function wapeOf(model: Model, panel: Panel, truth: PanelTruth): Promise<number> {
  const source = memorySource(panel)
  const window = windowAt(source, source.lastObserved, HORIZON)
  const { mean } = await (await model.fit(window, run)).forecast(window, askOf(), run)
  let [error, sold] = [0, 0]
  for (let i = 0; i < panel.ids.length; i++)
    for (let h = 0; h < HORIZON; h++) {
      const k = at(panel.offsets, i + 1) - HORIZON + h
      const said = at(mean, i * HORIZON + h)
      if (Number.isNaN(said) || (at(panel.mask, k) & Mask.closed) !== 0) continue
      const demand = at(truth.demand, k) - at(truth.bulk, k)
      error += Math.abs(demand - said)
      sold += demand
    }
  return error / sold
}
