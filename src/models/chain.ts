import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Ask, Forecast, Refused } from '../core/forecast.ts'
import { type Panel, pickSeries } from '../core/panel.ts'
import type { Run } from '../core/run.ts'
import { VERSION } from '../core/version.ts'
import type { Window } from '../core/window.ts'
import type { Fitted, Manifest, Model } from './model.ts'

/**
 * A model that lets each series be answered by the first of some candidates that does not refuse it.
 *
 * The first candidate is fitted on all series; the others, in turn, when a forecast is asked for, on those left over. A
 * fallback is never relabelled: `answeredBy` names who gave each answer, `refused` who passed before, and why.
 */
export function chainOf(candidates: readonly [Model, ...Model[]]): Model {
  const [first, ...rest] = candidates
  const make = (fitted: Fitted): Fitted => ({
    forecast: (window, ask, run) => forecastInTurn(fitted, rest, window, ask, run),
    save: async (dir) => {
      const inner = join(dir.path, 'first')
      await mkdir(inner, { recursive: true })
      const saved = await fitted.save({ path: inner })
      const options = { fallbacks: rest.map((m) => m.name) }
      const manifest: Manifest = { ...saved, version: VERSION, options, files: saved.files.map((f) => `first/${f}`) }
      await writeFile(join(dir.path, 'manifest.json'), JSON.stringify(manifest, null, 2))
      return manifest
    },
    ...(fitted.training && { training: fitted.training }),
    ...(fitted.selection && { selection: fitted.selection }),
  })
  return {
    name: first.name,
    needs: first.needs,
    fit: async (window, run) => make(await first.fit(window, run)),
    load: async (dir, run) => {
      JSON.parse(await readFile(join(dir.path, 'manifest.json'), 'utf8'))
      return make(await first.load({ path: join(dir.path, 'first') }, run))
    },
  }
}

async function forecastInTurn(
  fitted: Fitted,
  rest: readonly Model[],
  window: Window,
  ask: Ask,
  run: Run,
): Promise<Forecast> {
  const forecast = await fitted.forecast(window, ask, run)
  const answeredBy = [...forecast.answeredBy]
  const refused = new Map<number, readonly Refused[]>(forecast.refused)
  for (const model of rest) {
    const left = answeredBy.flatMap((name, i) => (name === undefined ? [i] : []))
    if (left.length === 0) break
    const part = windowOfSeries(window, left)
    const answer = await (await model.fit(part, run)).forecast(part, ask, run)
    left.forEach((i, k) => {
      if (answer.answeredBy[k] === undefined) {
        refused.set(i, [...(refused.get(i) ?? []), ...(answer.refused.get(k) ?? [])])
        return
      }
      answeredBy[i] = answer.answeredBy[k]
      copySeries(answer, k, forecast, i)
    })
  }
  return { ...forecast, answeredBy, refused }
}

/** Copies what a forecast says of one series into a place of another of the same steps and levels. */
export function copySeries(from: Forecast, k: number, into: Forecast, i: number): void {
  const copy = (source: Float64Array, target: Float64Array, size: number) =>
    target.set(source.subarray(k * size, (k + 1) * size), i * size)
  copy(from.mean, into.mean, from.horizon)
  copy(from.quantiles, into.quantiles, from.horizon * from.levels.length)
  if (from.paths && into.paths) copy(from.paths.values, into.paths.values, from.horizon * from.paths.count)
}

/** A window on some of the series of another, by their places in the order of its blocks, ascending. */
export function windowOfSeries(window: Window, wanted: readonly number[]): Window {
  const part = async function* (blocks: AsyncIterable<Panel>): AsyncIterable<Panel> {
    let before = 0
    for await (const block of blocks) {
      const end = before + block.ids.length
      const inside = wanted.filter((i) => i >= before && i < end).map((i) => i - before)
      before = end
      if (inside.length > 0) yield pickSeries(block, inside)
    }
  }
  return {
    ...window,
    past: () => part(window.past()),
    known: () => part(window.known()),
    digest: `${window.digest}:${wanted.length}:${wanted.reduce((h, i) => (Math.imul(h, 31) + i) | 0, 7) >>> 0}`,
  }
}
