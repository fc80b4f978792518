import { at } from '../../core/panel.ts'
import { assemble, columnsFor } from './assemble.ts'
import { type Batch, hasEnough, type Learnt, type Refuse } from './batch.ts'
import { chunksOf, type Ground } from './ground.ts'
import { say } from './heads.ts'
import { PastOf } from './past.ts'
import { addRow, Rows } from './rows.ts'
import { segmentOf } from './segments.ts'

/** Rows answered together at the most. */
const BATCH_ROWS = 32_768

/** Asks about all steps of all series at once: what every strategy does but the recursive one. */
export async function* direct(ground: Ground, learnt: Learnt, refuse: Refuse): AsyncIterable<Batch> {
  const { window, settings, layout, run } = ground
  const { horizon, cutoff } = window
  const past = new PastOf(ground.past)
  const rows = new Rows(horizon * Math.max(1, Math.floor(BATCH_ROWS / horizon)))
  const columns = columnsFor(layout, rows.capacity)
  const shifted = settings.strategy === 'shift'
  for await (const chunk of chunksOf(ground, shifted ? learnt.horizon + 1 : 1)) {
    const { past: panel, known, first } = chunk
    for (let i = 0; i < panel.ids.length; i++) {
      past.load(panel, i)
      const series = first + i
      if (hasEnough(past, series, settings, refuse)) {
        const start = at(panel.start, i)
        const place = { series, local: i, segment: segmentOf(ground.segments, panel, i, past), start }
        const signed = past.least() < 0 ? 1 : 0
        for (let h = 1; h <= horizon; h++) {
          const own = cutoff + h
          const origin = shifted ? Math.max(start, Math.min(cutoff, own - learnt.horizon)) : cutoff
          addRow(rows, settings, past, place, origin, own, Number.NaN)
          rows.step[rows.count - 1] = shifted ? learnt.horizon : Math.min(h, learnt.horizon)
          rows.signed[rows.count - 1] = signed
        }
      }
      if (rows.room > 0 && (i + 1 < panel.ids.length || rows.count === 0)) continue
      assemble(ground, chunk, rows, columns)
      yield { known, first, rows, said: await say(learnt.heads, { rows, columns }, settings, run) }
      rows.count = 0
    }
  }
}
