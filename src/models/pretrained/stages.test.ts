import { expect, test } from 'vitest'
import { Calendar } from '../../core/calendar.ts'
import { at, panelOf } from '../../core/panel.ts'
import { runOf } from '../../core/run.ts'
import { memorySource } from '../../store/source.ts'
import { windowAt } from '../../store/window.ts'
import { loadPretrained } from './files.ts'
import { SWELL_1 } from './model.ts'
import { drawnLives, STAGES, stagesOf } from './stages.ts'

test('the stage of a life is told of series drawn anew, and sales that end are told from those that begin', async () => {
  const { kept } = await loadPretrained(SWELL_1)
  const { offsets, values } = drawnLives('day', 99)
  // Their last days are the same.
  const series = Array.from({ length: 200 }, (_, i) => {
    const own = Array.from(values.subarray(at(offsets, i), at(offsets, i + 1) - 1))
    return { id: `${i}`, start: 200 - own.length, values: own }
  })
  const panel = panelOf([...series, { id: 'none', start: 190, values: new Array<number>(10).fill(Number.NaN) }], {
    calendar: new Calendar({ unit: 'day' }),
  })
  const told = await stagesOf(kept, windowAt(memorySource(panel), 199, 1), runOf({ threads: 1 }))
  expect(told.find(({ id }) => id === 'none')?.stage).toBeUndefined()
  let right = 0
  for (const { id, stage, chances } of told) {
    if (id === 'none') continue
    expect(chances.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6)
    const truth = STAGES[Number(id) % STAGES.length]
    if (stage === truth) right++
    if (truth === 'end') expect(stage).not.toBe('launch')
  }
  expect(right / 200).toBeGreaterThan(0.75)
})
