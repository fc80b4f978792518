import { createHash } from 'node:crypto'
import type { backtest } from '../../backtest/backtest.ts'
import { pickSeries } from '../../core/panel.ts'
import { hash32 } from '../../core/random.ts'

/** What a search learns and scores on: what a backtest takes. */
export type Source = Parameters<typeof backtest>[0]

/**
 * Some of the series of a source, by lot: the lot of a series depends on its name and the seed alone, so that a smaller sample is part of
 * every larger one.
 */
export async function sampleSeries(source: Source, count: number, seed: number): Promise<Source> {
  if (count >= source.count) return source
  const lots: { readonly lot: number; readonly index: number }[] = []
  for await (const block of source.blocks())
    for (const id of block.ids) lots.push({ lot: hash32(`${seed}:sample:${id}`), index: lots.length })
  lots.sort((a, b) => a.lot - b.lot || a.index - b.index)
  const drawn = new Set(lots.slice(0, count).map(({ index }) => index))
  return {
    ...source,
    count,
    digest: createHash('sha256').update(`${source.digest}:sample:${count}:${seed}`).digest('hex').slice(0, 16),
    async *blocks() {
      let before = 0
      for await (const block of source.blocks()) {
        const indices = block.ids.flatMap((_, i) => (drawn.has(before + i) ? [i] : []))
        before += block.ids.length
        if (indices.length > 0) yield pickSeries(block, indices)
      }
    },
  }
}
